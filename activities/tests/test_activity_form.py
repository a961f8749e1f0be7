"""A row of the annex as it is typed: what is acceptable, and what the words and the hand say together."""

from datetime import date

import pytest
from django.http import QueryDict

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.forms import ActivityForm, RowForm
from activities.models import ScheduleKind
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory
from plans.models import PlanStatus, Purpose
from plans.tests.factories import ChannelFactory, ContentThemeFactory, PlanFactory

from .factories import ActivityFactory, ActivityGroupFactory, AssignmentFactory, IndicatorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def plan():
    return PlanFactory(status=PlanStatus.DRAFT)


@pytest.fixture
def coordinator(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


@pytest.fixture
def typed(plan, coordinator):
    """`typed(words…)`: the form of a row with these words; `of` is the row, `form` the class."""

    def make(of=None, form=ActivityForm, **words):
        data = QueryDict(mutable=True)
        for name, value in ({"title": "Tập huấn"} | words).items():
            data.setlist(name, value if isinstance(value, list) else [value])
        return form(data, plan=plan, user=coordinator, activity=of)

    return make


def values(form):
    assert form.is_valid(), form.errors
    return form.values()


@pytest.mark.parametrize(
    "words, field, sentence",
    [
        ({"number": "A.7"}, "number", "The plan already has an activity with this number."),
        ({"number": "x" * 21}, "number", "at most 20 characters"),
        ({"title": " "}, "title", "Write what is to be done."),
        ({"title": "a\x00b"}, "title", "Null characters"),
        (
            {"start": "02/06/2026", "deadline": "01/06/2026"},
            "deadline",
            "The deadline must not be before the start, 02/06/2026.",
        ),
        ({"deadline": "cuối năm"}, "deadline", "Write the date as day/month/year"),
        (
            {"target_quantity": "0"},
            "target_quantity",
            "A target is at least 1; leave it empty where the plan states none.",
        ),
        ({"target_quantity": "-3"}, "target_quantity", "A count cannot be below zero."),
        ({"target_quantity": "12,5"}, "target_quantity", "Write a whole number"),
        ({"target_quantity": "9" * 17}, "target_quantity", "too large"),
        ({"schedule_kind": "sometimes"}, "schedule_kind", "Select a valid choice"),
        ({"indicator": "NO-1"}, "indicator", "Select a valid choice"),
        ({"channels": ["khong-co"]}, "channels", "Select a valid choice"),
        ({"lead": "x" * 301}, "lead", "A name has at most 300 characters"),
        (
            {"schedule_text": "trước 15/12/2026", "deadline": "01/12/2026"},
            "deadline",
            "The words of the time say 15/12/2026",
        ),
        ({"product": "60 tin, bài", "target_quantity": "70"}, "target_quantity", "The words of the product say 60"),
    ],
)
def test_a_mistake_is_said_beside_its_field(plan, typed, words, field, sentence):
    ActivityFactory(plan=plan, number="A.7")

    form = typed(**words)

    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]


# Numbers


@pytest.mark.parametrize(
    "was, typed_number, written",
    [("", "", ""), ("3", "3", None), ("3", "9", None), ("3", "A.1", "A.1"), ("A.1", "", "")],
)
def test_plain_numbers_are_left_to_the_portal(plan, typed, was, typed_number, written):
    row = ActivityFactory(plan=plan, number=was) if was else None

    assert values(typed(of=row, number=typed_number)).get("number") == written


def test_a_row_keeps_its_own_code(plan, typed):
    assert values(typed(of=ActivityFactory(plan=plan, number="A.7"), number="A.7"))["number"] == "A.7"


def test_an_amendment_takes_plain_numbers_as_they_are(plan, coordinator):
    draft = PlanFactory(locality=plan.locality, purpose=Purpose.AMENDMENT, amends=plan, status="draft", number="")
    form = ActivityForm({"title": "A", "number": "10"}, plan=draft, user=coordinator)

    assert values(form)["number"] == "10"


# Time


@pytest.mark.parametrize("form", [RowForm, ActivityForm])
def test_dates_are_taken_from_the_words(typed, form):
    said = values(typed(form=form, schedule_text="quý II, quý III/2026"))

    assert (said["schedule_kind"], said["start"], said["deadline"]) == ("one_off", "2026-04-01", "2026-09-30")


@pytest.fixture
def by_hand(plan):
    return ActivityFactory(
        plan=plan,
        schedule_text="sau khi công bố",
        schedule_kind=ScheduleKind.ONE_OFF,
        deadline=date(2026, 6, 30),
        expected_product="Tờ gấp",
        target_quantity=60000,
        target_unit="tờ",
    )


def test_words_that_did_not_change_leave_all_as_it_is(typed, by_hand):
    said = values(typed(of=by_hand, form=RowForm, schedule_text="sau khi công bố", product="Tờ gấp"))

    assert not {"schedule_text", "deadline", "expected_product", "target_quantity"} & {*said}


def test_words_that_say_nothing_leave_what_was_entered_by_hand(typed, by_hand):
    said = values(typed(of=by_hand, form=RowForm, schedule_text="ngay sau khi công bố", product="Tờ gấp màu"))

    assert (said["schedule_text"], said["expected_product"]) == ("ngay sau khi công bố", "Tờ gấp màu")
    assert not {"deadline", "target_quantity"} & {*said}


def test_words_that_are_understood_replace_what_was_entered_by_hand(typed, by_hand):
    said = values(typed(of=by_hand, form=RowForm, schedule_text="tháng 6", product="500 tờ"))

    assert (said["start"], said["deadline"], said["target_quantity"]) == ("2026-06-01", "2026-06-30", 500)


