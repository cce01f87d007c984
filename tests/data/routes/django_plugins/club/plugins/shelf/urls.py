from django.urls import path

from club.plugins.shelf import views

urlpatterns = [path("shelf/", views.shelf)]
