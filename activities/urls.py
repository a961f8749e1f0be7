from django.urls import path

from .views import (
    activities,
    agencies,
    agenda,
    beginning,
    children,
    evidence,
    grid,
    handover,
    plan_list,
    planning,
    plans,
    reorganisations,
    rows,
    updates,
)

app_name = "activities"
urlpatterns = [
    path("activities/", activities.activity_list, name="list"),
    path("activities/<int:pk>/", activities.activity_detail, name="detail"),
    path("activities/<int:pk>/edit/", rows.activity_edit, name="edit"),
    path("activities/<int:pk>/row/", rows.row, name="row"),
    path("activities/<int:pk>/move/", rows.row_move, name="row_move"),
    path("activities/<int:pk>/remove/", rows.row_remove, name="row_remove"),
    path("activity-groups/<int:pk>/", grid.group, name="group"),
    path("plans/<int:plan_pk>/activities/", grid.grid, name="grid"),
    path("plans/<int:plan_pk>/activities/add/", rows.activity_add, name="add"),
    path("plans/<int:plan_pk>/activities/row/", grid.row_add, name="row_add"),
    path("plans/<int:plan_pk>/activities/group/", grid.group_add, name="group_add"),
    path("plans/<int:plan_pk>/activities/paste/", grid.paste, name="paste"),
    path("plans/<int:plan_pk>/activities/undo/", grid.undo, name="undo"),
    path("plans/<int:plan_pk>/activities/heard/", grid.heard, name="heard"),
    path("plans/<int:plan_pk>/activities/import/", grid.activity_import, name="import"),
    path("updates/", updates.update_list, name="updates"),
    path("updates/start/<int:period_pk>/", updates.update_start, name="start"),
    path("updates/<int:pk>/", updates.update_detail, name="update"),
    path("updates/<int:pk>/words/", updates.update_words, name="words"),
    path("updates/<int:pk>/activities/<int:activity_pk>/", updates.progress_edit, name="progress"),
    path("updates/<int:pk>/<slug:name>/", updates.update_move, name="move"),
    path("calendar/", agenda.calendar, name="calendar"),
    path("calendar/address/", agenda.calendar_address, name="calendar_address"),
    path("calendar/<str:token>.ics", agenda.feed, name="feed"),
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence"),
    path("evidence/<int:pk>/remove/", evidence.evidence_remove, name="evidence_remove"),
]

# Joined to the addresses of `plans` (reformcomms/urls.py): these pages need what this floor knows.
plan_urlpatterns = [
    path("", plan_list.plan_list, name="list"),
    path("add/", plans.plan_add, name="add"),
    path("add/from/", beginning.plan_sources, name="sources"),
    path("add/from/<int:pk>/", beginning.plan_begin, name="begin"),
    path("add/carry-out/", beginning.plan_parents, name="parents"),
    path("templates/", beginning.template_list, name="templates"),
    path("templates/<int:pk>/", beginning.template_rename, name="template_rename"),
    path("templates/<int:pk>/remove/", beginning.template_remove, name="template_remove"),
    path("<int:pk>/template/", beginning.template_add, name="template_add"),
    path("<int:pk>/children/", children.plan_children, name="children"),
    path("<int:pk>/", plans.plan_detail, name="detail"),
    path("<int:pk>/edit/", plans.plan_edit, name="edit"),
    path("<int:pk>/edit/readiness/", plans.plan_readiness, name="readiness"),
    path("<int:pk>/facts/", plans.plan_facts, name="facts"),
    path("<int:pk>.xlsx", grid.plan_xlsx, name="xlsx"),
    path("<int:pk>/parties/", grid.parties, name="parties"),
    path("<int:pk>/check/", planning.plan_check, name="check"),
    path("<int:pk>/check/acknowledge/", planning.check_acknowledge, name="acknowledge"),
    path("<int:pk>/check/repair/", planning.check_repair, name="repair"),
    path("<int:pk>/issue/", planning.plan_issue, name="issue"),
    path("<int:pk>/move/<slug:name>/", planning.plan_move, name="move"),
    path("<int:pk>/amend/", planning.plan_amend, name="amend"),
    path("<int:pk>/discard/", planning.plan_discard, name="discard"),
    path("<int:pk>/changes/", planning.plan_changes, name="changes"),
    path("<int:pk>/versions/", planning.plan_versions, name="versions"),
    path("<int:pk>/versions/<int:ordinal>/", planning.plan_version, name="version"),
    path("<int:pk>/files/", planning.file_add, name="file_add"),
    path("files/<int:pk>/", planning.file_content, name="file"),
    path("files/<int:pk>/remove/", planning.file_remove, name="file_remove"),
]

# Joined to the addresses of `agencies`: a reorganisation moves what this floor knows.
agency_urlpatterns = [
    path("", agencies.agency_list, name="list"),
    path("<int:pk>/", agencies.agency_detail, name="detail"),
    path("<int:pk>/users/", agencies.agency_users, name="users"),
    path("reorganisations/", reorganisations.reorganisation_list, name="reorganisations"),
    path("reorganisations/new/", reorganisations.reorganise, name="reorganise"),
    path("reorganisations/set/", reorganisations.reorganisation_set, name="reorganisation_set"),
    path("reorganisations/<int:pk>/", reorganisations.reorganisation_detail, name="reorganisation"),
    path("reorganisations/<int:pk>/call-off/", reorganisations.reorganisation_call_off, name="call_off"),
]

# Joined to the addresses of `accounts`: what a person has open stands on this floor.
user_urlpatterns = [
    path("users/<int:pk>/hand-over/", handover.user_hand_over, name="hand_over"),
]
