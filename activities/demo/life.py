"""What else happened around the updates of the newest quarter that is over: questions, help, remarks, more time.

Everything is said and done as the portal's own pages do it, at the hour it would have been; nothing lies after now.
Words are in data/demo_life.yaml.
"""

from pathlib import Path

import yaml

from accounts.models import Role, User
from agencies.models import Agency
from agencies.vietnamese import nfc

from ..contributions import keep_part
from ..explaining import ask, move
from ..extending import extend
from ..models import Activity, QuarterlyUpdate, ReviewComment
from ..obligations import load_duties
from ..progress import standings
from .letters import remind_as_then
from .quarters import chance, office_hour, working_day

LIFE = Path(__file__).resolve().parent.parent / "data" / "demo_life.yaml"

# How the name of an agency begins, and what its head is called; the others have a director.
TITLES = {
    "UBND": "Chủ tịch",
    "Ủy ban": "Chủ tịch",
    "Hội": "Chủ tịch",
    "Liên đoàn": "Chủ tịch",
    "Ban": "Trưởng ban",
    "Văn phòng": "Chánh Văn phòng",
    "Thanh tra": "Chánh Thanh tra",
    "Báo": "Tổng Biên tập",
    "Tạp chí": "Tổng Biên tập",
    "Tỉnh Đoàn": "Bí thư",
    "Chi cục": "Chi cục trưởng",
}


def read_life():
    return yaml.safe_load(nfc(LIFE.read_text(encoding="utf-8")))


def introduce(locality):
    """Telephones and heads for the province's agencies that have none yet."""
    names = read_life()["heads"]
    agencies = list(Agency.objects.filter(locality=locality, head_name="").order_by("pk"))
    for place, agency in enumerate(agencies):
        agency.head_name = names[int(chance("head", agency.slug) * len(names))]
        agency.head_title = next((title for word, title in TITLES.items() if agency.name.startswith(word)), "Giám đốc")
        agency.head_email = f"lanhdao.{agency.slug}@minh-hoa.example"
        agency.phone = agency.phone or f"0200 38{place % 90 + 10} {200 + place}"
    Agency.objects.bulk_update(agencies, ["head_name", "head_title", "head_email", "phone"])


def live_on(plan, periods, now):
    """What happened after the newest of `periods` that is over on the day of `now` (aware datetime)."""
    over = [period for period in periods if period.plan_id == plan.pk and period.agency_due_on < now.date()]
    if not over:
        return
    words, people = read_life(), _people(plan.locality)
    newest = max(over, key=lambda period: period.ends_on)
    _help(newest, words["parts"], people, now)
    _remark(newest, words["remarks"], people, now)
    _question(plan, newest, words["question"], people, now)
    remind_as_then(newest, now)
    locked = [period for period in over if period.locks_on <= now.date()]
    if locked:
        _give_more_time(max(locked, key=lambda period: period.ends_on), words["extension"], people)


def _people(locality):
    users = User.objects.filter(agency__locality=locality).select_related("agency__locality")
    return {user.username.removeprefix(f"{locality.slug}."): user for user in users}


def _help(period, parts, people, now):
    """Parts of cooperating agencies, some days before the cut-off."""
    duties = load_duties([period.plan_id])
    for part in parts:
        at = office_hour(working_day(period.ends_on, -part["days_before"]), 0.4)
        activity = Activity.objects.filter(plan=period.plan, number=part["activity"]).first()
        if activity and at <= now:
            by, leads = people[part["agency"]], duties.leads_on(activity, period.ends_on)
            said = {"words": part["words"], "quantity": part["number"], "version": 0}
            keep_part(period, activity, by.agency, leads=leads, by=by, at=at, **said)


def _remark(period, remarks, people, now):
    """What the reviewer wrote beside the lines of updates that were returned."""
    coordinator = people["coordinator"]
    rows = []
    for update in QuarterlyUpdate.objects.filter(period=period, events__move="return").distinct().order_by("pk"):
        back = update.events.filter(move="return").order_by("at").first()
        line = update.progress_rows.order_by("activity__position").first()
        if back.at > now or line is None:
            continue
        facts = {"update": update, "by": coordinator, "by_name": str(coordinator), "at": back.at, "round": back.round}
        rows.append(ReviewComment(activity=line.activity, text=remarks["to_agency"], **facts))
        if chance("internal", update.agency.slug) < 0.5:
            rows.append(ReviewComment(text=remarks["internal"], is_internal=True, **facts))
    ReviewComment.objects.bulk_create(rows)


def _question(plan, period, words, people, now):
    """The leader asks about the activity that is furthest behind; the agency has answered and was asked again."""
    activity = plan.activities.filter(number=words["activity"]).first()
    if not activity or not activity.deadline or activity.deadline >= now.date():
        return
    leader, answering = people["leader"], people[words["agency"]]
    day, thread = activity.deadline, None
    for step in words["steps"]:
        day = working_day(day, step["after"])
        at = office_hour(day, step["hour"])
        if at > now:
            return
        until = working_day(day, step["days"]) if "days" in step else None
        text = step["text"].format(day=f"{working_day(day, 20):%d/%m/%Y}")
        if thread is None:
            rows = Activity.objects.filter(pk=activity.pk)
            [standing] = standings(rows, load_duties([plan]), today=day)
            facts = {"subject": words["subject"], "period": period, "standing": standing}
            thread = ask(activity, answering.agency, by=leader, at=at, text=text, answer_by=until, **facts)
        else:
            by = answering if step["move"] == "answer" else leader
            thread = move(thread, step["move"], by=by, at=at, text=text, answer_by=until)


def _give_more_time(period, words, people):
    """More time for one agency whose focal point had changed, asked for on the last day."""
    by = people["coordinator"]
    if by.role != Role.COORDINATOR:
        return
    agency = people[words["agency"]].agency
    at = office_hour(working_day(period.locks_on, -1), 0.5)
    extend(period, agency, until=working_day(period.locks_on, 4), reason=words["reason"], by=by, at=at)
