"""Who of a locality may open each address of the updates, their review and their calendar: everybody else reads 403.

Another locality reads 404 (test_strangers). What depends on the state of an update beyond draft and sent stands in
test_permissions; here it is the address itself that is asked.
"""

import pytest
from django.db import transaction

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Status
from reports.tests.cases import merged

from .factories import TODAY
from .test_strangers import CASES, addresses, ask, furnished, state_of_the_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AGENCY, COORDINATOR, ADMINISTRATOR = {"the agency"}, {"the coordinator"}, {"the administrator"}
STAFF = {"the coordinator", "another coordinator", "the leader", "the administrator"}
ASKING = {"the coordinator", "the leader"}
EVERYBODY = STAFF | {"the agency", "another agency"}

# While the agency writes its update.
OF_A_DRAFT = {
    "activities:sheet": AGENCY,
    "activities:words": AGENCY,
    "activities:progress": AGENCY,
    "activities:carry": AGENCY,
    "activities:progress_carry": AGENCY,
    "activities:nothing": AGENCY,
    "activities:rounds": AGENCY,
    "activities:offline_form": AGENCY,
    "activities:offline_upload": AGENCY,
    "activities:evidence_add": AGENCY,
    "activities:evidence_edit": AGENCY,
    "activities:evidence_thumbnail": AGENCY,
    "activities:contribution": AGENCY,
    "activities:contribution_evidence": AGENCY | STAFF,
    "activities:contribution_evidence_remove": AGENCY,
    "activities:on_behalf": COORDINATOR,
}
# Once it has been sent.
OF_WHAT_WAS_SENT = {
    "activities:rounds": AGENCY | STAFF,
    "activities:evidence_thumbnail": AGENCY | STAFF,
    "activities:review": {"the coordinator", "another coordinator"},
    "activities:approve_many": {"the coordinator", "another coordinator"},
    "activities:review_update": COORDINATOR,
    "activities:comment": COORDINATOR,
    "activities:comment_remove": COORDINATOR,
    "activities:matrix": STAFF,
    "activities:matrix_xlsx": STAFF,
    "activities:explanations": EVERYBODY,
    "activities:explanation": AGENCY | STAFF,
    "activities:explanation_evidence": AGENCY | STAFF,
    "activities:ask": ASKING,
    "reports:explanation_pdf": AGENCY | STAFF,
    "reports:explanation_docx": AGENCY | STAFF,
    "activities:period": EVERYBODY,
    "activities:consolidated": EVERYBODY,
    "activities:consolidated_xlsx": EVERYBODY,
    "activities:period_export": STAFF,
    "activities:period_edit": COORDINATOR,
    "activities:period_remove": COORDINATOR,
    "activities:period_unlock": COORDINATOR,
    "activities:period_lock": COORDINATOR,
    "activities:extend": COORDINATOR,
    "plans:period_rules": COORDINATOR,
    "plans:period_add": COORDINATOR,
    "plans:reminders": STAFF,
    "plans:reminders_send": COORDINATOR,
    "activities:digest": AGENCY | STAFF,
    "activities:digest_html": AGENCY | STAFF,
    "reports:chasing_letter_pdf": STAFF,
    "reports:chasing_letter_docx": STAFF,
    "agencies:holiday_fill": ADMINISTRATOR,
    "agencies:holiday_remove": ADMINISTRATOR,
    "accounts:jobs": EVERYBODY,
    "accounts:job": COORDINATOR | ADMINISTRATOR,  # the coordinator started it
    "accounts:job_retry": COORDINATOR | ADMINISTRATOR,
    "accounts:job_file": COORDINATOR | ADMINISTRATOR,
    **merged("ROLES"),
}


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def people_of(world):
    return {
        "the agency": world.focal_point,
        "another agency": UserFactory(agency__locality=world.locality),
        "the coordinator": world.coordinator,
        "another coordinator": UserFactory(agency__locality=world.locality, role=Role.COORDINATOR),
        "the leader": world.leader,
        "the administrator": world.administrator,
    }


@pytest.mark.parametrize(
    "status, name, let_in",
    [
        *((Status.DRAFT, name, who) for name, who in OF_A_DRAFT.items()),
        *((Status.SUBMITTED, name, who) for name, who in OF_WHAT_WAS_SENT.items()),
    ],
)
def test_only_they_are_let_in(status, name, let_in):
    world = furnished(status)
    people, asked = people_of(world), addresses(name, world)
    before = state_of_the_world()

    for who in sorted(people.keys() - let_in):
        for address in asked:
            for method in CASES[name][0]:
                assert ask(login(people[who]), method, address).status_code == 403, f"{who} {method} {address}"
    assert state_of_the_world() == before

    for who in sorted(let_in):
        for method in CASES[name][0]:
            with transaction.atomic():  # the next one finds everything as it was
                assert ask(login(people[who]), method, asked[0]).status_code not in (403, 404), f"{who} {method}"
                transaction.set_rollback(True)


def test_a_notification_is_there_for_one_person_alone():
    world = furnished(Status.SUBMITTED)
    [address] = addresses("accounts:notification", world)

    for who, person in people_of(world).items():
        expected = 302 if who == "the coordinator" else 404
        assert ask(login(person), "get", address).status_code == expected, who


def test_everybody_reads_the_holidays_and_one_writes_them():
    world = furnished(Status.SUBMITTED)
    [address] = addresses("agencies:holidays", world)

    for who, person in people_of(world).items():
        assert ask(login(person), "get", address).status_code == 200, who
        assert ask(login(person), "post", address).status_code == (200 if who in ADMINISTRATOR else 403), who


@pytest.mark.parametrize("is_draft", [False, True])
def test_the_periods_of_a_draft_are_for_those_who_read_drafts(is_draft):
    world = furnished(Status.SUBMITTED)
    issued, draft = addresses("plans:periods", world)

    for who, person in people_of(world).items():
        hidden = is_draft and who in ("the agency", "another agency")
        answer = ask(login(person), "get", draft if is_draft else issued)
        assert answer.status_code == (403 if hidden else 200), who
