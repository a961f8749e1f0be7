"""The demo lives by the day it is shown on, and its rows are as the portal itself would have made them."""

import hashlib
from collections import Counter
from datetime import date, datetime, time, timedelta

import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from accounts.demo import PASSWORD, create_demo_accounts
from accounts.models import Role, User
from activities.catalogue import load_catalogues
from activities.completeness import missing_in
from activities.demo import load_minh_hoa, plan_years
from activities.models import (
    ActivityProgress,
    Evidence,
    OutputCount,
    QuarterlyUpdate,
    ReportingPeriod,
    Status,
    UpdateEvent,
)
from activities.obligations import load_duties
from activities.progress import standings
from activities.sheet import indicators_of
from activities.submissions import Punctuality, submissions_of
from activities.workflow import move
from agencies.models import Agency, Locality
from plans.models import Plan

from .test_loading import everything

pytestmark = pytest.mark.django_db

DAYS = {
    date(2026, 9, 17): [2026],
    date(2026, 11, 22): [2026],
    date(2026, 12, 20): [2026],
    date(2027, 1, 10): [2026],
    date(2027, 1, 20): [2026, 2027],
    date(2027, 7, 1): [2026, 2027],
    date(2028, 3, 15): [2027, 2028],
}


@pytest.fixture(autouse=True)
def catalogues(db):
    load_catalogues()


def at(day, hour=10, minute=42):
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def show_on(day):
    return load_minh_hoa(day, at(day))


def submissions(day):
    """What each quarter that has begun looks like on `day`: {period: [Submission]}, oldest first."""
    plans = Plan.objects.filter(locality__slug="minh-hoa")
    periods = ReportingPeriod.objects.filter(plan__in=plans, starts_on__lte=day).order_by("starts_on")
    return submissions_of(list(periods), load_duties(plans), today=day)


def standing(day, number, year=2026):
    plan = Plan.objects.get(key=f"minh-hoa-12-kh-ubnd-{year}")
    [found] = standings(plan.activities.filter(number=number), load_duties([plan]), today=day)
    return found


# On any day


@pytest.mark.parametrize("day", DAYS)
def test_the_province_lives_by_the_day(day):
    show_on(day)

    assert [plan.period_start.year for plan in Plan.objects.order_by("period_start")] == DAYS[day]
    assert happened_after(at(day)) == []

    quarters = submissions(day)
    past = [rows for period, rows in quarters.items() if period.agency_due_on < day]
    assert len(past) >= 3
    assert all(sum(row.is_sent for row in rows) > 45 for rows in past)

    *older, newest = past
    assert [row for rows in older for row in rows if row.status not in (None, Status.APPROVED)] == []
    assert Counter(row.status for row in newest)[Status.RETURNED] == 4
    assert Counter(row.status for row in newest)[Status.SUBMITTED] in (9, 10)
    assert "xa-suoi-da" in {row.agency.slug for row in newest if row.punctuality == Punctuality.MISSING}
    if day > newest[0].period.agency_due_on + timedelta(days=5):
        assert Counter(row.punctuality for row in newest) == {
            Punctuality.MISSING: 2,
            Punctuality.LATE: 4,
            Punctuality.ON_TIME: len(newest) - 6,
        }

    on_time = [sum(row.punctuality == Punctuality.ON_TIME for row in rows) for rows in past]
    assert on_time == sorted(on_time)


def happened_after(moment):
    """Rows with a time that has not come by `moment`."""
    return [
        *UpdateEvent.objects.filter(at__gt=moment),
        *Evidence.objects.filter(added_at__gt=moment),
        *Evidence.objects.filter(dated_on__gt=timezone.localtime(moment).date()),
        *ActivityProgress.objects.filter(completed_on__gt=timezone.localtime(moment).date()),
        *QuarterlyUpdate.objects.filter(saved_at__gt=moment),
        *QuarterlyUpdate.objects.filter(submitted_at__gt=moment),
    ]


