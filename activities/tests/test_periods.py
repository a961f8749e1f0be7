"""The pages of a plan's calendar, and the acts behind them: rules, dates, more time, opening and locking."""

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from accounts.models import Notification, Role
from accounts.tests.factories import UserFactory, login
from activities.calendar import generate_periods
from activities.extending import extend, lock, unlock
from activities.models import Extension, PeriodEvent, PeriodLocked, ReportingPeriod, ReportingRules, Status, writing_at
from agencies.tests.factories import AgencyFactory
from plans.models import PlanStatus
from plans.tests.factories import PlanFactory

from .factories import (
    ConsolidatedPeriodFactory,
    ExtensionFactory,
    ReportingPeriodFactory,
    ReportingRulesFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AFTER_DUE, LOCKED = date(2026, 6, 18), date(2026, 7, 3)
REASON = "Bão số 3, mất liên lạc."


@pytest.fixture
def world(clock):
    clock(AFTER_DUE)
    return make_world(agencies=2)


@pytest.fixture
def coordinator(world):
    return login(world.coordinator)


def to(name, *args):
    return reverse(name, args=args)


# The calendar of a plan


def test_the_year_as_a_table(world, coordinator):
    ConsolidatedPeriodFactory(plan=world.plan)

    page = coordinator.get(to("plans:periods", world.plan.pk)).text

    for words in ("Quarter II/2026", "15/03/2026 – 14/06/2026", "16/06/2026", "01/07/2026", "0/2", "still open"):
        assert words in page
    assert "First half of 2026" in page
    assert to("plans:period_rules", world.plan.pk) in page


def test_an_agency_sees_its_own_state_and_no_button(world):
    browser = login(world.focal_point)

    page = browser.get(to("plans:periods", world.plan.pk)).text

    assert "Not sent, 2 days overdue" in page
    assert "0/2" not in page
    assert to("plans:period_rules", world.plan.pk) not in page


def test_a_draft_is_not_yet_the_agencies(world):
    world.plan.status = PlanStatus.DRAFT
    world.plan.save()

    assert login(world.focal_point).get(to("plans:periods", world.plan.pk)).status_code == 403
    assert login(world.focal_point).get(to("activities:period", world.period.pk)).status_code == 403


def test_a_plan_without_periods_says_what_next(world, coordinator):
    empty = PlanFactory(locality=world.locality, coordinating_agency=world.plan.coordinating_agency)

    assert "Choose how often agencies report" in coordinator.get(to("plans:periods", empty.pk)).text


# Rules

RULES = {
    "base": "quarter",
    "cutoff_day": "14",
    "agency_due_day": "16",
    "consolidated_due_day": "20",
    "grace_days": "14",
    "extensions_per_period": "1",
    "consolidated": ["half_year", "year"],
}


def test_rules_are_saved_only_once_their_effect_was_seen(world, coordinator):
    generate_periods(world.plan)
    address = to("plans:period_rules", world.plan.pk)
    typed = RULES | {"grace_days": "3"}

    looked = coordinator.post(address, typed | {"save": "1"})
    assert "2 periods get other dates" in looked.text
    assert not ReportingRules.objects.exists()

    seen = looked.context["form"]["seen"].value()
    saved = coordinator.post(address, typed | {"save": "1", "seen": seen}, follow=True)
    assert "Rules saved; 2 periods changed." in saved.text
    assert world.plan.reporting_periods.get(ordinal=4).locks_on == date(2026, 12, 20)
    assert ReportingRules.objects.get().grace_days == 3
    assert PeriodEvent.objects.get().act == "generated"


def test_rules_that_reach_nothing_say_what_holds_it(world, coordinator):
    world.plan.reporting_periods.update(is_edited=True)

    page = coordinator.post(to("plans:period_rules", world.plan.pk), RULES | {"grace_days": "3", "look": "1"}).text

    assert "No period changes: those that the rules would change stay as they are" not in page, "quarters are to come"
    assert "Quarter II/2026: its deadline has passed" in page


def test_other_rules_than_those_that_were_seen_are_shown_first(world, coordinator):
    address = to("plans:period_rules", world.plan.pk)
    seen = coordinator.post(address, RULES | {"look": "1"}).context["form"]["seen"].value()

    coordinator.post(address, RULES | {"base": "month", "save": "1", "seen": seen})

    assert not ReportingRules.objects.exists()


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ({"cutoff_day": "0"}, "A day of the month is between 1 and 31."),
        ({"agency_due_day": "32"}, "A day of the month is between 1 and 31."),
        ({"grace_days": "900"}, "At most 366."),
        ({"extensions_per_period": "-1"}, "greater than or equal to 0"),
        ({"base": "year"}, "Not a sum of the agencies&#x27; periods: Half-year, Year."),
        (
            {"base": "half_year", "consolidated": ["nine_months"]},
            "Not a sum of the agencies&#x27; periods: Nine months.",
        ),
        ({"base": "nine_months"}, "Select a valid choice"),
    ],
)
def test_rules_that_are_refused(world, coordinator, typed, sentence):
    page = coordinator.post(to("plans:period_rules", world.plan.pk), RULES | typed | {"look": "1"})

    assert sentence in page.text


