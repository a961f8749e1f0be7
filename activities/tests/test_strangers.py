"""Every address of the portal, asked by people of another locality and by nobody in particular.

Not yours and not there look the same: 404. A new address without a case here makes the guard fail.
"""

import pytest
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Evidence, QuarterlyUpdate, Status
from activities.workflow import TRANSITIONS
from agencies.tests.factories import AgencyGroupFactory
from plans.forms import PARTS
from plans.models import Plan
from plans.tests.factories import PART_FACTORIES, AudienceFactory, ContentThemeFactory
from plans.tests.test_forms import ROW, typed

from .factories import TODAY, EvidenceFactory, ReportingPeriodFactory, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
OPEN = {"accounts:login", "accounts:theme", "set_language"}

# name: the methods it answers, and its arguments in a world (none where it names no object)
CASES = {
    "accounts:login": (BOTH, None),
    "accounts:home": (GET, None),
    "accounts:logout": (POST, None),
    "accounts:theme": (POST, None),
    "accounts:password": (BOTH, None),
    "set_language": (BOTH, None),
    "activities:list": (GET, None),
    "activities:detail": (GET, lambda world: [(world.activity.pk,)]),
    "activities:edit": (BOTH, lambda world: [(world.activity.pk,)]),
    "activities:add": (BOTH, lambda world: [(world.plan.pk,)]),
    "activities:updates": (GET, None),
    "activities:start": (POST, lambda world: [(world.period.pk,)]),
    "activities:update": (GET, lambda world: [(world.update.pk,)]),
    "activities:words": (BOTH, lambda world: [(world.update.pk,)]),
    "activities:progress": (BOTH, lambda world: [(world.update.pk, world.activity.pk)]),
    "activities:move": (BOTH, lambda world: [(world.update.pk, name) for name in TRANSITIONS]),
    "activities:evidence": (GET, lambda world: [(world.link.pk,), (world.file.pk,)]),
    "activities:evidence_remove": (POST, lambda world: [(world.link.pk,), (world.file.pk,)]),
    "plans:list": (GET, None),
    "plans:add": (BOTH, None),
    "plans:detail": (GET, lambda world: [(world.plan.pk,)]),
    "plans:edit": (BOTH, lambda world: [(world.plan.pk,)]),
    "plans:part_add": (BOTH, lambda world: [(world.plan.pk, part) for part in PARTS]),
    "plans:part_edit": (BOTH, lambda world: [(world.plan.pk, part, row.pk) for part, row in world.parts.items()]),
    "plans:part_remove": (POST, lambda world: [(world.plan.pk, part, row.pk) for part, row in world.parts.items()]),
    "reports:dashboard": (GET, None),
    "reports:list": (GET, None),
    "reports:detail": (GET, lambda world: [(world.period.pk,)]),
    "reports:pdf": (GET, lambda world: [(world.period.pk,)]),
}
WITH_OBJECTS = [name for name, (_methods, arguments) in CASES.items() if arguments]
WITHOUT_OBJECTS = [name for name in CASES if name not in WITH_OBJECTS]