@pytest.mark.parametrize(
    "day, years",
    [
        (date(2012, 9, 10), [2026]),
        (date(2025, 3, 1), [2025]),
        (date(2026, 1, 14), [2025]),
        (date(2026, 1, 15), [2025, 2026]),
        (date(2026, 9, 16), [2025, 2026]),
        (date(2026, 9, 17), [2026]),
        (date(2026, 12, 31), [2026]),
        (date(2027, 1, 14), [2026]),
        (date(2027, 1, 15), [2026, 2027]),
    ],
)
def test_the_year_before_is_shown_until_three_quarters_are_past(day, years):
    assert plan_years(day) == years


def test_between_cutoff_and_deadline_some_have_sent():
    day = date(2026, 9, 15)
    show_on(day)

    [running] = [rows for period, rows in submissions(day).items() if period.ends_on < day <= period.agency_due_on]

    assert {row.punctuality for row in running} == {Punctuality.ON_TIME, Punctuality.PENDING}
    assert {row.status for row in running} >= {None, Status.SUBMITTED, Status.APPROVED}


def test_nothing_is_sent_before_the_cutoff():
    day = date(2026, 9, 14)
    show_on(day)

    assert {row.status for period, rows in submissions(day).items() if period.ends_on >= day for row in rows} == {
        None,
        Status.DRAFT,
    }


def test_a_few_have_begun_the_running_quarter():
    day = date(2026, 11, 22)
    show_on(day)

    [*_past, running] = submissions(day).values()

    assert Counter(row.status for row in running) == {None: 52, Status.DRAFT: 3}
    assert all(missing_in(row.update) for row in running if row.update)


def test_officials_work_in_office_hours():
    show_on(date(2026, 12, 20))

    moments = [timezone.localtime(event.at) for event in UpdateEvent.objects.all()]

    assert {moment.weekday() for moment in moments} == {0, 1, 2, 3, 4}
    assert {moment.hour for moment in moments} <= {8, 9, 10, 11, 13, 14, 15, 16}


# What is told


def test_the_activities_stand_as_the_story_says():
    day = date(2026, 9, 17)
    show_on(day)

    told = {
        row.activity.number: (row.state.value, row.completed_on, row.quantity_done)
        for number in ("1", "4", "6", "7", "8", "9", "10", "11", "12")
        for row in [standing(day, number)]
    }

    assert told == {
        "1": ("done", date(2026, 2, 10), 1),
        "4": ("in-progress", None, 44),
        "6": ("in-progress", None, 21450),
        "7": ("overdue", None, 12000),
        "8": ("late-done", date(2026, 7, 14), 6),
        "9": ("in-progress", None, 2),
        "10": ("not-started", None, None),
        "11": ("unassigned", None, None),
        "12": ("done", date(2026, 7, 10), 1),
    }
    assert standing(day, "7").days_late == 17
    assert standing(day, "8").days_late == 14


@pytest.mark.parametrize("number, least, most", [("3", 380, 410), ("5", 5700, 6300)])
def test_the_groups_add_up_to_about_what_was_planned(number, least, most):
    day = date(2026, 9, 17)
    show_on(day)

    assert least <= standing(day, number).quantity_done <= most


def test_the_year_ends_with_the_contest_and_the_leaflets():
    day = date(2027, 1, 10)
    show_on(day)

    assert [(row.state.value, row.completed_on) for row in (standing(day, "10"), standing(day, "7"))] == [
        ("done", date(2026, 11, 12)),
        ("late-done", date(2026, 11, 20)),
    ]


def test_every_sent_update_is_complete_and_every_word_filled_in():
    show_on(date(2026, 12, 20))

    assert [update for update in QuarterlyUpdate.objects.exclude(status=Status.DRAFT) if missing_in(update)] == []
    written = [
        *ActivityProgress.objects.values_list("words", flat=True),
        *Evidence.objects.values_list("caption", flat=True),
        *Evidence.objects.values_list("url", flat=True),
        *UpdateEvent.objects.values_list("reason", flat=True),
        *(text for row in QuarterlyUpdate.objects.values_list("results", "difficulties", "proposals") for text in row),
    ]
    assert [text for text in written if "{" in text or "None" in text] == []
    assert not UpdateEvent.objects.filter(move="return", reason="").exists()