def test_two_who_change_the_rules_at_once(world, coordinator):
    from activities.arranging import save_rules
    from activities.period_forms import RulesForm

    stored = ReportingRulesFactory(plan=world.plan, version=4)
    form = RulesForm(RULES, instance=ReportingRules.objects.get())
    assert form.is_valid()
    stored.version = 5
    stored.save()

    with pytest.raises(ValidationError, match="Somebody changed the rules meanwhile"):
        save_rules(form, by=world.coordinator, at=moment(), today=AFTER_DUE)


# A period by hand

OWN = {
    "label": "Tháng cao điểm 9/2026",
    "starts_on": "01/09/2026",
    "ends_on": "30/09/2026",
    "agency_due_on": "02/10/2026",
    "locks_on": "12/10/2026",
    "consolidated_due_on": "09/10/2026",
}


def test_a_period_of_the_plans_own_is_added(world, coordinator):
    coordinator.post(to("plans:period_add", world.plan.pk), OWN)

    period = ReportingPeriod.objects.get(kind="own")
    assert (period.title, period.year, period.ordinal, period.is_edited) == ("Tháng cao điểm 9/2026", 2026, 1, True)
    event = PeriodEvent.objects.get()
    assert (event.act, event.by, event.before, event.after) == (
        "added",
        world.coordinator,
        date(2026, 9, 1),
        date(2026, 9, 30),
    )


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ({"starts_on": "01/06/2026", "ends_on": "20/06/2026"}, "Quarter II/2026 lies at the same time"),
        ({"ends_on": "31/08/2026"}, "The cut-off must not come before 01/09/2026."),
        ({"agency_due_on": "30/09/2026"}, "This day must come after 30/09/2026."),
        ({"agency_due_on": "03/10/2026"}, "03/10/2026 is not a working day; the next one is 05/10/2026."),
        ({"locks_on": "02/10/2026"}, "This day must come after 02/10/2026."),
        ({"consolidated_due_on": "01/10/2026"}, "cannot be due before the agencies&#x27; deadline, 02/10/2026"),
        ({"label": ""}, "This field is required."),
    ],
)
def test_a_period_that_is_refused(world, coordinator, typed, sentence):
    page = coordinator.post(to("plans:period_add", world.plan.pk), OWN | typed)

    assert sentence in page.text
    assert not ReportingPeriod.objects.filter(kind="own").exists()


BEYOND = {
    "starts_on": "15/12/2026",
    "ends_on": "31/01/2027",
    "agency_due_on": "03/02/2027",
    "locks_on": "12/02/2027",
    "consolidated_due_on": "09/02/2027",
}


def test_a_period_beyond_the_plans_time_has_to_be_meant(world, coordinator):
    address = to("plans:period_add", world.plan.pk)

    page = coordinator.post(address, OWN | BEYOND)
    assert "The plan runs from 01/01/2026 to 31/12/2026." in page.text
    assert not ReportingPeriod.objects.filter(kind="own").exists()

    coordinator.post(address, OWN | BEYOND | {"beyond": "on"})
    assert ReportingPeriod.objects.get(kind="own").ends_on == date(2027, 1, 31)


def test_within_the_plans_time_nobody_is_asked(world, coordinator):
    address = to("plans:period_add", world.plan.pk)

    assert "beyond" not in coordinator.get(address).context["form"].fields
    assert "beyond" not in coordinator.post(address, OWN | {"label": ""}).context["form"].fields