def every_name(patterns=None, namespace=""):
    """The names of all addresses, with their namespaces."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from every_name(pattern.url_patterns, inner)


def test_every_address_has_a_case():
    assert sorted(every_name()) == sorted(CASES)


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    return furnished(Status.SUBMITTED)


def furnished(status):
    """Locality A, with every kind of object."""
    world = make_world(status)
    world.link = EvidenceFactory(progress=world.line)
    world.file = EvidenceFactory(progress=world.line, is_file=True)
    world.parts = {part: factory(plan=world.plan) for part, factory in PART_FACTORIES.items()}
    return world


def addresses(name, world):
    arguments = CASES[name][1]
    return [reverse(name, args=each) for each in (arguments(world) if arguments else [()])]


def ask(browser, method, address):
    response = getattr(browser, method)(address, {"reason": "x", "text": "x", "state": "done"})
    response.getvalue()  # a file is closed once it has been read
    return response


def state_of_the_world():
    updates = QuarterlyUpdate.objects.values_list("pk", "status", "version", "results")
    rows = [(part, model.objects.count()) for part, (model, _form) in PARTS.items()]
    return list(updates), Evidence.objects.filter(removed_at=None).count(), Plan.objects.count(), rows


@pytest.mark.parametrize("role", Role)
def test_another_localitys_objects_are_not_there(world, role):
    browser = login(UserFactory(role=role))
    before = state_of_the_world()

    for name in WITH_OBJECTS:
        for address in addresses(name, world):
            for method in BOTH:
                expected = 404 if method in CASES[name][0] else 405
                assert ask(browser, method, address).status_code == expected, f"{role} {method} {address}"

    assert state_of_the_world() == before


def test_what_is_not_there_looks_the_same(world):
    stranger = login(UserFactory(role=Role.COORDINATOR))

    for name in ("plans:detail", "activities:detail", "activities:update", "reports:detail"):
        hidden, missing = stranger.get(addresses(name, world)[0]), stranger.get(reverse(name, args=[987654]))
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert world.plan.title not in hidden.text
        assert world.agency.name not in hidden.text


def test_nobody_in_particular_is_asked_to_log_in(world):
    before = state_of_the_world()

    for name in CASES:
        if name in OPEN:
            continue
        for address in addresses(name, world):
            for method in BOTH:
                response = ask(login(), method, address)
                assert response.status_code == 302, f"{method} {address}"
                assert response.url.startswith("/?next=/"), f"{method} {address}"

    assert state_of_the_world() == before


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_is_open_to_everybody(name):
    for method in CASES[name][0]:
        assert not ask(login(), method, reverse(name)).headers.get("Location", "").startswith("/?next=")


def test_the_addresses_are_there_for_their_own_people():
    """Otherwise 404 would prove nothing."""
    world = furnished(Status.DRAFT)
    people = [login(person) for person in (world.coordinator, world.focal_point)]

    for name in CASES:
        if "get" in CASES[name][0]:
            for address in addresses(name, world):
                assert any(ask(browser, "get", address).status_code < 400 for browser in people), address


@pytest.mark.parametrize("name", CASES)
def test_methods(name):
    """Only what an address answers: reading never writes, writing is never a link."""
    world = make_world()
    world.link = world.file = EvidenceFactory(progress=world.line)
    world.parts = {"audiences": AudienceFactory(plan=world.plan)}
    browser = login(world.coordinator)

    for address in addresses(name, world)[:1]:
        for method in ("get", "post", "put", "patch", "delete"):
            # Django's own views answer more; they only redirect.
            answer = ask(browser, method, address).status_code
            if method not in CASES[name][0] and name not in ("accounts:login", "accounts:logout", "set_language"):
                assert answer == 405, f"{method} {address}"
            else:
                assert answer != 500


@pytest.mark.parametrize("role", Role)
def test_pages_without_objects_show_nothing_of_others(world, role):
    browser = login(UserFactory(role=role))

    for name in ("activities:list", "activities:updates", "plans:list", "reports:dashboard", "reports:list"):
        for query in ({}, {"period": world.period.pk, "plan": world.plan.pk, "lead": world.agency.pk}):
            page = browser.get(reverse(name), query).text
            for words in (world.plan.title, world.plan.number, world.activity.title, world.agency.name):
                assert words not in page, f"{role} {name} shows {words}"


# Tampered fields: my own address, another locality's key


@pytest.fixture
def mine():
    return make_world()


ACTIVITY = {"number": "99", "title": "Tập huấn", "schedule_kind": "one_off"}
TAMPERED = {
    ("plans:add", "issuing_agency"): lambda other: other.agency.pk,
    ("plans:add", "coordinating_agency"): lambda other: other.agency.pk,
    ("plans:add", "parent"): lambda other: other.plan.pk,
    ("plans:edit", "issuing_agency"): lambda other: other.agency.pk,
    ("plans:edit", "coordinating_agency"): lambda other: other.agency.pk,
    ("plans:edit", "parent"): lambda other: other.plan.pk,
    ("activities:add", "lead_agencies"): lambda other: [other.agency.pk],
    ("activities:add", "cooperating_agencies"): lambda other: [other.agency.pk],
    ("activities:add", "lead_groups"): lambda other: [AgencyGroupFactory(locality=other.locality).pk],
    ("activities:add", "cooperating_groups"): lambda other: [AgencyGroupFactory(locality=other.locality).pk],
    ("activities:add", "themes"): lambda other: [ContentThemeFactory(plan=other.plan).pk],
    ("activities:edit", "lead_agencies"): lambda other: [other.agency.pk],
    ("activities:edit", "themes"): lambda other: [ContentThemeFactory(plan=other.plan).pk],
    ("objectives", "audiences"): lambda other: [AudienceFactory(plan=other.plan).pk],
    ("themes", "audiences"): lambda other: [AudienceFactory(plan=other.plan).pk],
    ("themes", "parent"): lambda other: ContentThemeFactory(plan=other.plan).pk,
    ("duties", "agencies"): lambda other: [other.agency.pk],
    ("duties", "groups"): lambda other: [AgencyGroupFactory(locality=other.locality).pk],
    ("reporting_duties", "reporter"): lambda other: other.agency.pk,
}


def _form_of(form, mine):
    if form in PARTS:
        return reverse("plans:part_add", args=[mine.plan.pk, form]), ROW[form]
    arguments = {"plans:add": (), "activities:edit": (mine.activity.pk,)}.get(form, (mine.plan.pk,))
    return reverse(form, args=arguments), typed(mine.plan) if form.startswith("plans:") else ACTIVITY


@pytest.mark.parametrize("form, field", TAMPERED)
def test_another_localitys_key_in_a_form_is_refused(mine, form, field):
    other = make_world()
    address, data = _form_of(form, mine)

    response = login(mine.coordinator).post(address, {**data, field: TAMPERED[form, field](other)})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert "Select a valid choice" in response.text
    assert other.agency.name not in response.text


@pytest.mark.parametrize("field", ["locality", "plan", "agency", "status", "update", "activity", "added_by"])
def test_what_no_form_asks_for_is_not_taken_from_it(mine, field):
    """Mass assignment: keys of columns the forms do not have."""
    other = make_world()
    browser = login(mine.coordinator)
    foreign = {
        "locality": other.locality.pk,
        "plan": other.plan.pk,
        "agency": other.agency.pk,
        "status": "approved",
        "update": other.update.pk,
        "activity": other.activity.pk,
        "added_by": other.focal_point.pk,
    }[field]

    browser.post(reverse("activities:add", args=[mine.plan.pk]), {**ACTIVITY, field: foreign})
    login(mine.focal_point).post(
        reverse("activities:progress", args=[mine.update.pk, mine.activity.pk]),
        {"version": 0, "state": "not_started", "url": "https://minhhoa.example/", field: foreign},
    )

    assert mine.plan.activities.filter(number="99").exists()
    [item] = Evidence.objects.all()
    assert (item.progress.update, item.added_by) == (mine.update, mine.focal_point)
    mine.update.refresh_from_db()
    assert (mine.update.status, mine.update.agency) == (Status.DRAFT, mine.agency)


def test_another_localitys_period_in_the_query_is_ignored(mine):
    foreign = ReportingPeriodFactory(ordinal=3)
    browser = login(mine.coordinator)

    for name in ("activities:updates", "reports:dashboard", "plans:list", "activities:list", "reports:list"):
        context = browser.get(reverse(name), {"period": foreign.pk}).context
        assert context["frame"]["period"] == mine.period


def test_people_of_one_locality_with_two_plans_keep_to_their_own(mine):
    """The coordinator of one plan reads the other, and reviews and edits only their own."""
    theirs = make_world(Status.SUBMITTED, locality=mine.locality)
    browser = login(mine.coordinator)

    assert browser.get(theirs.update.get_absolute_url()).status_code == 200
    assert browser.post(reverse("activities:move", args=[theirs.update.pk, "approve"])).status_code == 403
    assert browser.get(reverse("plans:edit", args=[theirs.plan.pk])).status_code == 403
    assert browser.post(reverse("activities:add", args=[theirs.plan.pk]), ACTIVITY).status_code == 403
