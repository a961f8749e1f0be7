"""The administrator's pages of reorganisations: four steps, the ready-made set, calling off, by today's names."""

from datetime import date

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.catalogue import load_catalogues
from activities.loading import load_plan, read_plan
from activities.middleware import NewDayMiddleware
from activities.models import Status
from agencies.models import Agency, Reorganisation, ReorganisationStatus, Succession
from agencies.ready_made import offers
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory, LocalityFactory

from .factories import AssignmentFactory, ReportingPeriodFactory, make_world
from .test_reorganising import happens, new

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TODAY = date(2026, 9, 17)
NEW = reverse("agencies:reorganise")
LIST = reverse("agencies:reorganisations")
INFORMATION = "Sở Thông tin và Truyền thông"
DECISION = {"decision_number": "88/NQ-HĐND", "decided_on": "20/8/2026", "effective_on": "01/10/2026"}


@pytest.fixture(autouse=True)
def september(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return make_world(Status.APPROVED, agencies=2)


@pytest.fixture
def admin(world):
    return login(world.administrator)


@pytest.fixture
def pair(world):
    return [update.agency for update in world.all_updates]


def merge(*before, **more):
    return {"kind": "merge", **DECISION, "predecessors": [each.pk for each in before], "name": "Xã Mới", **more}


# Who may


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
@pytest.mark.parametrize("address", [LIST, NEW])
def test_only_the_administrator(role, address, world):
    response = login(UserFactory(role=role, agency=world.agency)).get(address)

    assert response.status_code == 403
    assert "Reorganisations are entered by the administrator of the locality." in response.text


# The steps


def test_each_step_asks_for_its_own_and_keeps_the_rest(admin, pair):
    first = admin.get(NEW)
    second = admin.get(NEW, {"step": "2", "kind": "merge", **DECISION, "name": "Xã Mới"})
    third = admin.get(NEW, {"step": "3", **merge(*pair)})
    back = admin.get(NEW, {"step": "2", **merge(*pair)})

    assert [response.context["step"] for response in (first, second, third, back)] == [1, 2, 3, 2]
    assert 'name="decision_number"' in first.text
    assert '<input type="hidden" name="decision_number" value="88/NQ-HĐND"' in second.text
    assert 'value="Xã Mới"' in second.text
    assert f"Merge {pair[0]}, {pair[1]} from 01/10/2026" in " ".join(third.text.split())
    assert back.text.count("checked") == 2
    assert not Reorganisation.objects.exists()


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"kind": ""}, "Say what happens."),
        ({"decision_number": " "}, "Write the number of the decision it rests on."),
        ({"effective_on": ""}, "Write the day from which it is in effect."),
        ({"effective_on": "31/9/2026"}, "Write the date as day/month/year, for example 05/9/2026."),
    ],
)
def test_a_decision_that_is_not_sound_comes_back_with_what_was_typed(change, sentence, admin, pair):
    response = admin.get(NEW, {"step": "3", **merge(*pair), **change})

    assert (response.status_code, response.context["step"]) == (422, 1)
    assert sentence in response.text
    assert '<input type="hidden" name="name" value="Xã Mới">' in response.text
    assert response.text.count('type="hidden" name="predecessors"') == 2


@pytest.mark.parametrize(
    "change, field, sentence",
    [
        ({"predecessors": []}, "predecessors", "Choose the agencies."),
        ({"predecessors": ["x"]}, "predecessors", "“x” is not a valid value."),
        ({"name": ""}, "name", "Write the name of the new agency."),
    ],
)
def test_units_that_are_not_sound(change, field, sentence, admin, pair):
    response = admin.get(NEW, {"step": "3", **merge(*pair), **change})

    assert (response.status_code, response.context["step"]) == (422, 2)
    assert list(response.context["units"].errors) == [field]
    assert sentence in response.text


def units_errors(admin, **data):
    response = admin.get(NEW, {"step": "3", **DECISION, **data})
    assert response.status_code == 422
    return {field: list(errors) for field, errors in response.context["units"].errors.items()}


def test_one_agency_alone_is_no_merger(admin, pair):
    found = units_errors(admin, **merge(pair[0]))

    assert found == {"predecessors": ["Choose at least two agencies, or one and the one it goes into."]}


def test_a_name_that_is_taken(admin, world, pair):
    other = AgencyFactory(locality=world.locality, name="Xã Đã Có")

    found = units_errors(admin, **merge(*pair, name="xã da co"))

    assert found == {"name": [f"There is an agency with this name already: {other}."]}
    assert admin.get(NEW, {"step": "3", **merge(*pair, name=pair[1].name)}).context["step"] == 3