def test_dates_are_changed_with_a_reason_and_kept_as_events(world, coordinator):
    period = ReportingPeriodFactory(plan=world.plan, ordinal=3)
    address = to("activities:period_edit", period.pk)
    dates = {
        "starts_on": "15/06/2026",
        "ends_on": "14/09/2026",
        "agency_due_on": "18/09/2026",
        "locks_on": "05/10/2026",
        "consolidated_due_on": "20/09/2026",
        "version": "0",
    }

    assert "Say why" in coordinator.post(address, dates).text
    coordinator.post(address, dates | {"reason": REASON})

    period.refresh_from_db()
    assert (period.agency_due_on, period.locks_on, period.is_edited) == (date(2026, 9, 18), date(2026, 10, 5), True)
    assert {(event.before, event.after, event.reason) for event in PeriodEvent.objects.all()} == {
        (date(2026, 9, 16), date(2026, 9, 18), REASON),
        (date(2026, 10, 1), date(2026, 10, 5), REASON),
    }
    assert "Somebody changed this period meanwhile" in coordinator.post(address, dates | {"reason": REASON}).text


def test_the_window_stays_once_somebody_reports_on_it(world, coordinator):
    form = coordinator.get(to("activities:period_edit", world.period.pk)).context["form"]

    assert set(form.fields) == {"agency_due_on", "locks_on", "consolidated_due_on", "reason", "version"}


def test_a_lock_is_moved_only_by_opening_again(world, coordinator, clock):
    clock(LOCKED)
    assert "locks_on" not in coordinator.get(to("activities:period_edit", world.period.pk)).context["form"].fields

    clock(AFTER_DUE)
    typed = {
        "agency_due_on": "16/06/2026",
        "locks_on": "18/06/2026",
        "consolidated_due_on": "20/06/2026",
        "version": "0",
        "reason": REASON,
    }
    assert (
        "would lock the period at once" in coordinator.post(to("activities:period_edit", world.period.pk), typed).text
    )


def test_a_period_without_updates_is_taken_out_and_stays_out(world, coordinator):
    generate_periods(world.plan)
    third = world.plan.reporting_periods.get(ordinal=3)

    page = coordinator.post(to("activities:period_remove", third.pk), follow=True)
    generate_periods(world.plan)

    assert "Period taken out: Quarter III/2026." in page.text
    assert not world.plan.reporting_periods.filter(ordinal=3).exists()
    assert PeriodEvent.objects.get().act == "removed"


def test_one_that_somebody_has_begun_stays(world, coordinator):
    page = coordinator.post(to("activities:period_remove", world.period.pk), follow=True)

    assert "Somebody has begun to report on this period: it stays." in page.text
    assert ReportingPeriod.objects.filter(pk=world.period.pk).exists()


# More time


def given(world, agency=None, **more):
    facts = {"until": date(2026, 7, 10), "reason": REASON, "by": world.coordinator, "at": moment(day=18)} | more
    return extend(world.period, agency or world.agency, **facts)


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.CLOSED, PlanStatus.REPLACED])
def test_a_plan_that_is_not_at_work_gives_no_time(world, coordinator, status):
    world.plan.status = status
    world.plan.save()
    place = to("activities:extend", world.period.pk, world.agency.pk)

    assert coordinator.get(place).status_code == 403
    assert coordinator.post(place, {"until": "10/07/2026", "reason": REASON}).status_code == 403
    assert not Extension.objects.exists()


def test_an_agency_that_does_not_report_gets_no_time(world, coordinator):
    place = to("activities:extend", world.period.pk, AgencyFactory(locality=world.locality).pk)

    assert coordinator.get(place).status_code == 404
    assert coordinator.post(place, {"until": "10/07/2026", "reason": REASON}).status_code == 404
    assert not Extension.objects.exists()


def test_time_is_given_for_a_quarter_of_a_year_at_most(world, coordinator):
    place = to("activities:extend", world.period.pk, world.agency.pk)

    for day in ("31/12/2100", "19/09/2026"):
        page = coordinator.post(place, {"until": day, "reason": REASON}).text
        assert "At most until 18/09/2026: 92 days from today." in page
    assert not Extension.objects.exists()
    assert coordinator.post(place, {"until": "18/09/2026", "reason": REASON}).status_code == 302


def test_an_agency_gets_more_time_and_is_told(world, coordinator):
    page = coordinator.post(
        to("activities:extend", world.period.pk, world.agency.pk),
        {"until": "10/07/2026", "reason": REASON},
        follow=True,
    )

    extension = Extension.objects.get()
    assert (extension.agency, extension.until, extension.ordinal, extension.by_name) == (
        world.agency,
        date(2026, 7, 10),
        1,
        world.coordinator.full_name,
    )
    assert REASON in page.text
    event = PeriodEvent.objects.get()
    assert (event.act, event.agency, event.before, event.after) == (
        "extended",
        world.agency,
        date(2026, 6, 30),
        date(2026, 7, 10),
    )
    [told] = Notification.objects.all()
    assert (told.person, told.kind, told.facts["until"]) == (world.focal_point, "extended", "2026-07-10")