def test_words_no_longer_understood_take_their_dates_with_them(plan, typed):
    row = ActivityFactory(
        plan=plan, schedule_text="tháng 6", schedule_kind="one_off", start=date(2026, 6, 1), deadline=date(2026, 6, 30)
    )

    said = values(typed(of=row, form=RowForm, schedule_text="khi có dịp"))

    assert (said["schedule_kind"], said["start"], said["deadline"]) == ("not_stated", None, None)


def test_dates_entered_by_hand_count_where_the_words_say_none(typed):
    said = values(typed(schedule_text="sau khi công bố", deadline="30/06/2026"))

    assert (said["schedule_text"], said["schedule_kind"], said["deadline"]) == (
        "sau khi công bố",
        "one_off",
        "2026-06-30",
    )


def test_a_deadline_beside_words_that_recur(typed):
    said = values(typed(schedule_text="hằng quý", deadline="15/12/2026"))

    assert (said["schedule_kind"], said["deadline"]) == ("quarterly", "2026-12-15")


def test_dates_taken_out_of_the_hands_fields_are_gone(typed, by_hand):
    said = values(typed(of=by_hand, schedule_text="sau khi công bố"))

    assert (said["schedule_kind"], said["deadline"]) == ("not_stated", None)


def test_only_what_was_entered_by_hand_stands_in_those_fields(plan, typed, by_hand, coordinator):
    read = ActivityFactory(plan=plan, schedule_text="hằng tuần", schedule_kind="weekly", deadline=None)

    def initial(row):
        form = ActivityForm(plan=plan, user=coordinator, activity=row)
        return {name: form[name].value() for name in ("schedule_kind", "deadline", "target_quantity")}

    assert initial(by_hand) == {"schedule_kind": "one_off", "deadline": date(2026, 6, 30), "target_quantity": 60000}
    assert initial(read) == {"schedule_kind": None, "deadline": None, "target_quantity": None}


# Product


def test_the_target_is_taken_from_the_words(typed):
    said = values(typed(product="8.112 lượt phát"))

    assert (said["expected_product"], said["target_quantity"], said["target_unit"]) == (
        "8.112 lượt phát",
        8112,
        "lượt phát",
    )


def test_a_target_without_words_of_its_own_stays_so(plan, typed):
    row = ActivityFactory(plan=plan, target_quantity=500, target_unit="tin, bài")

    said = values(typed(of=row, product="500 tin, bài"))

    assert (said["expected_product"], said["target_quantity"]) == ("", 500)


# Parties, channels, themes, group


def test_everything_a_row_refers_to(plan, typed):
    lead, group = AgencyFactory(locality=plan.locality), AgencyGroupFactory(locality=plan.locality)
    channel, theme, heading = ChannelFactory(), ContentThemeFactory(plan=plan), ActivityGroupFactory(plan=plan)
    indicator = IndicatorFactory()

    said = values(
        typed(
            lead=f"@a{lead.pk}|x\nHội nọ",
            cooperating=group.name,
            channels=[channel.pk],
            themes=[str(theme.pk)],
            group=str(heading.pk),
            indicator=indicator.pk,
        )
    )

    assert said["lead"] == [[lead.pk, None, ""], [None, None, "Hội nọ"]]
    assert said["cooperating"] == [[None, group.pk, ""]]
    assert (said["channels"], said["themes"], said["group_id"]) == ([channel.pk], [theme.pk], heading.pk)
    assert said["indicator_id"] == indicator.pk


def test_who_stays_keeps_the_words_the_plan_prints(plan, typed):
    printed = AssignmentFactory(activity__plan=plan, name_as_printed="Sở như in trong văn bản")

    for words in ("Sở như in trong văn bản", f"@a{printed.agency_id}|x"):
        said = values(typed(of=printed.activity, cooperating=words))
        assert said["cooperating"] == [[printed.agency_id, None, "Sở như in trong văn bản"]]


@pytest.mark.parametrize("factory", [AgencyFactory, AgencyGroupFactory])
def test_nobody_both_leads_and_cooperates(plan, typed, factory):
    factory(locality=plan.locality, name="Sở Nội vụ")

    form = typed(lead="Sở Nội vụ", cooperating="so noi vu")

    assert form.errors == {"cooperating": ["Sở Nội vụ cannot both lead and cooperate."]}


FOREIGN = {
    "themes": lambda: str(ContentThemeFactory().pk),
    "group": lambda: str(ActivityGroupFactory().pk),
    "lead": lambda: f"@a{AgencyFactory().pk}",
    "cooperating": lambda: f"@g{AgencyGroupFactory().pk}",
}


@pytest.mark.parametrize("field", FOREIGN)
def test_another_localitys_rows_are_no_choice(plan, typed, field):
    ActivityGroupFactory(plan=plan)

    assert list(typed(**{field: FOREIGN[field]()}).errors) == [field]


def test_another_plans_themes_are_no_choice(plan, typed):
    sibling = ContentThemeFactory(plan=PlanFactory(locality=plan.locality))

    assert list(typed(themes=[str(sibling.pk)]).errors) == ["themes"]


def test_every_scoped_field_has_a_case(plan, typed):
    ActivityGroupFactory(plan=plan)
    fields = typed().fields.items()
    scoped = {
        name
        for name, field in fields
        if hasattr(field, "queryset") and hasattr(field.queryset.model.objects, "visible_to")
    }

    assert scoped | {"lead", "cooperating"} == set(FOREIGN)
