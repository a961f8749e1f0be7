"""The administrator's forms: agencies, groups and who belongs to them."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from agencies.models import Agency, AgencyGroup, AgencyKind

from .factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TYPED = {"name": "Sở Y tế", "kind": "department"}


@pytest.fixture(autouse=True)
def september(clock):
    clock(date(2026, 9, 17))


@pytest.fixture
def admin():
    person = UserFactory(role=Role.ADMINISTRATOR)
    person.browser, person.locality = login(person), person.agency.locality
    return person


def post(admin, name, /, *args, **data):
    return admin.browser.post(reverse(name, args=args), data)


# Agencies


def test_an_agency_is_added_with_an_address_name_of_its_own(admin):
    AgencyFactory(locality=admin.locality, slug="so-y-te", name="Sở Y tế", valid_to=date(2025, 2, 28))

    response = post(admin, "agencies:add", **TYPED, valid_from="01/3/2025", symbol="SYT", parent=admin.agency_id)

    agency = Agency.objects.get(slug="so-y-te-2")
    assert response.url == reverse("agencies:detail", args=[agency.pk])
    assert (agency.locality, agency.short_name, agency.symbol, agency.parent, agency.valid_from) == (
        admin.locality,
        "Sở Y tế",
        "SYT",
        admin.agency,
        date(2025, 3, 1),
    )


FAULTY = {
    "name": [{"name": ""}, {"name": " "}, {"name": "x" * 301}],
    "kind": [{"kind": ""}, {"kind": "ministry"}],
    "short_name": [{"short_name": "x" * 151}],
    "valid_from": [{"valid_from": "31/9/2026"}, {"valid_from": "hôm qua"}],
    "valid_to": [{"valid_from": "01/3/2026", "valid_to": "28/02/2026"}],
    "parent": [{"parent": "0"}, {"parent": "x"}],
}
CASES = [(field, data) for field, cases in FAULTY.items() for data in cases]


@pytest.mark.parametrize("field, data", CASES)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(admin, field, data):
    response = post(admin, "agencies:add", **{**TYPED, "symbol": "SYT-1", **data})

    assert list(response.context["form"].errors) == [field]
    assert 'value="SYT-1"' in response.text
    assert Agency.objects.filter(locality=admin.locality).count() == 1


def test_a_name_is_free_only_when_no_agency_of_that_time_has_it(admin):
    AgencyFactory(locality=admin.locality, name="Sở Y tế", valid_from=date(2025, 3, 1))

    assert list(post(admin, "agencies:add", **TYPED).context["form"].errors) == ["name"]
    assert post(admin, "agencies:add", **TYPED, valid_to="28/02/2025").status_code == 302
    assert post(admin, "agencies:add", **TYPED, valid_to="28/02/2024").status_code == 200


def test_an_agency_is_edited_and_keeps_its_address_name(admin):
    agency = AgencyFactory(locality=admin.locality, slug="so-y-te", name="Sở Y tê")

    post(admin, "agencies:edit", agency.pk, **TYPED, short_name="SYT")

    agency.refresh_from_db()
    assert (agency.name, agency.short_name, agency.slug) == ("Sở Y tế", "SYT", "so-y-te")


def test_nobody_is_put_under_themselves_or_those_below_them(admin):
    top = AgencyFactory(locality=admin.locality)
    middle = AgencyFactory(locality=admin.locality, parent=top)
    low = AgencyFactory(locality=admin.locality, parent=middle)
    ended = AgencyFactory(locality=admin.locality, valid_to=date(2025, 2, 28))

    offered = set(admin.browser.get(reverse("agencies:edit", args=[top.pk])).context["form"].fields["parent"].queryset)
    assert offered == {admin.agency}
    for below in (top, middle, low, ended, AgencyFactory()):
        response = post(admin, "agencies:edit", top.pk, name=top.name, kind=top.kind, parent=below.pk)
        assert list(response.context["form"].errors) == ["parent"]


def test_an_agency_nothing_hangs_on_can_be_removed(admin):
    agency = AgencyFactory(locality=admin.locality)

    assert post(admin, "agencies:remove", agency.pk).url == reverse("agencies:list")
    assert not Agency.objects.filter(pk=agency.pk).exists()


def test_an_agency_with_people_or_groups_stays(admin):
    member = GroupMembershipFactory(group__locality=admin.locality).agency

    for agency in (admin.agency, member):
        assert post(admin, "agencies:remove", agency.pk).url == reverse("agencies:edit", args=[agency.pk])
        assert Agency.objects.filter(pk=agency.pk).exists()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.FOCAL_POINT, Role.LEADER])
def test_only_the_administrator_writes(role):
    person = UserFactory(role=role)
    group = AgencyGroupFactory(locality=person.agency.locality)
    membership = GroupMembershipFactory(group=group)
    browser = login(person)

    for name, args in {
        "agencies:add": [],
        "agencies:edit": [person.agency_id],
        "agencies:remove": [person.agency_id],
        "agencies:group_add": [],
        "agencies:group_edit": [group.pk],
        "agencies:group_remove": [group.pk],
        "agencies:members": [group.pk],
        "agencies:membership": [group.pk, membership.pk],
    }.items():
        response = browser.post(reverse(name, args=args), {**TYPED, "by_mistake": "on", "leave": "1"})
        assert response.status_code == 403, name
    assert AgencyGroup.objects.get().members.count() == 1


@pytest.mark.parametrize("role", Role)
def test_everybody_of_the_locality_reads(role):
    person = UserFactory(role=role)
    membership = GroupMembershipFactory(group__locality=person.agency.locality)
    browser = login(person)

    assert membership.group.name in browser.get(reverse("agencies:groups")).text
    page = browser.get(reverse("agencies:group", args=[membership.group_id]))
    assert membership.agency.name in page.text
    assert (reverse("agencies:members", args=[membership.group_id]) in page.text) == (role == Role.ADMINISTRATOR)


# Groups


def test_a_group_is_added_and_its_members_come_next(admin):
    response = post(admin, "agencies:group_add", name="Các sở,  ban, ngành", note="Cấp tỉnh")

    group = AgencyGroup.objects.get()
    assert response.url == reverse("agencies:members", args=[group.pk])
    assert (group.locality, group.slug, group.name) == (admin.locality, "cac-so-ban-nganh", "Các sở, ban, ngành")


def test_a_group_has_a_name_of_its_own(admin):
    group = AgencyGroupFactory(locality=admin.locality, name="Các sở")

    assert list(post(admin, "agencies:group_add", name="Các sở").context["form"].errors) == ["name"]
    assert list(post(admin, "agencies:group_add", name="").context["form"].errors) == ["name"]
    assert post(admin, "agencies:group_edit", group.pk, name="Các sở").status_code == 302
    assert post(admin, "agencies:group_edit", group.pk, name="Các sở, ngành").status_code == 302
    group.refresh_from_db()
    assert (group.name, group.slug) != ("Các sở", "") and group.name == "Các sở, ngành"


def test_a_group_nothing_names_can_be_removed(admin):
    group = GroupMembershipFactory(group__locality=admin.locality).group

    assert post(admin, "agencies:group_remove", group.pk).url == reverse("agencies:groups")
    assert not AgencyGroup.objects.exists()


def test_a_group_a_plan_names_stays(admin):
    from activities.tests.factories import AssignmentFactory

    group = AgencyGroupFactory(locality=admin.locality)
    AssignmentFactory(activity__plan__locality=admin.locality, group=group)

    assert post(admin, "agencies:group_remove", group.pk).url == reverse("agencies:group", args=[group.pk])
    assert AgencyGroup.objects.filter(pk=group.pk).exists()


@pytest.fixture
def group(admin):
    """A group with a member of today, one that has left, and one to come; its agencies as attributes."""
    group = AgencyGroupFactory(locality=admin.locality)
    group.today = GroupMembershipFactory(group=group)
    group.left = GroupMembershipFactory(group=group, valid_to=date(2026, 6, 30))
    group.coming = GroupMembershipFactory(group=group, valid_from=date(2026, 10, 1))
    return group


@pytest.mark.parametrize(
    "on, names",
    [("", {"today"}), ("30/6/2026", {"today", "left"}), ("2026-10-01", {"today", "coming"}), ("31/9/2026", {"today"})],
)
def test_members_as_of_a_day(admin, group, on, names):
    page = admin.browser.get(reverse("agencies:group", args=[group.pk]), {"on": on})

    assert page.context["members"] == sorted((getattr(group, name) for name in names), key=lambda each: each.pk)
    assert len(page.context["others"]) == 3 - len(names)
    listed = admin.browser.get(reverse("agencies:groups"), {"on": on})
    assert listed.context["rows"] == [(group, len(names))]
    assert ("31/9/2026" in page.text) == (on == "31/9/2026")


def test_joining_offers_today_so_that_the_past_stays(admin, group):
    assert 'value="17/09/2026"' in admin.browser.get(reverse("agencies:members", args=[group.pk])).text


def test_many_agencies_join_and_leave(admin, group):
    new = AgencyFactory.create_batch(3, locality=admin.locality)

    post(admin, "agencies:members", group.pk, join="1", joining=[each.pk for each in new], joined_on="01/9/2026")
    assert group.memberships.filter(valid_from=date(2026, 9, 1)).count() == 3

    leaving = [each.pk for each in group.memberships.filter(agency__in=new[:2])]
    post(admin, "agencies:members", group.pk, leave="1", leaving=leaving, left_on="30/9/2026")
    assert group.memberships.filter(valid_to=date(2026, 9, 30)).count() == 2

    post(admin, "agencies:members", group.pk, leave="1", leaving=leaving[:1], by_mistake="on")
    assert not group.memberships.filter(agency=new[0]).exists()


JOIN, LEAVE = {"join": "1"}, {"leave": "1"}
REFUSED = {
    "nobody joins": (lambda group: JOIN, "joining"),
    "a member joins": (lambda group: {**JOIN, "joining": [group.today.agency_id]}, "joining"),
    "a stranger joins": (lambda group: {**JOIN, "joining": [AgencyFactory().pk]}, "joining"),
    "an ended agency joins": (
        lambda group: {**JOIN, "joining": [AgencyFactory(locality=group.locality, valid_to=date(2025, 1, 1)).pk]},
        "joining",
    ),
    "a gap": (lambda group: {**JOIN, "joining": [group.left.agency_id], "joined_on": "01/9/2026"}, "joined_on"),
    "no such day to join": (
        lambda group: {**JOIN, "joining": [group.left.agency_id], "joined_on": "31/9/2026"},
        "joined_on",
    ),
    "nobody leaves": (lambda group: {**LEAVE, "left_on": "30/9/2026"}, "leaving"),
    "who has left leaves": (lambda group: {**LEAVE, "leaving": [group.left.pk], "left_on": "30/9/2026"}, "leaving"),
    "without a day": (lambda group: {**LEAVE, "leaving": [group.today.pk]}, "left_on"),
    "before the first day": (
        lambda group: {**LEAVE, "leaving": [group.coming.pk], "left_on": "30/9/2026"},
        "left_on",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_said_beside_its_field(admin, group, case):
    data, field = REFUSED[case]
    before = list(group.memberships.values_list("agency", "valid_from", "valid_to"))

    response = admin.browser.post(reverse("agencies:members", args=[group.pk]), data(group))

    assert response.status_code == 422
    errors = {**response.context["joining"].errors, **response.context["leaving"].errors}
    assert list(errors) == [field]
    assert list(group.memberships.values_list("agency", "valid_from", "valid_to")) == before


def test_one_that_left_comes_back_the_day_after(admin, group):
    post(admin, "agencies:members", group.pk, join="1", joining=[group.left.agency_id], joined_on="01/7/2026")

    group.left.refresh_from_db()
    assert (group.left.valid_from, group.left.valid_to) == (None, None)


def test_the_days_of_one_membership(admin, group):
    url = "agencies:membership"

    wrong = post(admin, url, group.pk, group.today.pk, valid_from="01/9/2026", valid_to="31/8/2026")
    assert list(wrong.context["form"].errors) == ["valid_to"]

    assert post(admin, url, group.pk, group.today.pk, valid_from="01/9/2026", valid_to="").status_code == 302
    group.today.refresh_from_db()
    assert group.today.valid_from == date(2026, 9, 1)
    assert post(admin, url, AgencyGroupFactory(locality=admin.locality).pk, group.today.pk).status_code == 404


def test_a_kind_may_be_any(admin):
    for kind in AgencyKind:
        assert post(admin, "agencies:add", name=f"Cơ quan {kind}", kind=kind).status_code == 302
