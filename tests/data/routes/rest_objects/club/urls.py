from django.conf import settings
from django.urls import include, path
from rest_framework.routers import DefaultRouter, SimpleRouter

from club import views

router = DefaultRouter() if settings.DEBUG else SimpleRouter()
router.register("events", views.Events)
router.register("notes", views.Notes)
router.register("jobs", views.Jobs)

urlpatterns = [path("", include(router.urls)), path("scores/<int:pk>", views.scores)]