def test_the_other_coordinators_are_told_too(world):
    colleague = UserFactory(agency=world.coordinator.agency, role=Role.COORDINATOR)

    given(world)

    assert {each.person for each in Notification.objects.all()} == {world.focal_point, colleague}


def test_more_time_opens_the_period_for_this_agency_alone(world):
    given(world)
    own, other = world.all_updates

    with writing_at(moment(day=10, month=7)):
        own.results = "x"
        own.save()
        other.results = "x"
        with pytest.raises(PeriodLocked):
            other.save()


def test_extensions_are_counted(world):
    given(world)

    with pytest.raises(ValidationError, match="the rules of this plan allow 1 for a period"):
        given(world, until=date(2026, 7, 20))
    given(world, agency=world.all_updates[1].agency)
    assert Extension.objects.count() == 2


def test_the_rules_may_allow_more_or_none(world):
    rules = ReportingRulesFactory(plan=world.plan, extensions_per_period=2)
    given(world)
    assert given(world, until=date(2026, 7, 20)).ordinal == 2

    rules.extensions_per_period = 0
    rules.save()
    with pytest.raises(ValidationError, match="allow no extension"):
        given(world, agency=world.all_updates[1].agency)


@pytest.mark.parametrize(
    "more, sentence",
    [
        ({"until": date(2026, 6, 17)}, "This day has passed"),
        ({"until": date(2026, 6, 30)}, "may write until 30/06/2026 anyway"),
        ({"reason": "  "}, "Say why the agency gets more time"),
    ],
)
def test_more_time_that_is_refused(world, more, sentence):
    with pytest.raises(ValidationError, match=sentence):
        given(world, **more)
    assert not Extension.objects.exists()


def test_a_refusal_is_said_on_the_page(world, coordinator):
    address = to("activities:extend", world.period.pk, world.agency.pk)

    page = coordinator.post(address, {"until": "20/06/2026", "reason": REASON})
    assert "may write until 30/06/2026 anyway" in page.text

    ExtensionFactory(period=world.period, agency=world.agency)
    page = coordinator.post(address, {"until": "20/08/2026", "reason": REASON})
    assert "the rules of this plan allow 1 for a period" in page.text


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.LEADER, Role.ADMINISTRATOR])
def test_only_the_coordinator_arranges(world, role):
    browser = login(UserFactory(agency=world.coordinator.agency, role=role))
    period, plan = world.period.pk, world.plan.pk

    for address in (
        to("activities:extend", period, world.agency.pk),
        to("activities:period_edit", period),
        to("activities:period_remove", period),
        to("activities:period_unlock", period),
        to("activities:period_lock", period),
        to("plans:period_rules", plan),
        to("plans:period_add", plan),
    ):
        assert browser.post(address, {"reason": REASON, "until": "10/07/2026"}).status_code == 403, address
    assert not PeriodEvent.objects.exists()


def test_an_agency_of_elsewhere_gets_no_time_here(world, coordinator):
    address = to("activities:extend", world.period.pk, AgencyFactory().pk)

    assert coordinator.post(address, {"until": "10/07/2026", "reason": REASON}).status_code == 404


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_extend_at_the_same_moment_are_counted_one_after_the_other(world):
    """Eight requests for the same agency: one extension, seven refusals."""
    answers, ready = [], threading.Barrier(8)

    def ask():
        ready.wait()
        try:
            given(world)
            answers.append("given")
        except ValidationError:
            answers.append("refused")
        finally:
            connection.close()

    people = [threading.Thread(target=ask) for _each in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert sorted(answers) == ["given"] + ["refused"] * 7
    assert Extension.objects.count() == PeriodEvent.objects.count() == 1


# Opening again, locking early


def test_a_locked_period_is_opened_again_for_a_reason(world, coordinator, clock):
    clock(LOCKED)

    page = coordinator.post(
        to("activities:period_unlock", world.period.pk), {"until": "10/07/2026", "reason": REASON}, follow=True
    )

    world.period.refresh_from_db()
    assert (world.period.locks_on, world.period.is_edited) == (date(2026, 7, 11), True)
    assert "The period is open again until 10/07/2026." in page.text
    assert PeriodEvent.objects.get().act == "unlocked"
    assert world.focal_point in {each.person for each in Notification.objects.all()}


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ({"until": "02/07/2026", "reason": REASON}, "This day has passed"),
        ({"until": "10/07/2026", "reason": ""}, "Say why"),
        ({"until": "", "reason": REASON}, "This field is required"),
    ],
)
def test_opening_that_is_refused(world, coordinator, clock, typed, sentence):
    clock(LOCKED)

    page = coordinator.post(to("activities:period_unlock", world.period.pk), typed)

    assert page.status_code == 422
    assert sentence in page.text
    assert not PeriodEvent.objects.exists()


