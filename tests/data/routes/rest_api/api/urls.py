from django.urls import include, path
from rest_framework import routers
from rest_framework.urlpatterns import format_suffix_patterns
from rest_framework_nested.routers import NestedSimpleRouter

from . import views

router = routers.SimpleRouter(trailing_slash=False)
router.register(r"books", views.Books, basename="book")
other = routers.DefaultRouter()
other.register("authors", views.Authors)
router.registry.extend(other.registry)


class BulkRouter(routers.SimpleRouter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.routes[0].mapping.update({"delete": "bulk_destroy", "put": "bulk_update"})


class ReadOnlyRouter(routers.SimpleRouter):
    routes = [
        routers.Route(url=r"^{prefix}$", mapping={"get": "list"}, name="{basename}-list", detail=False, initkwargs={}),
        routers.Route(
            url=r"^{prefix}/{lookup}$", mapping={"get": "retrieve"}, name="{basename}-detail", detail=True, initkwargs={}
        ),
    ]


bulk = BulkRouter()
bulk.register("shelves", views.Shelves)
reading = ReadOnlyRouter()
reading.register("catalogue", views.Shelves)
pages = NestedSimpleRouter(router, "books", lookup="book")
pages.register("pages", views.Pages)
listing = views.Books.as_view({"get": "list", "post": "create"})

urlpatterns = [
    path("v1/", include(router.urls)),
    path("bulk/", include(bulk.urls)),
    path("read/", include(reading.urls)),
    path("files/", views.Files().as_view(permission_classes=[])),
    path("token/refresh/", views.Refresh.as_view()),
    path("v1/", include((pages.urls, "pages"))),
    path("v2/books/", listing),
    path("open/", views.Open.as_view()),
    path("closed/", views.Closed.as_view()),
    path("reading/", views.Reading.as_view()),
    path("either/", views.Either.as_view()),
    path("both/", views.Both.as_view()),
    path("anybody/", views.Anybody.as_view()),
    path("members/", views.Members.as_view()),
    path("key/", views.Keyed.as_view()),
    path("given/", views.Closed.as_view(permission_classes=[])),
    path("table/", views.Table.as_view({"get": "list", "delete": "destroy"})),
    path("setting/", views.Setting.as_view()),
    path("owned/", views.Owned.as_view()),
    path("report/", views.Report.as_view()),
]
urlpatterns += format_suffix_patterns([path("ping/", views.ping), path("echo/", views.echo), path("plain/", views.plain)])