def test_either_a_new_agency_or_one_that_is_there(admin, world, pair):
    found = units_errors(admin, **merge(pair[0], successor=pair[1].pk))

    assert found == {"name": ["Leave the name empty, or choose “a new agency”."]}


def test_an_agency_that_ended_before_is_said_beside_the_field(admin, pair):
    Agency.objects.filter(pk=pair[0].pk).update(valid_to=date(2026, 1, 31))

    found = units_errors(admin, **merge(*pair))

    assert found == {"predecessors": [f"{pair[0]} has already ended on 31/01/2026."]}
    assert pair[0].name not in admin.get(NEW, {"step": "2", "kind": "merge", **DECISION}).text


def test_the_same_agency_twice(admin, pair):
    admin.post(NEW, {**merge(*pair), "agreed": "on"})

    found = units_errors(admin, **merge(*pair, name="Xã Khác"))

    assert found["predecessors"][0] == f"{pair[0]} is already reorganised on 01/10/2026 (88/NQ-HĐND)."


@pytest.mark.parametrize(
    "kind, data, errors",
    [
        ("rename", {"name": ""}, {"name": ["Write the name of the new agency."]}),
        ("rename", {"name": "same"}, {"name": ["This is the name it has."]}),
        ("split", {"name": "Xã A"}, {"others": ["Name at least one more agency that comes of the split."]}),
        ("split", {"name": "Xã A", "others": "same"}, {"others": ["%(agency)s cannot carry on for itself."]}),
        ("split", {"name": "Xã A", "others": "x" * 301}, {"others": ["A name has at most 300 characters."]}),
        ("abolish", {"successor": "self"}, {"successor": ["%(agency)s cannot carry on for itself."]}),
    ],
)
def test_other_kinds(kind, data, errors, admin, pair):
    data = {key: {"same": pair[0].name, "self": pair[0].pk}.get(value, value) for key, value in data.items()}

    found = units_errors(admin, kind=kind, predecessors=pair[0].pk, **data)

    assert found == {field: [words[0] % {"agency": pair[0]}] for field, words in errors.items()}


def test_another_localitys_agency_cannot_be_chosen(admin, pair):
    other = AgencyFactory()

    assert list(units_errors(admin, **merge(pair[0], other))) == ["predecessors"]
    assert list(units_errors(admin, **merge(pair[0], name="", successor=other.pk))) == ["successor"]


# Confirming


def test_nothing_is_entered_before_it_is_compared(admin, pair):
    response = admin.post(NEW, merge(*pair))

    assert (response.status_code, response.context["step"]) == (422, 3)
    assert "Tick that you have compared it with the decision." in response.text
    assert not Reorganisation.objects.exists()


def test_a_day_to_come_is_scheduled(admin, world, pair):
    response = admin.post(NEW, {**merge(*pair), "agreed": "on"}, follow=True)

    reorganisation = Reorganisation.objects.get()
    assert response.request["PATH_INFO"] == reverse("agencies:reorganisation", args=[reorganisation.pk])
    assert "Scheduled: it will be carried out on 01/10/2026." in response.text
    assert (reorganisation.status, reorganisation.by) == ("scheduled", world.administrator)
    assert "Call off" in response.text
    assert pair[0].users.get() == world.focal_point


def test_a_day_that_has_come_is_carried_out_at_once(admin, pair):
    data = merge(*pair, effective_on="01/9/2026", agreed="on")

    assert "The day has passed" in admin.get(NEW, {"step": "3", **data}).text
    response = admin.post(NEW, data, follow=True)

    assert "The reorganisation has been carried out." in response.text
    pair[0].refresh_from_db()
    assert pair[0].valid_to == date(2026, 8, 31)
    assert "Call off" not in response.text


def test_confirming_twice_enters_one(admin, pair):
    for _ in range(2):
        response = admin.post(NEW, {**merge(*pair), "agreed": "on"})

    assert (response.status_code, response.context["step"]) == (422, 2)
    assert Reorganisation.objects.count() == 1


def test_calling_off(admin, pair):
    admin.post(NEW, {**merge(*pair), "agreed": "on"})
    reorganisation = Reorganisation.objects.get()
    address = reverse("agencies:call_off", args=[reorganisation.pk])

    response = admin.post(address, follow=True)

    assert "The reorganisation has been called off." in response.text
    assert not Agency.objects.filter(name="Xã Mới").exists()
    assert "It can no longer be called off." in admin.post(address, follow=True).text
    assert "Called off" in admin.get(LIST).text


