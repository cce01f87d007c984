from django.urls import path

from shop import views as shop_views

from . import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.sign_in),
    path("profile/", views.profile),
    path("new/", shop_views.NewUser.as_view()),
    path("<int:pk>/remove/", shop_views.RemoveUser.as_view()),
    path("hook/", shop_views.hook),
]
