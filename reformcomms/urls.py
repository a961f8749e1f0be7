"""Every address of the portal, app by app."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from accounts.urls import urlpatterns as accounts_urlpatterns
from activities.urls import agency_urlpatterns, plan_urlpatterns, user_urlpatterns
from agencies.urls import urlpatterns as agencies_urlpatterns
from plans.urls import urlpatterns as plans_urlpatterns
from reports.urls import plan_urlpatterns as plan_paper_urlpatterns

urlpatterns = [
    path("", include(([*user_urlpatterns, *accounts_urlpatterns], "accounts"))),
    path("language/", login_not_required(set_language), name="set_language"),
    path("agencies/", include(([*agency_urlpatterns, *agencies_urlpatterns], "agencies"))),
    path("", include("activities.urls")),
    path("plans/", include(([*plan_urlpatterns, *plans_urlpatterns, *plan_paper_urlpatterns], "plans"))),
    path("", include("reports.urls")),
]