def test_an_open_period_is_not_opened(world):
    with pytest.raises(ValidationError, match="it is locked on 01/07/2026"):
        unlock(world.period, until=date(2026, 8, 1), reason=REASON, by=world.coordinator, at=moment(day=18))


def test_a_period_is_locked_before_its_day(world, coordinator):
    coordinator.post(to("activities:period_lock", world.period.pk), {"reason": REASON})

    world.period.refresh_from_db()
    assert world.period.locks_on == AFTER_DUE
    event = PeriodEvent.objects.get()
    assert (event.act, event.before, event.after, event.reason) == ("locked", date(2026, 7, 1), AFTER_DUE, REASON)


def test_locking_tells_those_it_shuts_out(world):
    UserFactory(agency=world.all_updates[1].agency)
    given(world, agency=world.all_updates[1].agency)
    Notification.objects.all().delete()

    lock(world.period, reason=REASON, by=world.coordinator, at=moment(day=18))

    [told] = Notification.objects.all()
    assert (told.person, told.facts["act"]) == (world.focal_point, "locked")


def test_opening_again_tells_each_agency_its_own_day(world, clock):
    other = UserFactory(agency=world.all_updates[1].agency)
    given(world, until=date(2026, 7, 20))
    Notification.objects.all().delete()

    unlock(world.period, until=date(2026, 7, 10), reason=REASON, by=world.coordinator, at=moment(day=5, month=7))

    assert {each.person: each.facts["until"] for each in Notification.objects.all()} == {
        world.focal_point: "2026-07-20",
        other: "2026-07-10",
    }


def test_a_locked_period_says_so_of_who_has_not_sent(world, coordinator, clock):
    clock(LOCKED)

    page = coordinator.get(to("activities:period", world.period.pk)).text

    assert "Not sent, locked" in page
    assert "days overdue" not in page


def test_not_before_the_deadline_and_not_twice(world):
    facts = {"reason": REASON, "by": world.coordinator}

    with pytest.raises(ValidationError, match="Agencies may send until 16/06/2026"):
        lock(world.period, at=moment(day=16), **facts)
    lock(world.period, at=moment(day=17), **facts)
    with pytest.raises(ValidationError, match="has been locked since 17/06/2026"):
        lock(world.period, at=moment(day=18), **facts)


# One period


def test_the_page_of_a_period(world, coordinator):
    ExtensionFactory(period=world.period, agency=world.agency)

    page = coordinator.get(to("activities:period", world.period.pk)).text

    assert "2 agencies have not sent" in page
    assert to("activities:extend", world.period.pk, world.all_updates[1].agency.pk) in page
    assert to("activities:extend", world.period.pk, world.agency.pk) not in page, "it has had the one it may get"
    assert "no more extension" in page
    assert "It shuts out: 0 returned and not sent again, 1 begun and not sent, 0 not begun." in page
    assert "Lock now" in page
    assert "Open again" not in page


def test_an_agency_reads_of_its_own_time_only(world):
    other = world.all_updates[1].agency
    ExtensionFactory(period=world.period, agency=other, reason="Lý do của đơn vị khác")
    given(world)

    page = login(world.focal_point).get(to("activities:period", world.period.pk)).text

    assert REASON in page
    assert "Lý do của đơn vị khác" not in page
    assert other.name not in page


def test_the_picker_says_what_is_locked(world, coordinator, clock):
    clock(LOCKED)

    page = coordinator.get(to("plans:list")).text

    assert '<span class="sub">locked</span>' in page


def test_what_was_sent_late_stays_late_after_an_extension(world):
    """More time opens the period; the deadline it is measured by stays."""
    from activities.submissions import Punctuality, punctuality_of

    given(world)

    assert punctuality_of(world.period.agency_due_on, date(2026, 6, 20), AFTER_DUE) == (Punctuality.LATE, 4)
    assert world.update.status == Status.DRAFT
