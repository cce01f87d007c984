from django.urls import include, path
from rest_framework_extensions.routers import ExtendedDefaultRouter

from shop import views

router = ExtendedDefaultRouter()
orders = router.register("orders", views.Orders, basename="order")
lines = orders.register("lines", views.Lines, basename="order-line", parents_query_lookups=["order"])
lines.register("notes", views.Notes, basename="line-note", parents_query_lookups=["order", "line"])
router.register("shops", views.Shops, basename="shop")

urlpatterns = [path("api/", include(router.urls))]
