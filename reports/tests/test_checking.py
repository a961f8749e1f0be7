"""The check before issuing: each finding is true of the report, and a confirmation is of the words it was given to."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.tests.factories import login
from activities.models import Status
from activities.tests.factories import (
    TODAY,
    ActivityProgressFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    UpdateEventFactory,
    make_world,
    moment,
)
from reports.beginning import Subject, begin_report
from reports.checking import check_report
from reports.models import Confirmation, Report, ReportKind, ReportPart, ReportStatus
from reports.quarterly import building
from reports.tests.rows import ReportEventFactory
from reports.writing import save_part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def begun(world):
    world.report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(15))
    return world


def checked(world, **changes):
    report = Report.objects.get(pk=world.report.pk)
    made = building.make_report(report, today=TODAY)
    return check_report(report, made._replace(built=replace(made.built, **changes)))


def found(check, rule):
    return [each for each in check.findings if each.rule == rule]


def counted(world, before, now, *, is_stock=False):
    """An indicator counted in the first and in the second quarter."""
    indicator = IndicatorFactory(name_en="Leaflets", unit_en="pieces", is_stock=is_stock)
    first = ReportingPeriodFactory(plan=world.plan, ordinal=1)
    update = QuarterlyUpdateFactory(period=first, agency=world.agency, status=Status.APPROVED)
    line = ActivityProgressFactory(update=update, activity=world.activity)
    OutputCountFactory(progress=line, indicator=indicator, value=before)
    if now is not None:
        OutputCountFactory(progress=world.line, indicator=indicator, value=now)
    return indicator


def test_a_report_in_order():
    world = begun(make_world(Status.APPROVED, quantity_done=3))

    check = checked(world)

    assert check.is_ready and not check.must_fix and not check.to_confirm
    passed = {each.rule: each.detail for each in check.passed}
    assert passed["empty_part"] == "10 of 10" and passed["unapproved"] == "1 of 1"
    assert passed.keys() == {"empty_part", "unapproved", "sum"}  # nothing was written, nothing is compared


def test_an_empty_part_must_be_mended():
    world = begun(make_world(Status.APPROVED))
    part = world.report.parts.get(code="V")
    save_part(part, "  ", version=0, by=world.coordinator, at=moment(16))

    check = checked(world)

    [finding] = check.must_fix
    assert (finding.title, finding.subject, check.is_ready) == ("Part V is still empty", "V", False)
    assert finding.links[0][1] == reverse("reports:part", args=[world.report.pk, "V"])


def test_figures_that_are_not_there_and_numbers_typed_by_hand():
    world = begun(make_world(Status.APPROVED))
    part = world.report.parts.get(code="III.3")
    save_part(
        part,
        "Có [[WEB-9.in_period]] tin; chậm 45 ngày so với [[count.sent]].",
        version=0,
        by=world.coordinator,
        at=moment(16),
    )

    check = checked(world)

    assert [each.title for each in check.must_fix] == [
        "Part III.3 names a figure the report does not have: [[WEB-9.in_period]]"
    ]
    assert [each.title for each in found(check, "typed_number")] == ["Part III.3 has numbers typed by hand: 45"]


def test_who_is_missing_is_said_and_listed_in_the_report():
    world = make_world(Status.APPROVED, agencies=4)
    for update, status in zip(world.all_updates[1:], (Status.SUBMITTED, Status.RETURNED, Status.DRAFT), strict=True):
        type(update).objects.filter(pk=update.pk).update(status=status)
    type(update).objects.filter(pk=update.pk).update(submitted_at=None, first_submitted_at=None)
    begun(world)

    check = checked(world)

    [finding] = found(check, "unapproved")
    assert finding.title.startswith("3 of 4 updates expected are not approved")
    assert finding.detail == "1 have not sent yet, 1 wait for the review, 1 returned"
    assert finding.ask == "Issue it all the same: annex III names all 3 agencies"
    listed = {line.agency for line in building.build_report(world.report, today=TODAY).submissions}
    assert listed == {update.agency.name for update in world.all_updates}


@pytest.mark.parametrize(
    "before, now, is_stock, title",
    [
        (8000, 0, False, "Leaflets (pieces) fell to 0"),
        (100, 49, False, "Leaflets (pieces) fell far"),
        (100, 50, False, ""),
        (100, 151, False, "Leaflets (pieces) rose far"),
        (100, 150, False, ""),
        (4, 0, False, ""),  # a step of a few pieces says nothing
        (0, 30, False, ""),
        (20_000, 9_000, True, "Leaflets (pieces) fell far"),
        (20_000, 19_000, True, ""),
    ],
)
def test_figures_against_the_last_period(before, now, is_stock, title):
    world = make_world(Status.APPROVED)
    counted(world, before, now, is_stock=is_stock)

    check = checked(begun(world))

    assert [each.title for each in found(check, "jump") if each.severity == "to_confirm"] == ([title] if title else [])


@pytest.mark.parametrize("is_stock", [False, True])
def test_an_indicator_that_is_gone_has_fallen(is_stock):
    """Nobody counts it any more and nothing asks for it, so the report has no figure of it."""
    world = make_world(Status.APPROVED)
    indicator = counted(world, 8000, 8000, is_stock=is_stock)
    figures = building.build_report(begun(world).report, today=TODAY).figures
    assert indicator.code in {each.code for each in figures}

    check = checked(world, figures=tuple(each for each in figures if each.code != indicator.code))

    [finding] = found(check, "jump")
    assert (finding.title, finding.subject) == ("Leaflets (pieces) fell to 0", indicator.code)


def test_totals_that_do_not_add_up():
    world = begun(make_world(Status.APPROVED, agencies=2, activities=2))

    check = checked(world, activity_count=7, sent=1)

    assert {(each.subject, each.detail) for each in found(check, "sum")} == {
        ("activities", "7 is stated, its parts make 2"),
        ("sent", "1 is stated, its parts make 2"),
    }
    assert {each.severity for each in found(check, "sum")} == {"must_fix"}


def test_annex_i_is_compared_with_annex_ii_and_with_the_updates():
    """The activity counts in the same indicator: 3 done, and 120 beside it."""
    world = make_world(Status.APPROVED, quantity_done=3)
    indicator = counted(world, 100, 120)
    type(world.activity).objects.filter(pk=world.activity.pk).update(indicator=indicator)
    begun(world)
    report = Report.objects.get()
    made = building.make_report(report, today=TODAY)
    assert [each.in_period for each in made.built.figures] == [123]
    assert found(check_report(report, made), "sum")[0].severity == "passed"

    # Annex II says otherwise than annex I.
    lines = tuple(replace(line, quantity_in_period=4) for line in made.built.activities)
    [finding] = found(check_report(report, made._replace(built=replace(made.built, activities=lines))), "sum")
    assert (finding.severity, finding.subject) == ("must_fix", f"{indicator.code}.annex-II")
    assert finding.detail == "123 is stated, its parts make 124"

    # The row is another than the one the report was made of.
    world.line.output_counts.update(value=121)
    severities = {each.subject: (each.severity, each.detail) for each in found(check_report(report, made), "sum")}
    assert severities[f"{indicator.code}.updates"] == ("must_fix", "123 is stated, its parts make 124")


def test_an_approved_update_that_annex_iii_does_not_say_is_approved():
    world = begun(make_world(Status.APPROVED, agencies=2))
    report = Report.objects.get()
    type(world.update).objects.filter(pk=world.update.pk).update(status=Status.SUBMITTED)
    made = building.make_report(report, today=TODAY)
    assert not found(check_report(report, made), "approved")
    type(world.update).objects.filter(pk=world.update.pk).update(status=Status.APPROVED)

    [finding] = found(check_report(report, made), "approved")

    assert (finding.severity, finding.is_open) == ("to_confirm", True)
    assert finding.detail == "2 updates of its agencies are approved, annex III says 1"


def test_a_cumulative_that_does_not_follow_from_what_was_issued(monkeypatch):
    """An update of the first quarter was corrected after its report had been issued."""
    world = make_world(Status.APPROVED)
    indicator = counted(world, 100, 120)
    begun(world)
    first = ReportingPeriodFactory._meta.model.objects.get(ordinal=1)
    issued = building.build_quarterly_report(first, today=TODAY)
    figures = tuple(replace(each, cumulative=90) if each.code == indicator.code else each for each in issued.figures)
    monkeypatch.setattr(
        "reports.checking._last_period", lambda *_asked: (replace(issued, figures=figures), "03/BC-SNV")
    )

    [finding] = found(checked(world), "following")

    assert finding.title == "Leaflets (pieces) does not follow from the last report"
    assert finding.detail == "03/BC-SNV said 90, with 120 now that makes 210; this report says 220"


def test_what_was_approved_after_leadership_had_read():
    world = begun(make_world(Status.APPROVED))
    ReportEventFactory(report=world.report, step="approve", before="submitted", after="approved", at=moment(18))
    Report.objects.update(status=ReportStatus.APPROVED)
    assert found(checked(world), "since_approval")[0].severity == "passed"
    UpdateEventFactory(update=world.update, move="approve", status=Status.APPROVED, at=moment(19))

    [finding] = found(checked(world), "since_approval")

    assert finding.title == "1 update was approved after leadership had approved the report"


def test_a_confirmation_is_of_the_words_it_was_given_to(clock):
    world = make_world(Status.APPROVED, agencies=3)
    type(world.update).objects.filter(pk__in=[each.pk for each in world.all_updates[1:]]).update(
        status=Status.SUBMITTED
    )
    begun(world)
    address = reverse("reports:confirm", args=[world.report.pk])
    [finding] = found(checked(world), "unapproved")
    asked = {"rule": finding.rule, "subject": finding.subject, "words": finding.words, "confirmed": "1"}
    browser = login(world.coordinator)

    # Who did not see these words does not confirm them; nor does who has no say in it.
    browser.post(address, {**asked, "words": "khác"})
    assert not Confirmation.objects.exists()
    assert login(world.leader).post(address, asked).status_code == 403
    assert browser.post(address, asked).status_code == 302
    kept = Confirmation.objects.get()
    assert (kept.by, kept.words) == (world.coordinator, finding.words)
    check = checked(world)
    assert check.is_ready and found(check, "unapproved")[0].confirmation == kept
    with translation.override("vi"):  # whatever language it is read in
        assert checked(world).is_ready

    # Another update was approved meanwhile: two of three became one of three, and nobody has confirmed that.
    type(world.update).objects.filter(pk=world.all_updates[1].pk).update(status=Status.APPROVED)
    assert [each.rule for each in checked(world).to_confirm if each.is_open] == ["unapproved"]

    # Confirmed anew, and taken back.
    [finding] = found(checked(world), "unapproved")
    asked["words"] = finding.words
    browser.post(address, asked)
    assert checked(world).is_ready
    browser.post(address, {name: value for name, value in asked.items() if name != "confirmed"})
    assert not checked(world).is_ready and not Confirmation.objects.exists()


def test_the_page_says_what_was_found():
    world = begun(make_world(Status.APPROVED))
    ReportPart.objects.filter(code="IV").update(body="")
    browser = login(world.coordinator)

    page = browser.get(world.report.get_absolute_url(), {"show": "check"}).text
    part = browser.get(world.report.get_absolute_url(), {"show": "check"}, HTTP_HX_REQUEST="true").text

    assert "Part IV is still empty" in page and "Part IV is still empty" in part
    assert "<html" not in part


def test_a_report_whose_last_period_was_of_another_year():
    world = make_world(Status.APPROVED)
    counted(world, 100, 100)
    ReportingPeriodFactory._meta.model.objects.filter(ordinal=1).update(year=2025)

    assert not [each for each in found(checked(begun(world)), "following")]