def test_the_preview_is_what_then_happens(admin, world, pair):
    ReportingPeriodFactory(plan=world.plan, ordinal=4)
    page = admin.get(NEW, {"step": "3", **merge(*pair)})
    preview = page.context["preview"]
    tallies = {tally.label: (tally.before, tally.after) for tally in preview.tallies}
    agencies = Agency.objects.filter(locality=world.locality).count()

    assert tallies["Agencies of the locality"] == (agencies, agencies - 1)
    assert tallies["Updates owed for Quarter IV/2026"] == (2, 1)
    rows = {row.label: (row.values, row.after) for row in preview.rows}
    assert rows["Open activities they lead"] == ((1, 1), 1)
    assert rows["Accounts"] == ((1, 0), 1)
    assert rows[f"Updates for Quarter IV/2026, {world.plan}"] == ((1, 1), 1)


# The ready-made set


@pytest.mark.parametrize(
    "name, ready",
    [
        (
            "ha-noi",
            {"2025-khoa-hoc": ["Sở Thông tin và Truyền thông"], "2025-bao-chi": ["Sở Thông tin và Truyền thông"]},
        ),
        ("soc-trang", {}),
        ("thua-thien-hue", {}),
        ("bao-loc", {}),
        (
            "binh-dinh",
            {
                "2025-khoa-hoc": [INFORMATION],
                "2025-bao-chi": [INFORMATION],
                "2025-tai-chinh": ["Sở Kế hoạch và Đầu tư"],
            },
        ),
    ],
)
def test_what_of_the_set_fits_a_real_locality(name, ready):
    load_catalogues()
    plan, _created = load_plan(read_plan(name))

    found = {offer.key: [agency.name for agency in offer.agencies] for offer in offers(plan.locality) if offer.is_ready}

    assert found == ready


def test_the_departments_as_they_were_in_2024():
    locality = LocalityFactory()
    for name in (
        "Sở Nội vụ",
        "Sở Lao động - Thương binh và Xã hội",
        "Sở Khoa học và Công nghệ",
        "Sở TT&TT",
        "Sở Văn hóa và Thể thao",
        "Sở Tài chính",
        "sở kế hoạch và đầu tư",
        "Sở Xây dựng",
        "Sở Giao thông vận tải",
        "Ban Dân tộc",
        "Sở Nông nghiệp và PTNT",
        "Sở Tài nguyên và Môi trường",
    ):
        AgencyFactory(locality=locality, name=name)

    found = {offer.key: offer for offer in offers(locality)}

    assert all(offer.is_ready for offer in found.values()) and len(found) == 7
    after = {key: offer.change.successors[0] for key, offer in found.items()}
    assert {key for key, agency in after.items() if agency.pk is None} == {"2025-dan-toc", "2025-nong-nghiep"}
    assert after["2025-bao-chi"].name == "Sở Văn hóa và Thể thao"
    assert len(found["2025-nong-nghiep"].change.ending) == 2
    assert [link.is_main for link in found["2025-dan-toc"].change.links] == [True, False]
    assert found["2025-bao-chi"].change.ending == ()


def set_up(name="ha-noi"):
    load_catalogues()
    plan, _created = load_plan(read_plan(name))
    person = UserFactory(agency=plan.issuing_agency, role=Role.ADMINISTRATOR)
    return plan, login(person)


def test_the_set_is_taken_over_once():
    plan, admin = set_up()
    page = admin.get(LIST)
    data = {"changes": ["2025-khoa-hoc", "2025-bao-chi"], "decision_number": "12/NQ-HĐND"}

    assert "1 plan" in page.text and page.context["ready"] == 2
    first = admin.post(reverse("agencies:reorganisation_set"), data, follow=True)
    again = admin.post(reverse("agencies:reorganisation_set"), data)

    assert "2 changes have been taken over." in first.text
    assert again.status_code == 422
    assert "One of these changes has been taken over meanwhile." in again.text
    assert Reorganisation.objects.filter(status=ReorganisationStatus.APPLIED).count() == 2
    old = Agency.objects.get(name=INFORMATION)
    assert old.valid_to == date(2025, 2, 28)
    plan.refresh_from_db()
    assert plan.coordinating_agency == old
    assert set(Succession.objects.values_list("successor__name", "is_main")) == {
        ("Sở Khoa học và Công nghệ", True),
        ("Sở Văn hóa, Thể thao và Du lịch", False),
    }


def test_the_set_needs_its_resolution_and_a_tick():
    _plan, admin = set_up()

    response = admin.post(reverse("agencies:reorganisation_set"), {})

    assert response.status_code == 422
    assert "Tick at least one change." in response.text
    assert "Write the number of the resolution it rests on." in response.text
    assert not Reorganisation.objects.exists()


