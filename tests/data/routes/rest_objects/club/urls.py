from django.urls import include, path
from rest_framework.routers import SimpleRouter

from club import views

router = SimpleRouter()
router.register("events", views.Events)
router.register("notes", views.Notes)
router.register("jobs", views.Jobs)

urlpatterns = [path("", include(router.urls)), path("scores/<int:pk>", views.scores)]
