from django.urls import path

from club.orders import views

urlpatterns = [path("orders/", views.orders)]
