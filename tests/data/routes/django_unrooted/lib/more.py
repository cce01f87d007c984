from django.contrib.auth.decorators import login_required
from django.urls import path

from . import views


def guarded(route, view):
    return path(route, login_required(view))


urlpatterns = [
    path("one/", views.one),
    guarded("two/", views.many),
    path("three/", views.Three.as_view()),
    path("four/", views.four),
    path("five/", views.Five.as_view()),
    path("seven/", views.Seven.as_view()),
    path("six/", lambda request: None),
]
