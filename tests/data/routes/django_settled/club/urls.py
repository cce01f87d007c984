from django.contrib.auth.views import PasswordChangeDoneView
from django.urls import path

from club import views

urlpatterns = [
    path("members", views.Members.as_view()),
    path("board", views.Board.as_view()),
    path("news", views.News.as_view()),
    path("changed", PasswordChangeDoneView.as_view()),
]
