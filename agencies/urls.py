from django.urls import path

from . import holiday_views, views

# Joined with those of the floors above (reformcomms/urls.py).
urlpatterns = [
    path("add/", views.agency_add, name="add"),
    path("holidays/", holiday_views.holiday_list, name="holidays"),
    path("holidays/fill/", holiday_views.holiday_fill, name="holiday_fill"),
    path("holidays/<int:pk>/remove/", holiday_views.holiday_remove, name="holiday_remove"),
    path("import/", views.agency_import, name="import"),
    path("<int:pk>/edit/", views.agency_edit, name="edit"),
    path("<int:pk>/remove/", views.agency_remove, name="remove"),
    path("groups/", views.group_list, name="groups"),
    path("groups/add/", views.group_add, name="group_add"),
    path("groups/<int:pk>/", views.group_detail, name="group"),
    path("groups/<int:pk>/edit/", views.group_edit, name="group_edit"),
    path("groups/<int:pk>/remove/", views.group_remove, name="group_remove"),
    path("groups/<int:pk>/members/", views.members, name="members"),
    path("groups/<int:pk>/members/<int:membership_pk>/", views.membership_edit, name="membership"),
]
