"""The fictional province's dossier: the prepared criteria of the year, and under them what their channels propose."""

from django.db import transaction

from ..models import CriteriaSet, Criterion
from .criteria import begin_prepared
from .moving import begin
from .proposing import proposals, take


@transaction.atomic
def load_demo_dossier(plan, year, *, by, at):
    """The dossier of `plan` for `year`, begun by the coordinator `by`; what is there already stays. True if made."""
    if not plan.period_start.year <= year <= plan.period_end.year or plan.dossiers.filter(year=year).exists():
        return False
    criteria = CriteriaSet.objects.filter(locality=plan.locality, year=year).first()
    criteria = criteria or begin_prepared(plan.locality, year, "province", by=by, at=at)
    dossier = begin(plan, year, criteria, by=by, at=at)
    for criterion in Criterion.objects.filter(set=criteria, channels__isnull=False).distinct():
        keys = list(proposals(dossier, criterion).values_list("pk", flat=True))
        take(dossier, criterion, keys, by=by, at=at)
    return True
