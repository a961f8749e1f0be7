from django.urls import path

from .views import activities, evidence, plans, updates

app_name = "activities"
urlpatterns = [
    path("activities/", activities.activity_list, name="list"),
    path("activities/<int:pk>/", activities.activity_detail, name="detail"),
    path("activities/<int:pk>/edit/", activities.activity_edit, name="edit"),
    path("plans/<int:plan_pk>/activities/add/", activities.activity_add, name="add"),
    path("updates/", updates.update_list, name="updates"),
    path("updates/start/<int:period_pk>/", updates.update_start, name="start"),
    path("updates/<int:pk>/", updates.update_detail, name="update"),
    path("updates/<int:pk>/words/", updates.update_words, name="words"),
    path("updates/<int:pk>/activities/<int:activity_pk>/", updates.progress_edit, name="progress"),
    path("updates/<int:pk>/<slug:name>/", updates.update_move, name="move"),
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence"),
    path("evidence/<int:pk>/remove/", evidence.evidence_remove, name="evidence_remove"),
]

# Joined to the addresses of `plans` (reformcomms/urls.py): these pages need what this floor knows.
plan_urlpatterns = [
    path("add/", plans.plan_add, name="add"),
    path("<int:pk>/", plans.plan_detail, name="detail"),
    path("<int:pk>/edit/", plans.plan_edit, name="edit"),
]
