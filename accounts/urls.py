from django.contrib.auth.views import LogoutView
from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("", views.Login.as_view(), name="login"),
    path("home/", views.home, name="home"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("theme/", views.theme, name="theme"),
    path("password/", views.PasswordChange.as_view(), name="password"),
]
