"""The real plans in the database say what their sources say, no more; loading is done once."""

from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction

from activities.catalogue import load_catalogues
from activities.loading import REAL, load_plan, read_plan
from activities.models import Activity, Assignment, QuarterlyUpdate
from agencies.models import Agency, Locality
from plans.models import Channel, Plan

pytestmark = pytest.mark.django_db

PARTS = (
    "legal_bases",
    "objectives",
    "requirements",
    "themes",
    "plan_channels",
    "activities",
    "duties",
    "budget_lines",
    "reporting_duties",
    "recipients",
)
# Counted in the sources by hand.
COUNTS = {
    "ha-noi": (2, 2, 0, 6, 4, 3, 5, 0, 1, 0),
    "soc-trang": (0, 4, 0, 15, 15, 10, 0, 0, 0, 0),
    "thua-thien-hue": (0, 5, 0, 4, 2, 0, 0, 0, 0, 0),
    "bao-loc": (1, 3, 6, 9, 5, 4, 6, 3, 1, 7),
    "binh-dinh": (0, 4, 4, 8, 8, 19, 14, 0, 1, 0),
}
# number, issued on, period, signatory's title and name
FACTS = {
    "ha-noi": ("60/KH-UBND", date(2013, 4, 15), date(2013, 1, 1), date(2013, 12, 31), "", ""),
    "soc-trang": ("36/KH-UBND", date(2017, 3, 21), date(2017, 1, 1), date(2020, 12, 31), "", ""),
    "thua-thien-hue": ("255/KH-UBND", date(2019, 12, 12), date(2020, 1, 1), date(2020, 12, 31), "", ""),
    "bao-loc": ("271/KH-UBND", date(2012, 2, 24), date(2012, 1, 1), date(2012, 12, 31), "CHỦ TỊCH", "Bùi Thắng"),
    "binh-dinh": ("", None, date(2023, 1, 1), date(2023, 12, 31), "", ""),
}
COORDINATORS = {
    "ha-noi": "Sở Thông tin và Truyền thông",
    "soc-trang": None,
    "thua-thien-hue": None,
    "bao-loc": "Phòng Nội vụ",
    "binh-dinh": "Sở Nội vụ",
}


@pytest.fixture(scope="module", autouse=True)
def real_plans(django_db_setup, django_db_blocker):
    """Loaded once for all the tests here; each of them rolls back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_plans", verbosity=0)
        yield
        transaction.set_rollback(True)


def plan_of(slug):
    return Plan.objects.get(locality__slug=slug)


def everything():
    """Every row of the portal's own tables, by model."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for app in ("agencies", "accounts", "plans", "activities")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


# What the plans say


def test_every_real_plan_is_expected_here():
    assert set(REAL) == set(COUNTS) == set(FACTS) == set(COORDINATORS)
    assert Plan.objects.count() == 5


@pytest.mark.parametrize("slug", COUNTS)
def test_a_plan_has_as_many_parts_as_its_source(slug):
    plan = plan_of(slug)

    assert tuple(getattr(plan, part).count() for part in PARTS) == COUNTS[slug]


@pytest.mark.parametrize("slug", FACTS)
def test_the_head_of_a_plan_is_that_of_its_source(slug):
    plan = plan_of(slug)

    assert (
        plan.number,
        plan.issued_on,
        plan.period_start,
        plan.period_end,
        plan.signatory_title,
        plan.signatory_name,
    ) == FACTS[slug]


@pytest.mark.parametrize("slug", COORDINATORS)
def test_who_coordinates_is_empty_where_the_source_does_not_say(slug):
    agency = plan_of(slug).coordinating_agency

    assert (agency and agency.name) == COORDINATORS[slug]


def test_quantities_stand_only_where_a_source_counts():
    counted = Activity.objects.filter(target_quantity__isnull=False)

    assert list(counted.order_by("position").values_list("plan__locality__slug", "target_quantity", "target_unit")) == [
        ("ha-noi", 1, "lớp tập huấn"),
        ("ha-noi", 577, "xã, phường, thị trấn"),
    ]


def test_deadlines_stand_only_where_a_source_gives_them():
    dated = Activity.objects.filter(deadline__isnull=False).order_by("position")

    assert list(dated.values_list("plan__locality__slug", "number", "deadline")) == [
        ("binh-dinh", number, date(2023, 12, 15)) for number in ("A4", "A5", "A6")
    ]
    assert not Activity.objects.filter(start__isnull=False).exists()


