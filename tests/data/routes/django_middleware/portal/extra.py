from django.urls import path
from django.views.generic import RedirectView

from . import views

urlpatterns = [path("news/", views.news), path("old/", RedirectView.as_view(url="/"))]
