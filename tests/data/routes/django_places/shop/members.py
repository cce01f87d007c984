from django.urls import path

from shop import views

app_name = "members"
urlpatterns = [
    path("join", views.join, name="join"),
    path("card", views.card, name="card"),
    path("rules", views.terms, name="rules"),
]
