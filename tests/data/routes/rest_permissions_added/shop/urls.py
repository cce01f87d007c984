from django.urls import path

from shop import views

urlpatterns = [
    path("orders/", views.Orders.as_view()),
    path("totals/", views.Totals.as_view()),
    path("news/", views.News.as_view()),
]
