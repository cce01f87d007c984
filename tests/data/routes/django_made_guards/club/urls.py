from django.urls import include, path
from rest_framework.routers import SimpleRouter

from club import views

router = SimpleRouter()
router.register("orders", views.Orders, basename="orders")
router.register("parcels", views.Parcels, basename="parcels")

urlpatterns = [
    path("dues/", views.dues),
    path("prices/", views.prices),
    path("news/", views.news),
    path("letters/", views.letters),
    path("members/", views.Members.as_view()),
    path("guests/", views.Guests.as_view()),
    path("sales/", views.Sales.as_view()),
    path("stock/", views.Stock.as_view()),
    path("keyed/", views.Keyed.as_view()),
    path("harvest/", views.Harvest.as_view()),
    path("", include(router.urls)),
]
