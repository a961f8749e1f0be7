"""Points of a dossier, as documents write them."""

from django import template

from ..dossier.points import points_written

register = template.Library()
register.filter("points_vi", points_written)
