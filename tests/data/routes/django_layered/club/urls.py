"""Lists that are put together by `reduce` and `sum`, resources within resources, and a circle of imports."""

from functools import reduce
from operator import add

from django.urls import include, path
from rest_framework.routers import DefaultRouter
from rest_framework_extensions.routers import NestedRouterMixin

from club import views
from club.orders.urls import urlpatterns as orders


class Router(NestedRouterMixin, DefaultRouter):
    """Adds nothing to what the mixin does."""


router = Router()
teams = router.register("teams", views.Teams, basename="teams")
teams.register("members", views.Members, basename="members", parents_query_lookups=["team__slug"])

pages = [path("news/", views.news)]
more = [path("about/", views.about)]
groups = [pages, more]
urlpatterns = reduce(add, groups)
urlpatterns += sum([orders, [path("api/", include(router.urls))]], [])
