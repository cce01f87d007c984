from django.urls import include, path

from shop import views

urlpatterns = [
    path("prices", views.prices),
    path("backoffice/orders", views.orders),
    path("members/", include("shop.members")),
]