def test_what_of_the_set_cannot_be_takes_the_rest_back():
    plan, admin = set_up("binh-dinh")
    Agency.objects.filter(name="Sở Kế hoạch và Đầu tư").update(valid_from=date(2026, 1, 1))

    response = admin.post(
        reverse("agencies:reorganisation_set"),
        {"changes": ["2025-khoa-hoc", "2025-tai-chinh"], "decision_number": "12/NQ-HĐND"},
    )

    assert response.status_code == 422
    assert "Sở Kế hoạch và Đầu tư begins only on 01/01/2026." in response.text
    assert not Reorganisation.objects.exists()
    assert not Agency.objects.filter(name="Sở Khoa học và Công nghệ").exists()


def test_after_the_set_the_coordinator_of_the_old_plan_still_is(world):
    """People of the successor go on with what their predecessor coordinated."""
    plan, admin = set_up()
    person = UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)
    admin.post(reverse("agencies:reorganisation_set"), {"changes": ["2025-khoa-hoc"], "decision_number": "12/NQ-HĐND"})

    person.refresh_from_db()
    assert person.agency.name == "Sở Khoa học và Công nghệ"
    assert login(person).get(plan.get_absolute_url()).status_code == 200


# The successor's people


def test_the_predecessors_updates_are_the_successors(world, pair, clock):
    """Sent ones are read, the one that was forgotten is still written, under the old name."""
    old, other = pair
    earlier = ReportingPeriodFactory(plan=world.plan, ordinal=1, locks_on=date(2026, 10, 1))
    successor = happens(old, into=new("Xã Mới"), today=TODAY)
    world.focal_point.refresh_from_db()
    admin = login(world.focal_point)

    page = admin.get(reverse("activities:updates"))
    assert world.focal_point.agency == successor
    assert [row.period for row in page.context["work"].due] == [earlier]
    assert f"Of {old.name}, which your agency carries on for" in page.text
    assert admin.get(world.update.get_absolute_url()).status_code == 200

    began = admin.post(reverse("activities:start", args=[earlier.pk]), {"agency": old.pk})
    assert began.status_code == 302
    assert old.updates.get(period=earlier).status == Status.DRAFT
    assert admin.post(reverse("activities:start", args=[earlier.pk]), {"agency": other.pk}).status_code == 404


def test_what_was_returned_to_the_predecessor_is_counted(world, pair):
    world.update.status = Status.RETURNED
    world.update.save()
    happens(pair[0], into=new("Xã Mới"), today=TODAY)
    world.focal_point.refresh_from_db()

    page = login(world.focal_point).get(reverse("activities:updates"))

    assert len(page.context["work"].returned) == 1
    assert page.context["frame"]["nav"][0]["count"] == 1


def test_a_late_entry_does_not_make_anybody_late(world, pair):
    """Entered after the period ended: what was sent under the old name counts for the successor."""
    successor = happens(*pair, into=new("Xã Mới"), day=date(2026, 6, 1), today=date(2026, 6, 20))

    page = login(world.coordinator).get(reverse("activities:updates"), {"period": world.period.pk})

    [row] = page.context["rows"]
    assert (row.agency, row.punctuality.value, row.update.agency in pair) == (successor, "done", True)
    assert page.context["tallies"] == [("on_time", "Sent on time", 1), ("approved", "Approved", 1)]
    lines = login(world.coordinator).get(row.update.get_absolute_url()).context["lines"]
    assert [line.activity for line, _parts in lines] == [world.activity]


# By the names of that time, or by today's


def test_the_submissions_by_either_names(world, pair):
    successor = happens(*pair, into=new("Xã Mới"), today=TODAY)
    later = ReportingPeriodFactory(plan=world.plan, ordinal=3)
    admin = login(world.coordinator)

    def rows(**query):
        page = admin.get(reverse("activities:updates"), query)
        return [row.agency for row in page.context["rows"]], page

    assert set(rows(period=world.period.pk)[0]) == set(pair)
    found, page = rows(names="now")
    assert found == [successor]
    assert page.context["rows"][0].read_from[0].agency in pair
    assert "formerly" in page.text
    assert rows(period=world.period.pk)[0] == [successor]  # the choice is kept
    assert set(rows(names="then")[0]) == set(pair)
    assert rows(period=later.pk, names="odd")[1].context["names_differ"] is False


def test_the_abolished_keep_their_own_name(world, pair):
    happens(pair[0], into=None, kind="abolish", today=TODAY)

    page = login(world.coordinator).get(reverse("activities:updates"), {"period": world.period.pk, "names": "now"})

    assert {row.agency for row in page.context["rows"]} == set(pair)
    assert page.text.count("abolished since") == 1


