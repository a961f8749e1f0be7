from django.urls import path

from . import views

urlpatterns = [
    path("", views.plan_list, name="list"),
    path("<int:pk>/<slug:part>/add/", views.part_add, name="part_add"),
    path("<int:pk>/<slug:part>/<int:row_pk>/edit/", views.part_edit, name="part_edit"),
    path("<int:pk>/<slug:part>/<int:row_pk>/remove/", views.part_remove, name="part_remove"),
]
