"""Every address of the portal, asked by people of another locality and by nobody in particular.

Not yours and not there look the same: 404. A new address without a case here makes the guard fail.
"""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse

from accounts.calendar_address import make_address
from accounts.invitations import link_to
from accounts.models import Role
from accounts.tests.factories import JobFactory, NotificationFactory, SavedViewFactory, UserFactory, login
from accounts.workflow import MOVES
from activities.explaining import TRANSITIONS as EXPLAINING
from activities.models import (
    Activity,
    ActivityGroup,
    Assignment,
    AssignmentRole,
    ContributionEvidence,
    Digest,
    Evidence,
    QuarterlyUpdate,
    Status,
)
from activities.snapshot import content_of
from activities.workflow import TRANSITIONS
from agencies.tests.factories import AgencyGroupFactory, GroupMembershipFactory, HolidayFactory, SuccessionFactory
from plans.forms import PARTS
from plans.models import Plan, Purpose
from plans.tests.factories import (
    PART_FACTORIES,
    AudienceFactory,
    ContentThemeFactory,
    PlanFactory,
    PlanFileFactory,
    PlanVersionFactory,
)
from plans.tests.test_forms import ROW, typed
from reports.tests.cases import MODULES, merged

from .factories import (
    TODAY,
    ActivityFactory,
    ActivityGroupFactory,
    AssignmentFactory,
    ConsolidatedPeriodFactory,
    ContributionEvidenceFactory,
    ContributionFactory,
    DigestFactory,
    EvidenceFactory,
    ExplanationEvidenceFactory,
    ReportingPeriodFactory,
    ReviewCommentFactory,
    UpdateEventFactory,
    make_world,
    moment,
    with_draft,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
OPEN = {
    *{"accounts:login", "accounts:theme", "accounts:invitation", "activities:feed", "set_language"},
    *(name for module in MODULES for name in module.OPEN),
}


def invitation_of(world):
    """The two parts of an invitation's address; whoever holds them is the one invited."""
    invited = UserFactory(agency=world.agency, invited_at=moment())
    return tuple(link_to(invited).strip("/").split("/")[1:])


def calendar_of(world):
    """The secret of a calendar's address: whoever has it reads it."""
    make_address(world.focal_point)
    return world.focal_point.calendar_token


def template_of(world):
    kept = {"locality": world.locality, "purpose": Purpose.TEMPLATE}
    return (Plan.objects.filter(**kept).first() or PlanFactory(**kept, status="draft", number="")).pk


def holiday_of(world):
    return (world.locality.holidays.first() or HolidayFactory(locality=world.locality)).pk


def consolidated_of(world):
    return (world.plan.consolidated_periods.first() or ConsolidatedPeriodFactory(plan=world.plan)).pk


def row_of(world):
    """An activity of the draft, in a group row."""
    row = world.draft.activities.filter(group__isnull=False).first()
    return row or ActivityFactory(plan=world.draft, group=ActivityGroupFactory(plan=world.draft))


def job_with_file(world):
    """A job of the coordinator's that has left a file."""
    kept = {"file": ContentFile(b"x", "x"), "file_name": "ket-qua.xlsx", "keep_until": date(2099, 1, 1)}
    return JobFactory(started_by=world.coordinator, state="done", **kept)


def remark_of(world):
    """A remark of the coordinator on the update."""
    return ReviewCommentFactory(update=world.update, by=world.coordinator).pk


def membership_of(world):
    membership = GroupMembershipFactory(group__locality=world.locality, agency=world.agency)
    return membership.group.pk, membership.pk


def letter_of(world):
    """The letter of a day to the world's focal point."""
    kept = Digest.objects.filter(person=world.focal_point).first()
    return kept or DigestFactory(agency=world.agency, person=world.focal_point)


def reorganisation_of(world):
    succession = SuccessionFactory(reorganisation__by=world.administrator, reorganisation__locality=world.locality)
    return succession.reorganisation_id


def explanation_evidence_of(world):
    """A link and a file of an answer to a request for an explanation; and the request's key."""
    asked = {
        "message__explanation__activity": world.activity,
        "message__explanation__agency": world.agency,
        "message__explanation__asked_by": world.leader,
    }
    if not hasattr(world, "answer_file"):
        world.answer_file = ExplanationEvidenceFactory(is_file=True, **asked)
        world.answer_link = ExplanationEvidenceFactory(message=world.answer_file.message)
    return world.answer_file, world.answer_link


def explanation_of(world):
    return explanation_evidence_of(world)[0].message.explanation_id


def picture_of(world):
    """A picture on the line, added once."""
    pictures = world.line.evidence.filter(content_type="image/webp")
    return (pictures.first() or EvidenceFactory(progress=world.line, is_picture=True)).pk


def sent_once(world):
    """The update, with a round."""
    world.update.events.all() or UpdateEventFactory(update=world.update, content=content_of(world.update))
    return world.update.pk


def part_of(world):
    """Period, activity and evidence of what the agency has added to an activity that another leads."""
    there = ContributionEvidence.objects.filter(contribution__agency=world.agency).first()
    if there is None:
        helped = AssignmentFactory(activity__plan=world.plan).activity
        AssignmentFactory(activity=helped, agency=world.agency, role=AssignmentRole.COOPERATING)
        part = ContributionFactory(period=world.period, activity=helped, agency=world.agency)
        there = ContributionEvidenceFactory(contribution=part, is_file=True)
    return there.contribution.period_id, there.contribution.activity_id, there.pk


# name: the methods it answers, and its arguments in a world (none where it names no object)
CASES = {
    "accounts:login": (BOTH, None),
    "accounts:home": (GET, None),
    "accounts:logout": (POST, None),
    "accounts:theme": (POST, None),
    "accounts:password": (BOTH, None),
    "accounts:views": (GET, None),
    "accounts:view_save": (POST, None),
    "accounts:view_rename": (BOTH, lambda world: [(SavedViewFactory(user=world.coordinator).pk,)]),
    "accounts:view_delete": (POST, lambda world: [(SavedViewFactory(user=world.coordinator).pk,)]),
    "accounts:notifications": (GET, None),
    "accounts:notifications_read": (POST, None),
    "accounts:notification_settings": (BOTH, None),
    "accounts:notification": (GET, lambda world: [(NotificationFactory(person=world.coordinator).pk,)]),
    "accounts:jobs": (GET, None),
    "accounts:job": (GET, lambda world: [(JobFactory(started_by=world.coordinator).pk,)]),
    "accounts:job_retry": (POST, lambda world: [(JobFactory(started_by=world.coordinator, state="failed").pk,)]),
    "accounts:job_file": (GET, lambda world: [(job_with_file(world).pk,)]),
    "accounts:users": (GET, None),
    "accounts:invite": (BOTH, None),
    "accounts:user_import": (BOTH, None),
    "accounts:invitation_links": (GET, None),
    "accounts:invitation": (BOTH, lambda world: [invitation_of(world)]),
    "accounts:user": (BOTH, lambda world: [(world.focal_point.pk,)]),
    "accounts:user_move": (POST, lambda world: [(world.focal_point.pk, name) for name in MOVES]),
    "accounts:hand_over": (BOTH, lambda world: [(world.focal_point.pk,)]),
    "set_language": (BOTH, None),
    "agencies:list": (GET, None),
    "agencies:detail": (GET, lambda world: [(world.agency.pk,)]),
    "agencies:users": (GET, lambda world: [(world.agency.pk,)]),
    "agencies:add": (BOTH, None),
    "agencies:import": (BOTH, None),
    "agencies:edit": (BOTH, lambda world: [(world.agency.pk,)]),
    "agencies:remove": (POST, lambda world: [(world.agency.pk,)]),
    "agencies:groups": (GET, None),
    "agencies:group_add": (BOTH, None),
    "agencies:group": (GET, lambda world: [membership_of(world)[:1]]),
    "agencies:group_edit": (BOTH, lambda world: [membership_of(world)[:1]]),
    "agencies:group_remove": (POST, lambda world: [membership_of(world)[:1]]),
    "agencies:members": (BOTH, lambda world: [membership_of(world)[:1]]),
    "agencies:membership": (BOTH, lambda world: [membership_of(world)]),
    "agencies:holidays": (BOTH, None),
    "agencies:holiday_fill": (POST, None),
    "agencies:holiday_remove": (POST, lambda world: [(holiday_of(world),)]),
    "agencies:reorganisations": (GET, None),
    "agencies:reorganise": (BOTH, None),
    "agencies:reorganisation_set": (POST, None),
    "agencies:reorganisation": (GET, lambda world: [(reorganisation_of(world),)]),
    "agencies:call_off": (POST, lambda world: [(reorganisation_of(world),)]),
    "activities:list": (GET, None),
    "activities:detail": (GET, lambda world: [(world.activity.pk,)]),
    "activities:edit": (BOTH, lambda world: [(row_of(world).pk,)]),
    "activities:row": (BOTH, lambda world: [(row_of(world).pk,)]),
    "activities:row_move": (POST, lambda world: [(row_of(world).pk,)]),
    "activities:row_remove": (POST, lambda world: [(row_of(world).pk,)]),
    "activities:group": (BOTH, lambda world: [(row_of(world).group_id,)]),
    "activities:grid": (GET, lambda world: [(world.draft.pk,), (world.plan.pk,)]),
    "activities:add": (BOTH, lambda world: [(world.draft.pk,)]),
    "activities:row_add": (POST, lambda world: [(world.draft.pk,)]),
    "activities:group_add": (POST, lambda world: [(world.draft.pk,)]),
    "activities:paste": (BOTH, lambda world: [(world.draft.pk,)]),
    "activities:undo": (POST, lambda world: [(world.draft.pk,)]),
    "activities:heard": (GET, lambda world: [(world.draft.pk,)]),
    "activities:import": (BOTH, lambda world: [(world.draft.pk,)]),
    "activities:calendar": (GET, None),
    "activities:calendar_address": (POST, None),
    "activities:feed": (GET, lambda world: [(calendar_of(world),)]),
    "activities:updates": (GET, None),
    "activities:start": (POST, lambda world: [(world.period.pk,)]),
    "activities:update": (GET, lambda world: [(world.update.pk,)]),
    "activities:rounds": (GET, lambda world: [(sent_once(world),)]),
    "activities:on_behalf": (BOTH, lambda world: [(world.period.pk, world.agency.pk)]),
    "activities:contribution": (BOTH, lambda world: [part_of(world)[:2]]),
    "activities:contribution_evidence": (GET, lambda world: [part_of(world)[2:]]),
    "activities:contribution_evidence_remove": (POST, lambda world: [part_of(world)[2:]]),
    "activities:sheet": (BOTH, lambda world: [(world.update.pk,)]),
    "activities:carry": (POST, lambda world: [(world.update.pk,)]),
    "activities:nothing": (BOTH, lambda world: [(world.update.pk,)]),
    "activities:progress_carry": (POST, lambda world: [(world.update.pk, world.activity.pk)]),
    "activities:words": (BOTH, lambda world: [(world.update.pk,)]),
    "activities:progress": (BOTH, lambda world: [(world.update.pk, world.activity.pk)]),
    "activities:move": (BOTH, lambda world: [(world.update.pk, name) for name in TRANSITIONS]),
    "activities:review": (GET, None),
    "activities:approve_many": (BOTH, None),
    "activities:review_update": (GET, lambda world: [(world.update.pk,)]),
    "activities:comment": (POST, lambda world: [(world.update.pk,)]),
    "activities:comment_remove": (POST, lambda world: [(remark_of(world),)]),
    "activities:matrix": (GET, None),
    "activities:matrix_xlsx": (GET, None),
    "activities:explanations": (GET, None),
    "activities:ask": (BOTH, lambda world: [(world.activity.pk,)]),
    "activities:explanation": (GET, lambda world: [(explanation_of(world),)]),
    "activities:explanation_move": (POST, lambda world: [(explanation_of(world), name) for name in EXPLAINING]),
    "activities:explanation_evidence": (GET, lambda world: [(each.pk,) for each in explanation_evidence_of(world)]),
    "activities:evidence": (GET, lambda world: [(world.link.pk,), (world.file.pk,)]),
    "activities:evidence_remove": (POST, lambda world: [(world.link.pk,), (world.file.pk,)]),
    "activities:evidence_add": (POST, lambda world: [(world.update.pk, world.activity.pk)]),
    "activities:evidence_edit": (BOTH, lambda world: [(world.link.pk,), (world.file.pk,)]),
    "activities:evidence_thumbnail": (GET, lambda world: [(picture_of(world),)]),
    "activities:offline_form": (GET, lambda world: [(world.update.pk,)]),
    "activities:offline_upload": (BOTH, lambda world: [(world.update.pk,)]),
    "activities:digest": (GET, lambda world: [(letter_of(world).pk,)]),
    "activities:digest_html": (GET, lambda world: [(letter_of(world).pk,)]),
    "plans:reminders": (GET, lambda world: [(world.plan.pk,)]),
    "plans:reminders_send": (POST, lambda world: [(world.plan.pk,)]),
    "reports:chasing_letter_pdf": (GET, lambda world: [(world.period.pk,)]),
    "reports:chasing_letter_docx": (GET, lambda world: [(world.period.pk,)]),
    "plans:list": (GET, None),
    "plans:add": (BOTH, None),
    "plans:sources": (GET, None),
    "plans:parents": (GET, None),
    "plans:begin": (BOTH, lambda world: [(world.plan.pk,), (template_of(world),)]),
    "plans:templates": (GET, None),
    "plans:template_add": (BOTH, lambda world: [(world.plan.pk,)]),
    "plans:template_rename": (BOTH, lambda world: [(template_of(world),)]),
    "plans:template_remove": (POST, lambda world: [(template_of(world),)]),
    "plans:parties": (GET, lambda world: [(world.draft.pk,)]),
    "plans:xlsx": (GET, lambda world: [(world.draft.pk,), (world.plan.pk,)]),
    "plans:children": (GET, lambda world: [(world.plan.pk,)]),
    "plans:detail": (GET, lambda world: [(world.plan.pk,)]),
    "plans:edit": (GET, lambda world: [(world.draft.pk,)]),
    "plans:readiness": (GET, lambda world: [(world.draft.pk,)]),
    "plans:facts": (BOTH, lambda world: [(world.draft.pk,)]),
    "plans:check": (GET, lambda world: [(world.plan.pk,)]),
    "plans:acknowledge": (POST, lambda world: [(world.plan.pk,)]),
    "plans:repair": (POST, lambda world: [(world.plan.pk,)]),
    "plans:issue": (POST, lambda world: [(world.plan.pk,)]),
    "plans:move": (BOTH, lambda world: [(world.plan.pk, "close")]),
    "plans:amend": (POST, lambda world: [(world.plan.pk,)]),
    "plans:discard": (POST, lambda world: [(world.plan.pk,)]),
    "plans:changes": (GET, lambda world: [(world.amendment.pk,)]),
    "plans:versions": (GET, lambda world: [(world.plan.pk,)]),
    "plans:version": (GET, lambda world: [(world.plan.pk, 1)]),
    "plans:periods": (GET, lambda world: [(world.plan.pk,), (world.draft.pk,)]),
    "plans:period_rules": (BOTH, lambda world: [(world.plan.pk,)]),
    "plans:period_add": (BOTH, lambda world: [(world.plan.pk,)]),
    "activities:period": (GET, lambda world: [(world.period.pk,)]),
    "activities:period_edit": (BOTH, lambda world: [(world.period.pk,)]),
    "activities:period_export": (POST, lambda world: [(world.period.pk,)]),
    "activities:period_remove": (POST, lambda world: [(world.period.pk,)]),
    "activities:period_unlock": (POST, lambda world: [(world.period.pk,)]),
    "activities:period_lock": (POST, lambda world: [(world.period.pk,)]),
    "activities:extend": (BOTH, lambda world: [(world.period.pk, world.agency.pk)]),
    "activities:consolidated": (GET, lambda world: [(consolidated_of(world),)]),
    "activities:consolidated_xlsx": (GET, lambda world: [(consolidated_of(world),)]),
    "plans:file_add": (POST, lambda world: [(world.plan.pk,)]),
    "plans:file": (GET, lambda world: [(world.source_file.pk,)]),
    "plans:file_remove": (POST, lambda world: [(world.source_file.pk,)]),
    "plans:pdf": (GET, lambda world: [(world.plan.pk,)]),
    "plans:docx": (GET, lambda world: [(world.plan.pk,)]),
    "plans:part_add": (POST, lambda world: [(world.draft.pk, part) for part in PARTS]),
    "plans:part_paste": (POST, lambda world: [(world.draft.pk, part) for part in PARTS]),
    "plans:part_undo": (POST, lambda world: [(world.draft.pk, part) for part in PARTS]),
    "plans:part_edit": (POST, lambda world: [(world.draft.pk, part, row.pk) for part, row in world.parts.items()]),
    "plans:part_move": (POST, lambda world: [(world.draft.pk, part, row.pk) for part, row in world.parts.items()]),
    "plans:part_remove": (POST, lambda world: [(world.draft.pk, part, row.pk) for part, row in world.parts.items()]),
    "plans:part_history": (GET, lambda world: [(world.draft.pk, part, row.pk) for part, row in world.parts.items()]),
    "reports:dashboard": (GET, None),
    "reports:list": (GET, None),
    "reports:preview": (GET, lambda world: [(world.period.pk,)]),
    "reports:preview_pdf": (GET, lambda world: [(world.period.pk,)]),
    "reports:explanation_pdf": (GET, lambda world: [(explanation_of(world),)]),
    "reports:explanation_docx": (GET, lambda world: [(explanation_of(world),)]),
    **merged("CASES"),
}
WITH_OBJECTS = [name for name, (_methods, arguments) in CASES.items() if arguments and name not in OPEN]


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


def amendment_of(plan):
    """An amendment of `plan` in draft, empty."""
    return PlanFactory(
        locality=plan.locality,
        issuing_agency=plan.issuing_agency,
        coordinating_agency=plan.coordinating_agency,
        purpose="amendment",
        status="draft",
        amends=plan,
    )


def furnished(status):
    """Locality A, with every kind of object."""
    world = with_draft(make_world(status))
    world.link = EvidenceFactory(progress=world.line)
    world.file = EvidenceFactory(progress=world.line, is_file=True)
    picture_of(world)
    world.source_file = PlanFileFactory(plan=world.plan)
    world.amendment = amendment_of(world.plan)
    template_of(world)
    row_of(world)
    part_of(world)
    sent_once(world)
    PlanVersionFactory(plan=world.plan)
    ContentThemeFactory(plan=world.plan)
    world.parts = {part: factory(plan=world.draft) for part, factory in PART_FACTORIES.items()}
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
    annex = Activity.objects.count(), ActivityGroup.objects.count(), Assignment.objects.count()
    return list(updates), Evidence.objects.filter(removed_at=None).count(), Plan.objects.count(), rows, annex


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

    for name in ("plans:detail", "activities:detail", "activities:update", "reports:preview"):
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
    [address] = addresses(name, make_world())

    for method in CASES[name][0]:
        assert not ask(login(), method, address).headers.get("Location", "").startswith("/?next=")


def test_the_addresses_are_there_for_their_own_people():
    """Otherwise 404 would prove nothing."""
    world = furnished(Status.DRAFT)
    people = [login(person) for person in (world.coordinator, world.focal_point, world.administrator)]

    for name in CASES:
        if "get" in CASES[name][0]:
            for address in addresses(name, world):
                assert any(ask(browser, "get", address).status_code < 400 for browser in people), address


@pytest.mark.parametrize("name", CASES)
def test_methods(name):
    """Only what an address answers: reading never writes, writing is never a link."""
    world = with_draft(make_world())
    world.link = world.file = EvidenceFactory(progress=world.line)
    world.source_file = PlanFileFactory(plan=world.plan)
    world.amendment = amendment_of(world.plan)
    world.parts = {"audiences": AudienceFactory(plan=world.draft)}
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

    beginnings = ("activities:calendar", "plans:sources", "plans:parents", "plans:templates")
    lists = (
        "activities:list",
        "activities:updates",
        "activities:matrix",
        "activities:explanations",
        "plans:list",
        "reports:dashboard",
        "reports:list",
    )
    for name in (*lists, *beginnings):
        if role not in (Role.COORDINATOR, Role.FOCAL_POINT) and name in ("plans:sources", "plans:parents"):
            continue
        for query in ({}, {"period": world.period.pk, "plan": world.plan.pk, "lead": world.agency.pk}):
            page = browser.get(reverse(name), query).text
            for words in (world.plan.title, world.plan.number, world.activity.title, world.agency.name):
                assert words not in page, f"{role} {name} shows {words}"


# Tampered fields: my own address, another locality's key


@pytest.fixture
def mine():
    return with_draft(make_world())


ACTIVITY = {"number": "IV.99", "title": "Tập huấn", "schedule_kind": "one_off"}
TAMPERED = {
    ("plans:add", "issuing_agency"): lambda other: other.agency.pk,
    ("plans:add", "coordinating_agency"): lambda other: other.agency.pk,
    ("plans:add", "parent"): lambda other: other.plan.pk,
    ("plans:begin", "issuing_agency"): lambda other: other.agency.pk,
    ("plans:begin", "coordinating_agency"): lambda other: other.agency.pk,
    ("plans:begin", "parent"): lambda other: other.plan.pk,
    ("plans:facts", "issuing_agency"): lambda other: other.agency.pk,
    ("plans:facts", "coordinating_agency"): lambda other: other.agency.pk,
    ("plans:facts", "parent"): lambda other: other.plan.pk,
    ("activities:add", "lead"): lambda other: f"@a{other.agency.pk}|x",
    ("activities:add", "cooperating"): lambda other: f"@g{AgencyGroupFactory(locality=other.locality).pk}",
    ("activities:add", "themes"): lambda other: [ContentThemeFactory(plan=other.plan).pk],
    ("activities:edit", "lead"): lambda other: f"@g{AgencyGroupFactory(locality=other.locality).pk}|x",
    ("activities:edit", "cooperating"): lambda other: f"@a{other.agency.pk}",
    ("activities:edit", "themes"): lambda other: [ContentThemeFactory(plan=other.plan).pk],
    ("activities:edit", "group"): lambda other: ActivityGroupFactory(plan=other.plan).pk,
    ("objectives", "audiences"): lambda other: [AudienceFactory(plan=other.plan).pk],
    ("themes", "audiences"): lambda other: [AudienceFactory(plan=other.plan).pk],
    ("themes", "parent"): lambda other: ContentThemeFactory(plan=other.plan).pk,
    ("duties", "bearers"): lambda other: f"@a{other.agency.pk}|{other.agency.pk}",
    ("reporting_duties", "reporter"): lambda other: other.agency.pk,
}


def _form_of(form, mine):
    if form in PARTS:
        return reverse("plans:part_add", args=[mine.draft.pk, form]), ROW[form]
    arguments = {"plans:add": (), "activities:edit": (row_of(mine).pk,)}.get(form, (mine.draft.pk,))
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

    browser.post(reverse("activities:add", args=[mine.draft.pk]), {**ACTIVITY, field: foreign})
    login(mine.focal_point).post(
        reverse("activities:progress", args=[mine.update.pk, mine.activity.pk]),
        {"version": 0, "state": "not_started", field: foreign},
    )
    login(mine.focal_point).post(
        reverse("activities:evidence_add", args=[mine.update.pk, mine.activity.pk]),
        {"url": "https://minhhoa.example/", field: foreign},
    )

    assert mine.draft.activities.filter(number="IV.99").exists()
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
