"""Activities in the browser: the list with its filters, and one activity."""

from datetime import date
from types import SimpleNamespace

import pytest

from accounts.tests.factories import UserFactory, login
from activities.models import Activity, AssignmentRole, ProgressState, Status
from activities.progress import State
from agencies.tests.factories import AgencyGroupFactory, GroupMembershipFactory
from plans.tests.factories import ChannelFactory, PlanFactory

from .factories import TODAY, ActivityFactory, AssignmentFactory, EvidenceFactory, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LIST = "/activities/"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def many():
    """Three activities of one plan, one of another, one abroad."""
    plan = PlanFactory()
    other = PlanFactory(locality=plan.locality)
    channel = ChannelFactory(name_en="Press")
    group = AgencyGroupFactory(locality=plan.locality)
    member = GroupMembershipFactory(group=group).agency
    late = AssignmentFactory(
        activity__plan=plan,
        activity__title="TUYÊN TRUYỀN trên báo",
        activity__number="1.1",
        activity__deadline=date(2026, 6, 1),
    )
    late.activity.channels.add(channel)
    grouped = ActivityFactory(plan=plan, title="Tập huấn cán bộ")
    AssignmentFactory(activity=grouped, group=group)
    AssignmentFactory(activity=grouped, agency=late.agency, role=AssignmentRole.COOPERATING)
    orphan = ActivityFactory(plan=plan, title="Khảo sát")
    elsewhere = AssignmentFactory(activity__plan=other, activity__title="Hội thi").activity
    abroad = ActivityFactory(title="Tuyên truyền tỉnh bạn")
    return SimpleNamespace(
        plan=plan,
        other=other,
        channel=channel,
        member=member,
        lead=late.agency,
        late=late.activity,
        grouped=grouped,
        orphan=orphan,
        elsewhere=elsewhere,
        abroad=abroad,
        user=UserFactory(agency__locality=plan.locality),
    )


def found(many, **asked):
    response = login(many.user).get(LIST, asked)
    assert response.status_code == 200
    return [row.activity for row in response.context["page"]]


def test_the_list_is_the_localitys_worst_first(many):
    rows = login(many.user).get(LIST).context["page"]

    assert [(row.activity, row.state) for row in rows] == [
        (many.late, State.OVERDUE),
        (many.orphan, State.UNASSIGNED),
        (many.grouped, State.NOT_STARTED),
        (many.elsewhere, State.NOT_STARTED),
    ]


@pytest.mark.parametrize(
    "asked, names",
    [
        ({"text": "tuyen truyen"}, ["late"]),
        ({"text": "1.1"}, ["late"]),
        ({"text": "huan can"}, ["grouped"]),
        ({"state": "overdue"}, ["late"]),
        ({"state": "unassigned"}, ["orphan"]),
        ({"state": "done"}, []),
        ({"state": "happy"}, ["late", "grouped", "orphan", "elsewhere"]),
        ({"state": "overdue", "text": "khao sat"}, []),
        ({"text": "\x00"}, ["late", "grouped", "orphan", "elsewhere"]),
        ({"page": "77"}, ["late", "grouped", "orphan", "elsewhere"]),
        ({"plan": "x"}, ["late", "grouped", "orphan", "elsewhere"]),
    ],
)
def test_filters(many, asked, names):
    assert set(found(many, **asked)) == {getattr(many, name) for name in names}


def test_by_plan_lead_and_channel(many):
    assert found(many, plan=many.other.pk) == [many.elsewhere]
    assert found(many, lead=many.lead.pk) == [many.late]
    assert found(many, lead=many.member.pk) == [many.grouped]
    assert found(many, channel=many.channel.pk) == [many.late]
    assert set(found(many, plan=many.abroad.plan_id)) == {many.late, many.grouped, many.orphan, many.elsewhere}


def test_a_member_of_two_groups_is_listed_once(many):
    second = GroupMembershipFactory(agency=many.member, group__locality=many.plan.locality).group
    AssignmentFactory(activity=many.grouped, group=second)

    assert found(many, lead=many.member.pk) == [many.grouped]


def test_only_my_own_are_offered(many):
    fields = login(many.user).get(LIST).context["filter"].form.fields

    def offered(name):
        return {int(key) for key, _label in fields[name].choices if key}

    assert offered("plan") == {many.plan.pk, many.other.pk}
    assert offered("lead") == {many.lead.pk, many.member.pk, many.elsewhere.assignments.get().agency_id}


def test_an_empty_list_says_why(many):
    assert login(UserFactory()).get(LIST).status_code == 200
    assert login(many.user).get(LIST, {"text": "không có"}).status_code == 200


def test_hostile_words_are_only_words(many):
    Activity.objects.update(title="<script>alert(1)</script>", details="<img src=x onerror=alert(1)>")

    for address in (LIST, many.late.get_absolute_url(), many.plan.get_absolute_url()):
        page = login(many.user).get(address).text
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page


# One activity


def test_what_was_reported_is_read_by_role():
    world = make_world(Status.SUBMITTED, agencies=2, words="Đã làm xong phần việc")
    address = world.activity.get_absolute_url()

    def lines(person):
        return [line.update.agency for line in login(person).get(address).context["lines"]]

    assert set(lines(world.coordinator)) == set(lines(world.leader)) == {u.agency for u in world.all_updates}
    assert lines(world.focal_point) == [world.agency]
    assert lines(UserFactory(agency__locality=world.locality)) == []


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETURNED])
def test_what_is_not_sent_is_not_shown(status):
    world = make_world(status)

    assert not login(world.coordinator).get(world.activity.get_absolute_url()).context["lines"]


def test_evidence_of_a_line_is_shown_until_it_is_taken_off():
    world = make_world(Status.SUBMITTED)
    kept = EvidenceFactory(progress=world.line, caption="Ảnh hội nghị")
    EvidenceFactory(progress=world.line, caption="Ảnh đã gỡ", removed_at=kept.added_at)

    page = login(world.coordinator).get(world.activity.get_absolute_url()).text

    assert "Ảnh hội nghị" in page
    assert "Ảnh đã gỡ" not in page


@pytest.mark.parametrize(
    "facts, line, sentence",
    [
        ({"deadline": date(2026, 6, 14)}, {}, "Overdue 1 day"),
        ({"deadline": date(2026, 6, 10)}, {}, "Overdue 5 days"),
        (
            {"deadline": date(2026, 5, 30)},
            {"state": ProgressState.DONE, "completed_on": date(2026, 6, 1)},
            "Done 2 days late",
        ),
        ({"cancelled_on": TODAY}, {}, "Cancelled"),
    ],
)
def test_the_state_is_said_exactly(facts, line, sentence):
    world = make_world(Status.APPROVED, **line)
    Activity.objects.update(**facts)

    assert sentence in login(world.leader).get(world.activity.get_absolute_url()).text