def test_no_line_breaks_the_portals_own_rules():
    show_on(date(2026, 12, 20))

    for row in ActivityProgress.objects.select_related("update__period", "activity"):
        assert row.completed_on is None or row.completed_on <= row.update.period.ends_on
        assert row.state != "not_started" or row.percent == 0
        row.full_clean()


def test_counts_are_those_the_activity_may_have():
    show_on(date(2026, 12, 20))
    counts = OutputCount.objects.select_related("progress__activity")

    allowed = indicators_of({count.progress.activity for count in counts})

    assert counts.count() > 100
    assert [count for count in counts if count.indicator not in allowed[count.progress.activity_id]] == []


def test_three_of_five_lines_have_evidence_and_some_have_files():
    show_on(date(2026, 9, 17))
    lines = ActivityProgress.objects.exclude(state="not_started").exclude(update__status=Status.DRAFT)

    proven = lines.filter(evidence__isnull=False).distinct().count()

    assert 0.5 < proven / lines.count() < 0.7
    assert Evidence.objects.filter(kind="file").count() == 12
    assert not Evidence.objects.filter(kind="link").exclude(url__regex=r"^https://[a-z.]+\.example/").exists()


def test_files_are_what_they_say():
    show_on(date(2026, 9, 17))

    for item in Evidence.objects.filter(kind="file"):
        with item.file.open() as file:
            content = file.read()
        assert (item.size, item.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        with item.file.open() as file:
            if item.is_image:
                assert Image.open(file).size == (640, 400)
            else:
                assert len(pypdf.PdfReader(file).pages) == 1


# As the portal would have made it


@pytest.mark.parametrize(
    "status, rounds",
    [(Status.SUBMITTED, 1), (Status.SUBMITTED, 2), (Status.RETURNED, 1), (Status.APPROVED, 1), (Status.APPROVED, 2)],
)
def test_a_row_is_as_move_would_have_left_it(status, rounds):
    show_on(date(2026, 12, 20))
    update = next(each for each in QuarterlyUpdate.objects.filter(status=status) if sent(each) == rounds)
    steps, written = list(update.events.all()), stored(update)

    update.events.all().delete()
    QuarterlyUpdate.objects.filter(pk=update.pk).update(
        status=Status.DRAFT, agency_name="", first_submitted_at=None, submitted_at=None, version=rounds
    )
    for step in steps:
        move(update, step.move, by=step.by, at=step.at, reason=step.reason)

    assert stored(update) == written


def sent(update):
    return update.events.filter(move="submit").count()


def stored(update):
    """The update and its events without their keys; of several rounds, the content of the last."""
    events = [{**event, "id": None, "content": None} for event in update.events.values()]
    contents = [event.content for event in update.events.all() if event.content is not None]
    return QuarterlyUpdate.objects.values().get(pk=update.pk), events, len(contents), contents[-1]


def test_a_second_round_says_what_the_first_did_not():
    show_on(date(2026, 12, 20))
    update = next(each for each in QuarterlyUpdate.objects.all() if sent(each) == 2)

    first, returned, second = update.events.all()[:3]

    assert (first.move, returned.move, second.move) == ("submit", "return", "submit")
    assert first.content["activities"] != second.content["activities"]
    assert not any(row["evidence"] for row in first.content["activities"])
    assert all(row["evidence"] for row in second.content["activities"])


# Again


def test_loading_again_changes_nothing():
    show_on(date(2027, 1, 20))
    before = everything()

    assert show_on(date(2027, 1, 20)) == 0
    assert everything() == before


def test_a_later_load_adds_what_happened_since_and_leaves_the_rest():
    show_on(date(2026, 9, 15))
    mine = QuarterlyUpdate.objects.filter(status=Status.RETURNED).first()
    QuarterlyUpdate.objects.filter(pk=mine.pk).update(difficulties="Do người dùng viết")
    before = {row["id"]: row for row in QuarterlyUpdate.objects.values()}

    assert show_on(date(2026, 9, 17)) > 0

    assert {row["id"]: row for row in QuarterlyUpdate.objects.filter(pk__in=before).values()} == before


# Accounts


def test_every_role_of_the_province_has_its_account():
    show_on(date(2026, 9, 17))
    users = {user.username.removeprefix("minh-hoa."): user for user in User.objects.select_related("agency")}

    assert {name: (users[name].role, users[name].full_name, users[name].agency.slug) for name in POSTS} == POSTS
    focal_points = {user.agency.slug for user in users.values() if user.role == Role.FOCAL_POINT}
    assert focal_points == set(Agency.objects.values_list("slug", flat=True)) - {"uy-ban-nhan-dan"}
    assert len({user.full_name for user in users.values()}) == len(users)
    assert all(user.check_password(PASSWORD) for user in users.values())


POSTS = {
    "coordinator": (Role.COORDINATOR, "Nguyễn Thị Hạnh", "so-noi-vu"),
    "leader": (Role.LEADER, "Đặng Văn Sơn", "uy-ban-nhan-dan"),
    "admin": (Role.ADMINISTRATOR, "Vũ Đức Thắng", "so-noi-vu"),
    "so-tai-chinh": (Role.FOCAL_POINT, "Lê Minh Tuấn", "so-tai-chinh"),
    "so-van-hoa-the-thao-va-du-lich": (Role.FOCAL_POINT, "Trần Quốc Bảo", "so-van-hoa-the-thao-va-du-lich"),
}


def test_an_account_that_people_changed_stays():
    show_on(date(2026, 9, 17))
    User.objects.filter(username="minh-hoa.so-y-te").update(full_name="Người khác", is_active=False, password="!")
    before = everything()

    locality = Locality.objects.get(slug="minh-hoa")
    created = create_demo_accounts(locality, locality.agencies.get(slug="so-noi-vu"))

    assert created == 0
    assert everything() == before


# The command


@pytest.fixture
def demo_day(settings):
    settings.DEBUG, settings.TODAY = True, "2026-12-20"
    call_command("load_plans", verbosity=0)


def test_without_debug_there_is_no_demo():
    before = everything()

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("load_demo", verbosity=0)

    assert everything() == before


def test_the_command_loads_the_province_and_the_accounts_of_all_once(demo_day, capsys):
    call_command("load_demo")

    assert PASSWORD in capsys.readouterr().out
    assert Counter(user.username.split(".")[0] for user in User.objects.all()) == {
        "bao-loc": 10,
        "binh-dinh": 11,
        "ha-noi": 5,
        "minh-hoa": 67,
        "soc-trang": 6,
        "thua-thien-hue": 4,
    }
    assert {update.period.plan.locality.slug for update in QuarterlyUpdate.objects.all()} == {"minh-hoa"}

    before = everything()
    call_command("load_demo")
    assert everything() == before


def test_no_person_is_invented_in_a_real_locality(demo_day):
    call_command("load_demo", verbosity=0)

    real = User.objects.exclude(username__startswith="minh-hoa.")
    accounts = set(real.values_list("username", "full_name", "agency__slug"))

    assert {name.split()[0] for _username, name, _agency in accounts} == {"Cán", "Lãnh", "Quản", "Đầu"}
    assert accounts >= {
        ("bao-loc.coordinator", "Cán bộ tổng hợp", "phong-noi-vu"),
        ("bao-loc.leader", "Lãnh đạo", "uy-ban-nhan-dan"),
        ("bao-loc.admin", "Quản trị", "phong-noi-vu"),
        ("bao-loc.uy-ban-nhan-dan", "Đầu mối Ủy ban nhân dân thành phố Bảo Lộc", "uy-ban-nhan-dan"),
        ("bao-loc.phong-van-hoa-thong-tin", "Đầu mối Phòng Văn hóa - Thông tin", "phong-van-hoa-thong-tin"),
        # No coordinator is stated there: the issuer coordinates.
        ("soc-trang.coordinator", "Cán bộ tổng hợp", "uy-ban-nhan-dan"),
    }


def test_before_its_time_the_province_has_a_plan_and_no_results():
    day = date(2012, 9, 10)
    load_catalogues()

    assert load_minh_hoa(day, at(day)) == 0
    assert [plan.period_start.year for plan in Plan.objects.all()] == [2026]
    assert User.objects.filter(username="minh-hoa.coordinator").exists()
