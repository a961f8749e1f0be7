"""Every address of the portal, app by app."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from activities.urls import plan_urlpatterns
from plans.urls import urlpatterns as plans_urlpatterns

urlpatterns = [
    path("", include("accounts.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", include("activities.urls")),
    path("plans/", include(([*plan_urlpatterns, *plans_urlpatterns], "plans"))),
    path("", include("reports.urls")),
]
