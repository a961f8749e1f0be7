"""Rows of the annex drafted together: numbers and places, what each write leaves behind, undoing, two at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.models import Activity, ActivityGroup, Assignment, AssignmentRole
from activities.planning import drafting
from activities.planning.drafting import PART, state_of
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory
from plans.drafting import Gone, Overtaken, Stale
from plans.models import PlanStatus, Purpose, RowAction, RowEdit
from plans.tests.factories import ChannelFactory, ContentThemeFactory, PlanFactory

from .factories import AssignmentFactory, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def plan():
    return PlanFactory(status=PlanStatus.DRAFT)


@pytest.fixture
def by(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


@pytest.fixture
def who(by):
    return {"by": by, "at": moment()}


def colleague(plan):
    return {"by": UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR), "at": moment(hour=10)}


def add(plan, who, *titles, group=None, **more):
    states = [{"title": title, "group_id": group.pk if group else None, **more} for title in titles]
    return drafting.add_activities(plan, states, **who)


def table(plan):
    """The annex as one would read it aloud."""
    rows = plan.activities.order_by("position").select_related("group")
    return [f"{row.group.title if row.group else '-'} {row.number} {row.title}" for row in rows]


# Adding and numbers


def test_rows_are_numbered_in_their_order(plan, who):
    add(plan, who, "A", "B")
    [third] = add(plan, who, "C")

    assert table(plan) == ["- 1 A", "- 2 B", "- 3 C"]
    assert (third.position, third.edited_by, third.title_search) == (3, who["by"], "3 c")


def test_a_row_is_put_behind_another(plan, who):
    first, _second = add(plan, who, "A", "B")

    drafting.add_activities(plan, [{"title": "A bis"}], after=first.pk, **who)

    assert table(plan) == ["- 1 A", "- 2 A bis", "- 3 B"]


def test_numbers_run_on_through_the_groups(plan, who):
    one, two = (drafting.add_group(plan, title, **who) for title in ("I", "II"))
    add(plan, who, "C", group=two)
    add(plan, who, "A", "B", group=one)
    add(plan, who, "O")

    assert table(plan) == ["- 1 O", "I 2 A", "I 3 B", "II 4 C"]


def test_a_code_is_the_plans_own(plan, who):
    add(plan, who, "A", number="IV.1")
    add(plan, who, "B")
    [third] = add(plan, who, "C")
    drafting.move_activity(third, -1, **who)

    assert table(plan) == ["- IV.1 A", "- 2 C", "- 3 B"]


def test_in_an_amendment_only_what_is_new_is_numbered(who, plan):
    plan.status = PlanStatus.ISSUED
    plan.save()
    draft = PlanFactory(
        locality=plan.locality,
        purpose=Purpose.AMENDMENT,
        amends=plan,
        status=PlanStatus.DRAFT,
        number="",
        issuing_agency=plan.issuing_agency,
        coordinating_agency=plan.coordinating_agency,
    )
    first, second = (Activity.objects.create(plan=draft, number=n, title=n, position=p) for p, n in enumerate("37", 1))
    drafting.remove_activities(draft, [first.pk], **who)
    add(draft, who, "new")
    drafting.move_activity(second, 1, **who)

    assert table(draft) == ["- 8 new", "- 7 7"]


def test_the_same_code_twice_is_refused(plan, who):
    add(plan, who, "A", number="IV.1")

    with pytest.raises(IntegrityError):
        add(plan, who, "B", number="IV.1")


def test_a_request_repeated_adds_nothing_twice(plan, who):
    [first] = drafting.add_activities(plan, [{"title": "A"}], key="k1", **who)
    [again] = drafting.add_activities(plan, [{"title": "A"}], key="k1", **who)

    assert (first, plan.activities.count()) == (again, 1)


def test_another_plans_group_is_not_taken(plan, who):
    other = ActivityGroup.objects.create(plan=PlanFactory(), title="I")

    [row] = add(plan, who, "A", group=other)

    assert row.group is None


# Everything a row refers to


def test_channels_themes_and_parties(plan, who):
    channel, theme, foreign = ChannelFactory(), ContentThemeFactory(plan=plan), 987654
    lead, group = AgencyFactory(locality=plan.locality), AgencyGroupFactory(locality=plan.locality)
    state = {
        "title": "A",
        "channels": [channel.pk],
        "themes": [theme.pk, foreign],
        "lead": [[lead.pk, None, ""], [None, None, "Hội nọ"]],
        "cooperating": [[None, group.pk, "Các xã"]],
    }

    [row] = drafting.add_activities(plan, [state], **who)

    assert state_of(row) | state | {"themes": [theme.pk]} == state_of(row)
    assert [each.label for each in row.assignments.order_by("role", "position")] == ["Các xã", lead.name, "Hội nọ"]


def test_who_stays_keeps_the_row_and_its_dates(plan, who):
    stays = AssignmentFactory(activity__plan=plan, valid_from="2026-03-15", name_as_printed="Như in")
    goes = AssignmentFactory(activity=stays.activity)
    values = {"cooperating": [[stays.agency_id, None, "Như in"]], "lead": [[None, None, "Hội nọ"]]}

    row = drafting.change_activity(stays.activity, values, version=1, **who)

    stays.refresh_from_db()
    assert (stays.role, str(stays.valid_from)) == (AssignmentRole.COOPERATING, "2026-03-15")
    assert not Assignment.objects.filter(pk=goes.pk).exists()
    assert {each.label for each in row.assignments.all()} == {"Như in", "Hội nọ"}


def test_two_change_places_as_lead_and_cooperating(plan, who):
    lead = AssignmentFactory(activity__plan=plan)
    other = AssignmentFactory(activity=lead.activity, role=AssignmentRole.COOPERATING)
    values = {"lead": [[other.agency_id, None, ""]], "cooperating": [[lead.agency_id, None, ""]]}

    drafting.change_activity(lead.activity, values, version=1, **who)

    assert set(Assignment.objects.values_list("role", "agency")) == {
        ("lead", other.agency_id),
        ("cooperating", lead.agency_id),
    }


# Changing


def test_a_change_leaves_what_was(plan, who):
    [row] = add(plan, who, "A")
    changed = drafting.change_activity(row, {"title": "B", "deadline": "2026-12-15"}, version=1, **who)
    edit = RowEdit.objects.get(action=RowAction.CHANGE)

    assert (changed.version, str(changed.deadline), changed.title_search) == (2, "2026-12-15", "1 b")
    assert (edit.before["title"], edit.after["title"], edit.after["version"], edit.by_name) == (
        "A",
        "B",
        2,
        who["by"].full_name,
    )
    plan.refresh_from_db()
    assert plan.version == 3


def test_nothing_new_is_no_change(plan, who):
    [row] = add(plan, who, "A")

    same = drafting.change_activity(row, {"title": "A"}, version=1, **who)

    assert (same.version, RowEdit.objects.count()) == (1, 1)


def test_the_second_of_two_is_told_what_the_first_wrote(plan, who):
    [row] = add(plan, who, "A")
    drafting.change_activity(row, {"title": "Của người kia"}, version=1, **colleague(plan))

    with pytest.raises(Stale) as stale:
        drafting.change_activity(row, {"title": "Của tôi"}, version=1, **who)

    assert (stale.value.row.title, stale.value.base["title"]) == ("Của người kia", "A")
    assert Activity.objects.get().title == "Của người kia"


def test_being_moved_or_renumbered_is_no_quarrel(plan, who):
    first, second = add(plan, who, "A", "B")
    drafting.move_activity(second, -1, **colleague(plan))

    changed = drafting.change_activity(first, {"title": "A mới"}, version=1, **who)

    assert (changed.title, changed.number) == ("A mới", "2")


def test_a_row_that_is_gone(plan, who):
    [row] = add(plan, who, "A")
    drafting.remove_activities(plan, [row.pk], **colleague(plan))

    with pytest.raises(Gone):
        drafting.change_activity(row, {"title": "B"}, version=1, **who)


def test_an_issued_plan_is_written_by_nobody(plan, who):
    [row] = add(plan, who, "A")
    plan.status = PlanStatus.ISSUED
    plan.save()
    group = ActivityGroup.objects.create(plan=plan, title="I")

    for write in (
        lambda: add(plan, who, "B"),
        lambda: drafting.change_activity(row, {"title": "B"}, version=1, **who),
        lambda: drafting.move_activity(row, 1, **who),
        lambda: drafting.remove_activities(plan, [row.pk], **who),
        lambda: drafting.add_group(plan, "II", **who),
        lambda: drafting.rename_group(group, "II", **who),
        lambda: drafting.remove_group(group, **who),
        lambda: drafting.undo(plan, **who),
        lambda: drafting.revert_activity(row, 1, **who),
    ):
        with pytest.raises(PermissionDenied):
            write()
    assert table(plan) == ["- 1 A"]


def test_taking_back_what_was_saved_while_the_row_was_open(plan, who):
    [row] = add(plan, who, "A")
    drafting.change_activity(row, {"title": "AB"}, version=1, **who)
    drafting.change_activity(row, {"title": "ABC"}, version=2, **who)
    drafting.revert_activity(row, 1, **who)

    assert Activity.objects.get().title == "A"
    drafting.change_activity(row, {"title": "của người kia"}, version=4, **colleague(plan))
    drafting.revert_activity(row, 1, **who)
    assert Activity.objects.get().title == "của người kia"


def test_taking_back_words_of_a_row_that_has_moved_meanwhile(plan, who):
    first, second = add(plan, who, "A", "B")
    drafting.change_activity(second, {"title": "B sửa"}, version=1, **who)
    drafting.move_activity(second, -1, **who)
    drafting.revert_activity(second, 1, **who)

    assert table(plan) == ["- 1 B", "- 2 A"]


def test_a_code_given_to_another_meanwhile_is_not_taken_back(plan, who):
    first, second = add(plan, who, "A", "B")
    drafting.change_activity(first, {"number": "X.1"}, version=1, **who)
    drafting.change_activity(first, {"number": ""}, version=2, **{**who, "at": moment(hour=11)})
    drafting.change_activity(second, {"number": "X.1"}, version=1, **colleague(plan))

    with pytest.raises(Overtaken):
        drafting.undo(plan, **who)
    with pytest.raises(Overtaken):
        drafting.revert_activity(first, 2, **who)
    assert table(plan) == ["- 1 A", "- X.1 B"]


# Moving


@pytest.fixture
def grouped(plan, who):
    one, two = (drafting.add_group(plan, title, **who) for title in ("I", "II"))
    add(plan, who, "O")
    add(plan, who, "A", "B", group=one)
    add(plan, who, "C", group=two)
    return plan


def named(plan, title):
    return plan.activities.get(title=title)


@pytest.mark.parametrize(
    "title, step, expected",
    [
        ("B", -1, ["- 1 O", "I 2 B", "I 3 A", "II 4 C"]),
        ("B", 1, ["- 1 O", "I 2 A", "II 3 B", "II 4 C"]),
        ("A", -1, ["- 1 O", "- 2 A", "I 3 B", "II 4 C"]),
        ("C", -1, ["- 1 O", "I 2 A", "I 3 B", "I 4 C"]),
        ("O", 1, ["I 1 O", "I 2 A", "I 3 B", "II 4 C"]),
        ("O", -1, ["- 1 O", "I 2 A", "I 3 B", "II 4 C"]),
        ("C", 1, ["- 1 O", "I 2 A", "I 3 B", "II 4 C"]),
    ],
)
def test_moving_a_row_over_the_edges_of_groups(grouped, who, title, step, expected):
    drafting.move_activity(named(grouped, title), step, **who)

    assert table(grouped) == expected


def test_into_an_empty_group_and_out_again(grouped, who):
    drafting.add_group(grouped, "III", **who)
    drafting.move_activity(named(grouped, "C"), 1, **who)
    assert table(grouped)[-1] == "III 4 C"

    drafting.move_activity(named(grouped, "C"), -1, **who)
    assert table(grouped)[-1] == "II 4 C"


def test_a_group_moves_with_its_rows(grouped, who):
    drafting.move_group(grouped.activity_groups.get(title="II"), -1, **who)

    assert table(grouped) == ["- 1 O", "II 2 C", "I 3 A", "I 4 B"]


def test_the_rows_of_a_removed_group_join_those_before(grouped, who):
    drafting.remove_group(grouped.activity_groups.get(title="II"), **who)
    assert table(grouped) == ["- 1 O", "I 2 A", "I 3 B", "I 4 C"]

    drafting.remove_group(grouped.activity_groups.get(title="I"), **who)
    assert table(grouped) == ["- 1 O", "- 2 A", "- 3 B", "- 4 C"]


def test_removing_a_row_closes_the_gap(grouped, who):
    drafting.remove_activities(grouped, [named(grouped, "A").pk], **who)

    assert table(grouped) == ["- 1 O", "I 2 B", "II 3 C"]


# Undoing


@pytest.mark.parametrize(
    "act",
    [
        lambda plan, who: add(plan, who, "X", "Y"),
        lambda plan, who: drafting.change_activity(named(plan, "A"), {"title": "X", "number": "B.1"}, version=1, **who),
        lambda plan, who: drafting.move_activity(named(plan, "B"), 1, **who),
        lambda plan, who: drafting.remove_activities(plan, [named(plan, "A").pk], **who),
        lambda plan, who: drafting.add_group(plan, "III", **who),
        lambda plan, who: drafting.rename_group(plan.activity_groups.get(title="I"), "Một", **who),
        lambda plan, who: drafting.move_group(plan.activity_groups.get(title="II"), -1, **who),
        lambda plan, who: drafting.remove_group(plan.activity_groups.get(title="II"), **who),
    ],
)
def test_every_act_can_be_undone(grouped, who, act):
    before = table(grouped), list(grouped.activity_groups.values_list("title", "position"))
    rows = set(grouped.activities.values_list("pk", flat=True))
    who = {**who, "at": moment(hour=11)}

    act(grouped, who)
    assert drafting.undo(grouped, **who)

    assert (table(grouped), list(grouped.activity_groups.values_list("title", "position"))) == before
    assert set(grouped.activities.values_list("pk", flat=True)) == rows


def test_undone_step_by_step(plan, who):
    for hour, title in enumerate("ABC", start=9):
        add(plan, {**who, "at": moment(hour=hour)}, title)

    for left in (["- 1 A", "- 2 B"], ["- 1 A"], []):
        assert drafting.undo(plan, **who)
        assert table(plan) == left
    assert drafting.undo(plan, **who) == []


def test_a_removed_row_comes_back_with_all_it_had(plan, who):
    lead = AgencyFactory(locality=plan.locality)
    state = {"title": "A", "lead": [[lead.pk, None, "Như in"]], "channels": [ChannelFactory().pk], "target_quantity": 5}
    [row] = drafting.add_activities(plan, [state], **who)
    before = state_of(row)

    drafting.remove_activities(plan, [row.pk], **who)
    drafting.undo(plan, **who)

    assert state_of(Activity.objects.get()) | {"version": 1} == before


def test_what_another_wrote_since_is_not_undone(plan, who):
    [row] = add(plan, who, "A")
    drafting.change_activity(row, {"title": "B"}, version=1, **colleague(plan))

    with pytest.raises(Overtaken):
        drafting.undo(plan, **who)


def test_another_act_than_the_one_seen_is_not_undone(plan, who):
    add(plan, who, "A")
    seen = drafting.last_act_of(plan, who["by"])[0].pk
    add(plan, {**who, "at": moment(hour=12)}, "B")

    assert drafting.undo(plan, edit=seen, **who) == []
    assert table(plan) == ["- 1 A", "- 2 B"]


def test_everybody_undoes_only_their_own(plan, who):
    add(plan, who, "A")

    assert drafting.undo(plan, **colleague(plan)) == []


# Many at once


def test_a_thousand_rows_take_few_queries(plan, who):
    agency = AgencyFactory(locality=plan.locality)
    states = [{"title": f"A {n}", "lead": [[agency.pk, None, ""]]} for n in range(200)]

    with CaptureQueriesContext(connection) as asked:
        drafting.add_activities(plan, states, **who)

    assert plan.activities.count() == 200
    assert len(asked) < 40


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_people_at_once_leave_dense_numbers(plan, who):
    rows = add(plan, who, *"ABCDEFGHIJ")
    people = [colleague(plan) for _each in rows]

    def work(place):
        try:
            add(plan, people[place], f"new {place}")
            drafting.move_activity(rows[place], -1, **people[place])
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as crowd:
        list(crowd.map(work, range(10)))

    assert [row.number for row in plan.activities.order_by("position")] == [str(n) for n in range(1, 21)]
    assert list(plan.activities.order_by("position").values_list("position", flat=True)) == list(range(1, 21))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_people_saving_one_version_only_one_wins(plan, who):
    [row] = add(plan, who, "A")
    people = [colleague(plan) for _each in range(10)]

    def save(place):
        try:
            drafting.change_activity(row, {"title": f"Của {place}"}, version=1, **people[place])
        except Stale:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(10) as crowd:
        assert sum(crowd.map(save, range(10))) == 1
    assert RowEdit.objects.filter(part=PART, action=RowAction.CHANGE).count() == 1
