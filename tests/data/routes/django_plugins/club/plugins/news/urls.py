from django.urls import path

from club.plugins.news import views

urlpatterns = [path("news/", views.news)]
