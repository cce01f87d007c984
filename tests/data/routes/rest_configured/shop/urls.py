from django.conf import settings
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from shop import views

router = SimpleRouter()
router.register("orders", views.Orders)
router.register("notes", views.Notes)
urlpatterns = [path(f"api/{settings.API_VERSION}/", include(router.urls))]
