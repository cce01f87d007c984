from django.conf import settings
from django.urls import include, path

from . import views

inside = [
    path("home/", views.home),
    path("public/news/", views.news),
    path("health", views.health),
]
urlpatterns = [path("", include(inside))]
if settings.PREFIX:
    urlpatterns = [path(settings.PREFIX, include(urlpatterns))]