def test_leads_stand_only_where_a_source_names_them():
    leads = {
        slug: sum(activity.assignments.filter(role="lead").exists() for activity in plan_of(slug).activities.all())
        for slug in REAL
    }

    assert leads == {"ha-noi": 3, "soc-trang": 0, "thua-thien-hue": 0, "bao-loc": 3, "binh-dinh": 10}


def test_a_party_keeps_its_printed_name():
    leads = Assignment.objects.filter(activity__plan=plan_of("bao-loc"), activity__number="IV.1", role="lead")

    assert [lead.label for lead in leads] == [
        "Thủ trưởng các cơ quan, đơn vị sự nghiệp của thành phố",
        "Chủ tịch UBND các phường, xã",
    ]


def test_themes_keep_their_tree():
    themes = plan_of("ha-noi").themes

    assert list(themes.filter(parent__code="T3").values_list("code", flat=True)) == ["T3.1", "T3.2", "T3.3"]


def test_no_real_plan_has_results():
    assert not QuarterlyUpdate.objects.exists()


def test_agencies_of_two_localities_are_two():
    committees = Agency.objects.filter(slug="uy-ban-nhan-dan").order_by("locality__slug")

    assert [agency.locality.slug for agency in committees] == sorted(REAL)


# Their periods


def test_a_plan_gets_the_quarters_of_its_years():
    assert {slug: plan_of(slug).reporting_periods.count() for slug in REAL} == {
        "ha-noi": 3,  # issued on 15/4/2013 and 21/3/2017, after the first quarter was due
        "soc-trang": 15,
        "thua-thien-hue": 4,
        "bao-loc": 4,
        "binh-dinh": 4,
    }


def test_the_windows_of_a_year():
    # 16/3/2013 is a Saturday, 16/6/2013 a Sunday: the deadline is the Monday after.
    rows = plan_of("ha-noi").reporting_periods.order_by("starts_on")

    assert list(rows.values_list("label", "starts_on", "ends_on", "agency_due_on", "consolidated_due_on")) == [
        ("Quý II/2013", date(2013, 3, 15), date(2013, 6, 14), date(2013, 6, 17), date(2013, 6, 20)),
        ("Quý III/2013", date(2013, 6, 15), date(2013, 9, 14), date(2013, 9, 16), date(2013, 9, 20)),
        ("Quý IV/2013", date(2013, 9, 15), date(2013, 12, 14), date(2013, 12, 16), date(2013, 12, 20)),
    ]


# Loading again


def test_loading_again_changes_nothing():
    before = everything()

    call_command("load_plans", verbosity=0)

    assert everything() == before


def test_loading_again_keeps_what_people_wrote():
    Plan.objects.filter(locality__slug="ha-noi").update(title="Do người dùng sửa")
    Activity.objects.filter(plan__locality__slug="ha-noi", number="A2").update(deadline=date(2013, 6, 30))
    Activity.objects.filter(plan__locality__slug="ha-noi", number="A3").delete()
    Locality.objects.filter(slug="ha-noi").update(name="Hà Nội")
    Agency.objects.filter(locality__slug="ha-noi", slug="so-thong-tin-va-truyen-thong").update(short_name="STTTT")
    Channel.objects.filter(code="press").update(name="Báo in, báo điện tử")
    before = everything()

    call_command("load_plans", verbosity=0)

    assert everything() == before


def test_a_deleted_plan_comes_back_with_its_old_agencies():
    agencies = set(Agency.objects.values_list("pk", flat=True))
    plan_of("ha-noi").delete()

    plan, created = load_plan(read_plan("ha-noi"))

    assert created
    assert plan.activities.count() == 3
    assert set(Agency.objects.values_list("pk", flat=True)) == agencies


def test_a_catalogue_row_that_is_missing_comes_back():
    Channel.objects.get(code="hotline").indicators.all().delete()
    Channel.objects.get(code="hotline").delete()

    load_catalogues()

    hotline = Channel.objects.get(code="hotline")
    assert (hotline.name, [str(each.pk) for each in hotline.indicators.all()]) == ("Đường dây nóng", ["HOT-1"])


def test_the_fictional_plan_is_one_of_its_year():
    read = read_plan("minh-hoa", 2027)

    assert read["plan"]["key"] == "minh-hoa-12-kh-ubnd-2027"
    assert "{" not in str(read["activities"]).replace("{'", "")
