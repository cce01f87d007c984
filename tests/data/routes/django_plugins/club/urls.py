from itertools import chain

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from oauth2_provider import views as oauth2

from club import views
from club.loading import plugins

EMBEDDED = "<embed:embed>"


def maps(before, after):
    return [
        path(f"{before}map/<slug:place>/{after}", views.show),
        path(f"{before}way/<slug:place>/{after}", views.way),
    ]


urlpatterns = [
    *chain(*(maps(before, after) for before in ("", EMBEDDED) for after in ("", "details/"))),
    path("schema/", SpectacularAPIView.as_view()),
    path("tokens/", oauth2.AuthorizedTokensListView.as_view()),
    path("mine/", views.Tokens.as_view()),
]

for plugin in plugins():
    urlpatterns.append(path("", include(plugin.module + ".urls")))
