from django.apps import AppConfig
from django.urls import include, path


class ExtraConfig(AppConfig):
    name = "portal"

    def ready(self):
        from portal.urls import urlpatterns

        urlpatterns.append(path("extra/", include("portal.extra")))
