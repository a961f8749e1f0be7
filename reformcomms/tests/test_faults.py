"""What goes wrong in an office: everybody at once, twice the same, two windows, the database gone. For real.

A PostgreSQL server and a gunicorn of their own; nothing of it is in a test's transaction.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from .faults import Person, Portal, Server, initdb, until

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(initdb() is None, reason="initdb is not installed (apt-get install postgresql)"),
]

DAY = "2026-06-15"
UNITS = 10
WORLD = """
from datetime import date
from accounts.demo import create_demo_accounts
from activities.catalogue import load_catalogues
from activities.loading import load_plan
from activities.models import ActivityProgress, QuarterlyUpdate
load_catalogues()
units = [{"slug": f"xa-{n}", "name": f"UBND xã Số {n}", "kind": "commune_committee"} for n in range(UNITS)]
plan, _created = load_plan({
    "locality": {"slug": "tinh-thu", "name": "Tỉnh Thử", "place_name": "Thử", "level": "province"},
    "agencies": [
        {"slug": "uy-ban-nhan-dan", "name": "UBND tỉnh Thử", "symbol": "UBND", "kind": "peoples_committee"},
        {"slug": "so-noi-vu", "name": "Sở Nội vụ", "symbol": "SNV", "kind": "department", "parent": "uy-ban-nhan-dan"},
        *units,
    ],
    "groups": [{"slug": "cac-xa", "name": "UBND các xã", "members": [unit["slug"] for unit in units]}],
    "plan": {
        "key": "thu", "number": "1/KH-UBND", "title": "Tuyên truyền cải cách hành chính", "issued_on": date(2026, 1, 5),
        "issuing_agency": "uy-ban-nhan-dan", "coordinating_agency": "so-noi-vu", "status": "issued",
        "period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31),
    },
    "activities": [
        {"code": n, "title": f"Hoạt động {n}", "lead": [{"group": "cac-xa"}], "schedule": "continuous"} for n in (1, 2)
    ],
})
create_demo_accounts(plan.locality, plan.coordinating_agency)
period = plan.reporting_periods.get(year=2026, ordinal=2)
for unit in units:
    agency = plan.locality.agencies.get(slug=unit["slug"])
    update = QuarterlyUpdate.objects.create(period=period, agency=agency)
    for activity in plan.activities.all():
        facts = {"state": "in_progress", "percent": 40, "words": "Đã làm."}
        ActivityProgress.objects.create(update=update, activity=activity, **facts)
