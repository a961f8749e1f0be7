from django.contrib.auth.views import LogoutView
from django.urls import path

from .views import entry, invitations, jobs, notifications, saved_views, users

app_name = "accounts"
urlpatterns = [
    path("", entry.Login.as_view(), name="login"),
    path("home/", entry.home, name="home"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("theme/", entry.theme, name="theme"),
    path("password/", entry.PasswordChange.as_view(), name="password"),
    path("views/", saved_views.view_list, name="views"),
    path("views/save/", saved_views.view_save, name="view_save"),
    path("views/<int:pk>/rename/", saved_views.view_rename, name="view_rename"),
    path("views/<int:pk>/delete/", saved_views.view_delete, name="view_delete"),
    path("notifications/", notifications.notification_list, name="notifications"),
    path("notifications/read/", notifications.notifications_read, name="notifications_read"),
    path("notifications/settings/", notifications.notification_settings, name="notification_settings"),
    path("notifications/<int:pk>/", notifications.notification, name="notification"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/retry/", jobs.job_retry, name="job_retry"),
    path("jobs/<int:pk>/file/", jobs.job_file, name="job_file"),
    path("users/", users.user_list, name="users"),
    path("users/invite/", users.invite, name="invite"),
    path("users/import/", users.user_import, name="user_import"),
    path("users/invitations.xlsx", invitations.invitation_links, name="invitation_links"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/<slug:name>/", users.user_move, name="user_move"),
    path("invitations/<uidb64>/<token>/", invitations.invitation, name="invitation"),
]