# The first request of a day


def test_a_new_day_carries_out_what_is_due(world, pair, clock):
    happens(*pair, into=new("Xã Mới"), day=date(2026, 10, 1), today=TODAY)
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, "activities.middleware.NewDayMiddleware"]):
        admin = login(world.administrator)
        admin.get(LIST)
        assert Reorganisation.objects.get().status == ReorganisationStatus.SCHEDULED
        clock(date(2026, 10, 1))
        admin.get(LIST)

    assert Reorganisation.objects.get().status == ReorganisationStatus.APPLIED


def test_a_day_is_asked_for_once_and_a_fault_does_not_close_the_portal(monkeypatch, rf):
    asked = []

    def fails(today, at):
        asked.append(today)
        raise RuntimeError("broken")

    monkeypatch.setattr("activities.middleware.apply_due", fails)
    request = rf.get("/")
    request.today, request.now = TODAY, None
    portal = NewDayMiddleware(lambda request: "the page")

    assert [portal(request), portal(request)] == ["the page", "the page"]
    assert asked == [TODAY]


# What the preview says


def previewed(browser, **data):
    page = browser.get(NEW, {"step": "3", **DECISION, **data})
    assert page.context["step"] == 3, page.context["units"].errors
    return page.context["preview"]


def test_an_abolished_agency_leaves_things_open(admin, world, pair):
    Agency.objects.filter(pk=pair[1].pk).update(valid_to=date(2026, 9, 1))
    world.plan.coordinating_agency = pair[0]
    world.plan.save()

    found = previewed(admin, kind="abolish", predecessors=pair[0].pk)

    assert [concern.sentence for concern in found.concerns] == [
        "1 open activity will have no lead: assign one.",
        "1 plan in force loses the agency that coordinates it.",
        "1 account stays with the abolished agency: move it or close it.",
    ]
    assert {row.label: row.after for row in found.rows}["Open activities they lead"] == 0


def test_what_was_not_sent_is_said_and_stands_in_nobodys_way(admin, world, pair):
    world.update.events.all().delete()
    world.line.delete()
    world.update.delete()

    found = previewed(admin, **merge(*pair))

    assert found.concerns[0].sentence == (
        f"{pair[0]} has not sent Quarter II/2026. That update keeps the old name, sent or not."
    )
    assert found.concerns[0].state == "overdue"


def test_a_successor_without_people_is_said(admin, world, pair):
    world.focal_point.delete()

    found = previewed(admin, **merge(*pair))

    assert [concern.sentence for concern in found.concerns] == ["Xã Mới has no focal point yet."]


def test_shares_of_a_target_are_summed_and_a_target_of_ones_own_is_not(admin, world, pair):
    group = AgencyGroupFactory(locality=world.locality)
    for agency in [*pair, AgencyFactory(locality=world.locality), AgencyFactory(locality=world.locality)]:
        GroupMembershipFactory(group=group, agency=agency)
    shared = AssignmentFactory(
        activity__plan=world.plan, activity__target_quantity=800, activity__target_unit="lượt", group=group
    ).activity
    alone = AssignmentFactory(activity__plan=world.plan, activity__target_quantity=60, agency=pair[0]).activity

    rows = {row.label: (row.values, row.after) for row in previewed(admin, **merge(*pair)).rows}

    assert rows[f"Activity {shared.number}: even share of the target, lượt"] == ((200, 200), 400)
    assert rows[f"Activity {alone.number}: target"] == ((60, 0), 60)
    tallies = {tally.label: (tally.before, tally.after) for tally in previewed(admin, **merge(*pair)).tallies}
    assert tallies[group.name] == (4, 3)


def test_going_into_an_agency_that_stays(admin, world, pair):
    found = previewed(admin, kind="merge", predecessors=[pair[0].pk, pair[1].pk], successor=pair[1].pk)

    assert found.columns == tuple(pair)
    assert {row.label: (row.values, row.after) for row in found.rows}["Open activities they lead"] == ((1, 1), 1)
    assert found.tallies[0].before - found.tallies[0].after == 1


def test_a_split_founds_two(admin, world, pair):
    group = GroupMembershipFactory(group__locality=world.locality, agency=pair[0]).group

    found = previewed(admin, kind="split", predecessors=pair[0].pk, name="Xã Một", others="Xã Hai\nXã Ba")

    tallies = {tally.label: (tally.before, tally.after) for tally in found.tallies}
    assert tallies[group.name] == (1, 3)
    assert found.tallies[0].after - found.tallies[0].before == 2