"""


@pytest.fixture(scope="module")
def server():
    server = Server()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def portal(server, tmp_path_factory):
    portal = Portal(server, tmp_path_factory.mktemp("portal"), DAY)
    portal.manage("shell", "-v0", given=WORLD.replace("UNITS", str(UNITS)))
    portal.start()
    yield portal
    portal.stop()


def update_of(server, unit):
    [[key, version]] = server.rows(
        "select u.id, u.version from activities_quarterlyupdate u join agencies_agency a on a.id = u.agency_id"
        " where a.slug = %s",
        f"xa-{unit}",
    )
    return key, version


def state_of(server, key):
    [[status]] = server.rows("select status from activities_quarterlyupdate where id = %s", key)
    return status, [move for [move] in server.rows("select move from activities_updateevent where update_id = %s", key)]


@pytest.fixture(autouse=True)
def as_new(server, portal):
    """Every update is a draft again, and nothing has happened."""
    server.rows("delete from activities_updateevent returning 1")
    server.rows(
        "update activities_quarterlyupdate set status = 'draft', submitted_at = null, first_submitted_at = null,"
        " review_began_at = null, version = 1 returning 1"
    )
    server.rows("update activities_activityprogress set words = 'Đã làm.', version = 1 returning 1")


def all_at_once(acts):
    """What each of the acts answers when all of them begin at the same moment."""
    together = Barrier(len(acts))

    def begin(act):
        together.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(begin, acts))


def test_ten_focal_points_send_at_the_same_moment(server, portal):
    people = [(Person(portal, f"tinh-thu.xa-{n}"), *update_of(server, n)) for n in range(UNITS)]

    answers = all_at_once(
        [
            lambda person=person, key=key, version=version: person.post(f"/updates/{key}/submit/", version=version)
            for person, key, version in people
        ]
    )

    assert [status for status, _page in answers] == [302] * UNITS
    assert [state_of(server, key) for _person, key, _version in people] == [("submitted", ["submit"])] * UNITS


def test_the_same_update_sent_eight_times_is_sent_once(server, portal):
    key, version = update_of(server, 0)
    windows = [Person(portal, "tinh-thu.xa-0") for _ in range(8)]

    answers = all_at_once(
        [lambda window=window: window.post(f"/updates/{key}/submit/", version=version) for window in windows]
    )

    statuses = sorted(status for status, _page in answers)
    assert statuses[0] == 302 and set(statuses[1:]) <= {302, 403, 422}, statuses
    assert state_of(server, key) == ("submitted", ["submit"])


def line_of(server, key, number):
    [[activity, version]] = server.rows(
        "select p.activity_id, p.version from activities_activityprogress p join activities_activity a"
        " on a.id = p.activity_id where p.update_id = %s and a.number = %s",
        key,
        str(number),
    )
    return activity, version


def typed(words, version):
    return {"version": version, "state": "in_progress", "percent": "50", "words": words}


def test_two_windows_on_the_same_line(server, portal):
    """One is kept; the other is told, and reads both."""
    key, _version = update_of(server, 1)
    activity, version = line_of(server, key, 1)
    windows = [Person(portal, "tinh-thu.xa-1") for _ in range(2)]
    texts = ["Cửa sổ thứ nhất viết.", "Cửa sổ thứ hai viết."]

    answers = all_at_once(
        [
            lambda window=window, text=text: window.post(
                f"/updates/{key}/activities/{activity}/", headers={"X-Autosave": "1"}, **typed(text, version)
            )
            for window, text in zip(windows, texts, strict=True)
        ]
    )

    [[kept]] = server.rows(
        "select words from activities_activityprogress where update_id = %s and activity_id = %s", key, activity
    )
    statuses = [status for status, _page in answers]
    assert sorted(statuses) == [200, 409]
    winner = statuses.index(200)
    assert kept == texts[winner]
    assert texts[1 - winner] in answers[1 - winner][1] and kept in answers[1 - winner][1]


def test_two_windows_on_different_lines(server, portal):
    """Nobody is in anybody's way."""
    key, _version = update_of(server, 2)
    windows = [Person(portal, "tinh-thu.xa-2") for _ in range(2)]
    lines = [line_of(server, key, number) for number in (1, 2)]

    answers = all_at_once(
        [
            lambda window=window, line=line: window.post(
                f"/updates/{key}/activities/{line[0]}/",
                headers={"X-Autosave": "1"},
                **typed(f"Dòng {line[0]}.", line[1]),
            )
            for window, line in zip(windows, lines, strict=True)
        ]
    )

    assert [status for status, _page in answers] == [200, 200], answers
    assert all(json.loads(page)["version"] for _status, page in answers)
    kept = server.rows("select words from activities_activityprogress where update_id = %s", key)
    assert sorted(words for [words] in kept) == sorted(f"Dòng {activity}." for activity, _version in lines)


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_the_database_goes_away_in_mid_submission(server, portal, how):
    """Held up after its first writes, the sending dies with the server and leaves nothing. Then it goes through."""
    key, version = update_of(server, 3)
    person = Person(portal, "tinh-thu.xa-3")
    holder = server.connect()
    with holder.cursor() as cursor:
        cursor.execute("lock table activities_updateevent in exclusive mode")
    with ThreadPoolExecutor(1) as crowd:
        sending = crowd.submit(person.post, f"/updates/{key}/submit/", version=version)
        until(server.someone_waits, "the sending to be held up")
        server.stop(how)
        status, page = sending.result()
    holder.close()
    server.start()

    assert status >= 500
    assert page.strip()
    assert state_of(server, key) == ("draft", [])
    assert update_of(server, 3) == (key, version)

    statuses = [person.post(f"/updates/{key}/submit/", version=version)[0] for _ in range(3)]

    assert 302 in statuses
    assert state_of(server, key) == ("submitted", ["submit"])
