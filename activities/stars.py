"""What a person has starred comes first in their lists."""

from django.db.models import Exists, OuterRef

from .models import Star


def with_star(activities, user):
    """`activities` (a queryset) that know whether the person has starred them (`is_starred`)."""
    return activities.annotate(is_starred=Exists(Star.objects.filter(person=user, activity=OuterRef("pk"))))


def starred_by(user):
    """Keys of the activities the person has starred. One query."""
    return set(Star.objects.visible_to(user).filter(person=user).values_list("activity", flat=True))


def starred_first(rows, starred):
    """Standings with the starred activities before the others, each in their order."""
    return sorted(rows, key=lambda row: row.activity.pk not in starred)


def set_star(user, activity, *, at, on):
    """Star the activity, or take the star off; doing it twice changes nothing."""
    if on:
        Star.objects.get_or_create(person=user, activity=activity, defaults={"at": at})
    else:
        Star.objects.filter(person=user, activity=activity).delete()
