from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import views
from .forms import PARTS


class PartConverter(StringConverter):
    regex = "|".join(PARTS)


register_converter(PartConverter, "part")

urlpatterns = [
    path("<int:pk>/<part:part>/add/", views.part_add, name="part_add"),
    path("<int:pk>/<part:part>/paste/", views.part_paste, name="part_paste"),
    path("<int:pk>/<part:part>/undo/", views.part_undo, name="part_undo"),
    path("<int:pk>/<part:part>/<int:row_pk>/edit/", views.part_edit, name="part_edit"),
    path("<int:pk>/<part:part>/<int:row_pk>/move/", views.part_move, name="part_move"),
    path("<int:pk>/<part:part>/<int:row_pk>/remove/", views.part_remove, name="part_remove"),
    path("<int:pk>/<part:part>/<int:row_pk>/history/", views.part_history, name="part_history"),
]
