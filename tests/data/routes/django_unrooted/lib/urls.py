from django.urls import include, path

from . import views

urlpatterns = [path("lib/", include("lib.more")), path("many/", include([path(f"{n}/", views.many) for n in "ab"]))]
