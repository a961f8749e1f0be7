"""Evidence dossiers and their criteria."""

from django.urls import reverse

from activities.models import Status
from reports.models import CriteriaSet, Dossier, DossierDocument
from reports.tests.rows_of_dossiers import (
    CriteriaSetFactory,
    CriterionFactory,
    DossierDocumentFactory,
    DossierFactory,
)

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
COORDINATOR = {"the coordinator"}
COORDINATORS = {"the coordinator", "another coordinator"}
STAFF = {"the coordinator", "another coordinator", "the leader", "the administrator"}


def dossier_of(world):
    """The dossier of the world's plan, with one criterion."""
    there = Dossier.objects.filter(plan=world.plan).first()
    return there or DossierFactory(plan=world.plan, begun_by=world.coordinator)


def criterion_of(world):
    dossier = dossier_of(world)
    return dossier.pk, (dossier.criteria.criteria.first() or CriterionFactory(set=dossier.criteria)).pk


def document_of(world):
    dossier, criterion = criterion_of(world)
    there = DossierDocument.objects.filter(dossier=dossier).first()
    return (there or DossierDocumentFactory(dossier=dossier_of(world), criterion_id=criterion)).pk


def set_of(world):
    there = CriteriaSet.objects.filter(locality=world.locality, year=2030).first()
    return (there or CriteriaSetFactory(locality=world.locality, year=2030)).pk


CASES = {
    "reports:dossiers": (BOTH, None),
    "reports:dossier": (GET, lambda world: [(dossier_of(world).pk,)]),
    "reports:criterion": (BOTH, lambda world: [criterion_of(world)]),
    "reports:tag": (POST, lambda world: [criterion_of(world)]),
    "reports:attach": (POST, lambda world: [criterion_of(world)]),
    "reports:dossier_document": (GET, lambda world: [(document_of(world),)]),
    "reports:document_remove": (POST, lambda world: [(document_of(world),)]),
    "reports:dossier_zip": (POST, lambda world: [(dossier_of(world).pk,)]),
    "reports:dossier_zip_stop": (POST, lambda world: [(dossier_of(world).pk,)]),
    "reports:dossier_pdf": (GET, lambda world: [(dossier_of(world).pk,)]),
    "reports:dossier_move": (POST, lambda world: [(dossier_of(world).pk, "close")]),
    "reports:criteria_sets": (BOTH, None),
    "reports:criteria_set": (BOTH, lambda world: [(set_of(world),)]),
}
ROLES = {
    "reports:dossier": STAFF,
    "reports:tag": COORDINATOR,
    "reports:attach": COORDINATOR,
    "reports:dossier_document": STAFF,
    "reports:document_remove": COORDINATOR,
    "reports:dossier_zip": STAFF,
    "reports:dossier_zip_stop": STAFF,
    "reports:dossier_pdf": STAFF,
    "reports:dossier_move": COORDINATOR,
}


def full_dossier(world):
    from reports.tests.rows_of_dossiers import fill_dossier

    return fill_dossier(dossier_of(world), world)


PAGES = {
    "dossiers": ("coordinator", Status.APPROVED, lambda world: reverse("reports:dossiers")),
    "dossier": (
        "coordinator",
        Status.APPROVED,
        lambda world: reverse("reports:dossier", args=[full_dossier(world).pk]),
    ),
    "dossier as PDF": (
        "leader",
        Status.APPROVED,
        lambda world: reverse("reports:dossier_pdf", args=[full_dossier(world).pk]),
    ),
    "criteria sets": ("administrator", Status.APPROVED, lambda world: reverse("reports:criteria_sets")),
    "criteria set": (
        "administrator",
        Status.APPROVED,
        lambda world: reverse("reports:criteria_set", args=[full_dossier(world).criteria_id]),
    ),
}
OPEN = set()
