from django.urls import path

from club import views

urlpatterns = [
    path("dues/<int:pk>/", views.dues),
    path("hooks/<str:name>/", views.hooked),
    path("notices/", views.notices),
    path("news/", views.news),
]
