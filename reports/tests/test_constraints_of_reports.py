"""What the database refuses of reports, seals, criteria and dossiers, whoever writes to it."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from activities.tests.factories import EvidenceFactory, ReportingPeriodFactory, moment
from plans.tests.factories import PlanFactory
from reports.models import (
    Band,
    Comparison,
    Confirmation,
    CriteriaSet,
    Criterion,
    Damage,
    Dossier,
    EvidenceTag,
    PartVersion,
    SealedFile,
    SelfScore,
    Signature,
)

from .rows import MinistryColumnFactory, ReportEventFactory, ReportFactory, ReportPartFactory
from .rows_of_dossiers import DossierDocumentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HASH = "0" * 64


def again(report, **changes):
    """A second report that says of itself what `report` says."""
    same = {name: getattr(report, name) for name in ("period", "agency", "kind", "begun_by", "plan", "locality")}
    return ReportFactory(**{**same, **changes})


def correction(report, **changes):
    return again(report, **{"ordinal": report.ordinal + 1, "replaces": report, **changes})


def of_locality(**changes):
    return ReportFactory(**{"kind": "locality", "plan": None, "locality": changes.pop("locality", None), **changes})


def twice_for_the_locality():
    plan = PlanFactory()
    period = ReportingPeriodFactory(plan=plan)
    for _time in range(2):
        of_locality(locality=plan.locality, period=period, agency=plan.coordinating_agency)


def part_of(report=None):
    return ReportPartFactory(report=report or ReportFactory())


def part_version(part, **changes):
    by = part.report.begun_by
    return PartVersion.objects.create(
        **{"part": part, "version": 1, "by": by, "by_name": "x", "at": moment(), **changes}
    )


def confirmation(report, **changes):
    by = {"by": report.begun_by, "by_name": "x", "at": moment()}
    return Confirmation.objects.create(**{"report": report, "rule": "empty", "words": "x", **by, **changes})


def sealed(report, **changes):
    facts = {"report": report, "kind": "pdf", "file": "sealed/x", "file_name": "x.pdf", "size": 1, "sha256": HASH}
    return SealedFile.objects.create(**{**facts, **changes})


def signature(**changes):
    report = ReportFactory(is_issued=True)
    facts = {"report": report, "way": "uploaded", "is_accepted": True, "file": "sealed/x", "file_name": "x.pdf"}
    by = {"size": 1, "sha256": HASH, "by": report.begun_by, "by_name": "x", "at": moment()}
    return Signature.objects.create(**{**facts, **by, **changes})


def damage(**changes):
    facts = {"kind": "missing", "found_at": moment(), **changes}
    row = facts.get("sealed_file") or facts.get("signature")
    return Damage.objects.create(report=row.report if row else ReportFactory(), **facts)


def both_damaged(signed):
    damage(signature=signed, sealed_file=sealed(signed.report))


def criteria(**changes):
    locality = changes.pop("locality", None) or PlanFactory().locality
    return CriteriaSet.objects.create(
        **{"locality": locality, "year": 2026, "title": "Bộ tiêu chí", "at": moment(), **changes}
    )


def criterion(**changes):
    there = changes.pop("set", None) or criteria()
    facts = {"set": there, "position": 1, "code": "1.1", "title": "Mức độ thực hiện", "most": 100}
    return Criterion.objects.create(**{**facts, **changes})


def band(**changes):
    of = changes.pop("criterion", None) or criterion()
    return Band.objects.create(**{"criterion": of, "at_least": 90, "points": 50, **changes})


def dossier(**changes):
    report = ReportFactory()
    facts = {"plan": report.plan, "year": 2026, "begun_by": report.begun_by, "begun_at": moment()}
    return Dossier.objects.create(**{**facts, "criteria": criteria(locality=report.plan.locality), **changes})


def tag(of, evidence, **changes):
    one = of.criteria.criteria.first() or criterion(set=of.criteria)
    facts = {"dossier": of, "criterion": one, "evidence": evidence, "by": of.begun_by, "at": moment()}
    return EvidenceTag.objects.create(**{**facts, **changes})


def score(of, **changes):
    one = of.criteria.criteria.first() or criterion(set=of.criteria)
    facts = {"dossier": of, "criterion": one, "by": of.begun_by, "by_name": "x", "at": moment()}
    return SelfScore.objects.create(**{**facts, **changes})


def twice(make, *args, **changes):
    for _time in range(2):
        make(*args, **changes)


# constraint: what breaks it
REFUSED = {
    "report_of_plan_once": [lambda: again(ReportFactory())],
    "report_of_agency_once": [lambda: again(ReportFactory(kind="agency"))],
    "report_of_locality_once": [twice_for_the_locality],
    "report_code_once": [lambda: twice(lambda: ReportFactory(is_issued=True, code="SAME-CODE"))],
    "report_number_once_a_year": [
        lambda: correction(
            ReportFactory(is_issued=True, number=7),
            status="issued",
            number=7,
            symbol="BC-SNV",
            code="OTHER",
            issued_on=date(2026, 12, 1),
            sealed_at=moment(),
        )
    ],
    "report_kind_known": [lambda: ReportFactory(kind="poem")],
    "report_status_known": [lambda: ReportFactory(status="lost")],
    "report_span_known": [lambda: ReportFactory(span="decade")],
    "report_has_its_plan": [
        lambda: ReportFactory(kind="locality"),
        lambda: of_locality(kind="plan", locality=PlanFactory().locality, agency=PlanFactory().coordinating_agency),
    ],
    "report_ends_after_start": [lambda: ReportFactory(starts_on=date(2026, 6, 2), ends_on=date(2026, 6, 1))],
    "report_issued_is_sealed": [
        lambda: ReportFactory(is_issued=True, number=None),
        lambda: ReportFactory(is_issued=True, issued_on=None),
        lambda: ReportFactory(is_issued=True, sealed_at=None),
        lambda: ReportFactory(is_issued=True, code=""),
        lambda: ReportFactory(is_issued=True, symbol=""),
    ],
    "report_correction_replaces": [
        lambda: ReportFactory(ordinal=2),
        lambda: ReportFactory(replaces=ReportFactory()),
    ],
    "report_part_once": [lambda: ReportPartFactory(report=part_of().report)],
    "part_version_once": [lambda: twice(part_version, part_of())],
    "report_event_after_known": [lambda: ReportEventFactory(after="lost")],
    "report_return_has_reason": [lambda: ReportEventFactory(step="return", after="returned", reason="")],
    "confirmation_once": [lambda: twice(confirmation, ReportFactory())],
    "sealed_file_once": [lambda: twice(sealed, ReportFactory())],
    "sealed_file_kind_known": [lambda: sealed(ReportFactory(), kind="odt")],
    "sealed_file_has_hash": [
        lambda: sealed(ReportFactory(), sha256="0" * 63),
        lambda: sealed(ReportFactory(), sha256="G" * 64),
    ],
    "signature_way_known": [lambda: signature(way="spoken")],
    "signature_kept_when_accepted": [lambda: signature(file=""), lambda: signature(is_accepted=False)],
    "signature_has_hash": [lambda: signature(sha256="")],
    "comparison_damaged_within_files": [
        lambda: Comparison.objects.create(locality=PlanFactory().locality, at=moment(), files=1, damaged=2)
    ],
    "damage_of_one_file": [damage, lambda: both_damaged(signature())],
    "damage_kind_known": [lambda: damage(signature=signature(), kind="wet")],
    "damage_over_after_found": [lambda: damage(signature=signature(), over_at=moment() - timedelta(seconds=1))],
    "damage_open_once_of_file": [lambda: twice(damage, sealed_file=sealed(ReportFactory()))],
    "damage_open_once_of_signature": [lambda: twice(damage, signature=signature())],
    "dossier_document_is_file_or_link": [lambda: DossierDocumentFactory(file="", file_name="")],
    "dossier_document_scan_known": [lambda: DossierDocumentFactory(scan="perhaps")],
    "ministry_column_has_head": [lambda: MinistryColumnFactory(head="")],
    "criteria_set_once": [lambda: twice(criteria, locality=PlanFactory().locality)],
    "criterion_once_in_set": [lambda: twice(criterion, set=criteria())],
    "criterion_formula_known": [lambda: criterion(formula="luck")],
    "criterion_measure_known": [lambda: criterion(measure="mood")],
    "criterion_floor_is_percent": [lambda: criterion(floor=101)],
    "band_once_in_criterion": [lambda: twice(band, criterion=criterion())],
    "band_is_percent": [lambda: band(at_least=101)],
    "dossier_once_a_year": [lambda: twice(dossier, plan=PlanFactory())],
    "dossier_closed_when": [lambda: dossier(state="closed"), lambda: dossier(closed_at=moment())],
    "evidence_tag_once": [lambda: twice(tag, dossier(), EvidenceFactory())],
    "self_score_once": [lambda: twice(score, dossier())],
    "self_score_by_hand_is_explained": [lambda: score(dossier(), points=25)],
}


@pytest.mark.parametrize(
    "name, place", [(name, place) for name, cases in REFUSED.items() for place in range(len(cases))]
)
def test_the_database_refuses(name, place):
    with pytest.raises(IntegrityError), transaction.atomic():
        REFUSED[name][place]()


def test_every_constraint_has_a_case_and_says_what_is_wrong():
    ours = [each for model in apps.get_app_config("reports").get_models() for each in model._meta.constraints]

    assert {each.name for each in ours} == set(REFUSED)
    assert [each.name for each in ours if each.violation_error_message == each.default_violation_error_message] == []


def test_the_same_number_next_year_is_another_document():
    first = ReportFactory(is_issued=True, number=7)
    later = ReportFactory(agency=first.agency, locality=first.locality, begun_by=first.begun_by)

    assert correction(
        later,
        status="issued",
        number=7,
        symbol=first.symbol,
        code="NEXT",
        sealed_at=moment(),
        issued_on=first.issued_on + timedelta(days=365),
    ).pk
