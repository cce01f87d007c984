from django.urls import include, path
from rest_framework.routers import SimpleRouter

from views import Notes, Provision

router = SimpleRouter()
router.register("notes", Notes, basename="notes")
router.register("provision", Provision, basename="provision")
urlpatterns = [path("", include(router.urls))]
