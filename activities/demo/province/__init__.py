"""A whole province to measure and to try with: 170 units, 15 activities, 12 periods, made by a seed and a day.

The same seed and day make the same province, wherever. `names` calls the units, `plan` says what they are to do,
`stories` when they report, `lines` what they write; `writing` stores it all.
"""

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from accounts.demo import create_demo_accounts
from accounts.models import User
from agencies.models import Agency

from ...catalogue import load_catalogues
from ...loading import load_plan
from ...models import Activity, QuarterlyUpdate, ReportingPeriod, lock_lifted
from ...obligations import load_duties, reporting_agencies
from ...sheet import indicators_of
from ..life import TITLES
from ..quarters import chance
from .lines import Teller
from .names import UNITS
from .plan import plan_file
from .stories import tell
from .writing import Writer

HOUR = time(10, 42)
FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
GIVEN = "Thị Lan,Văn Hùng,Thị Mai,Văn Long,Thị Thu,Minh Quân,Thị Hằng,Đức Toàn,Thị Nga,Văn Phúc,Thị Yến,Quốc Khánh"


@dataclass(frozen=True)
class Made:
    """What was made of the province, or that it was there."""

    slug: str
    is_new: bool
    units: int
    activities: int
    periods: int
    updates: int


@lock_lifted()
@transaction.atomic
def generate_province(seed, day):
    """Make the province of `seed` as it stands on `day`; one that is there stays as it is."""
    load_catalogues()
    data = plan_file(seed, day)
    at = timezone.make_aware(datetime.combine(data["plan"]["issued_on"], HOUR))
    plan, created = load_plan(data, at=at)
    locality = plan.locality
    if created:
        create_demo_accounts(locality, plan.coordinating_agency)
        _introduce(seed, locality)
        _write(seed, plan, timezone.make_aware(datetime.combine(day, HOUR)))
    return Made(
        slug=locality.slug,
        is_new=created,
        units=UNITS,
        activities=plan.activities.count(),
        periods=plan.reporting_periods.count(),
        updates=QuarterlyUpdate.objects.filter(period__plan=plan).count(),
    )


def _introduce(seed, locality):
    """Names, addresses and telephones of people and heads; the first two communes have nobody to write to."""
    users = list(User.objects.filter(agency__locality=locality).order_by("username"))
    for user in users:
        user.full_name = _person(seed, user.username)
        user.email = f"{user.username.partition('.')[2]}@{locality.slug.replace('-', '')}.example"
    User.objects.bulk_update(users, ["full_name", "email"], batch_size=200)
    agencies = list(Agency.objects.filter(locality=locality).order_by("pk"))
    for place, agency in enumerate(agencies):
        agency.phone = f"0200 38{place:02d} {100 + place}"
        agency.head_name = _person(seed, "head", agency.slug)
        agency.head_title = next((title for word, title in TITLES.items() if agency.name.startswith(word)), "Giám đốc")
        agency.head_email = f"lanhdao.{agency.slug}@{locality.slug.replace('-', '')}.example"
    Agency.objects.bulk_update(agencies, ["phone", "head_name", "head_title", "head_email"], batch_size=200)


def _person(seed, *key):
    given = GIVEN.split(",")
    family = FAMILIES[int(chance("family", seed, *key) * len(FAMILIES))]
    return f"{family} {given[int(chance('given', seed, *key) * len(given))]}"


def _write(seed, plan, now):
    duties = load_duties([plan])
    periods = list(ReportingPeriod.objects.filter(plan=plan).select_related("plan").order_by("starts_on"))
    activities = list(Activity.objects.filter(plan=plan).select_related("indicator"))
    by_key = {activity.pk: activity for activity in activities}
    users = User.objects.filter(agency__locality=plan.locality).select_related("agency")
    people = {user.agency.slug: user for user in users if user.is_focal_point}
    coordinator = users.get(username=f"{plan.locality.slug}.coordinator")
    teller = Teller(seed, plan.locality.slug, by_key, indicators_of(activities))
    writer = Writer(teller, people, coordinator)
    reporting = {period: reporting_agencies(period, duties) for period in periods}
    writer.write(list(tell(seed, periods, reporting, now)))
    named = {agency.slug: agency for agency in Agency.objects.filter(locality=plan.locality)}
    parts = [
        (activity, named[slug])
        for activity in activities
        for slug in {"5": ["so-van-hoa-the-thao-va-du-lich"], "8": ["so-tu-phap"]}.get(activity.number, [])
    ]
    writer.contribute(periods[-2:], activities, parts)
    communes = [agency for agency in reporting[periods[-2]] if agency.slug.startswith("xa-")]
    writer.extend(periods[-2], sorted(communes, key=lambda agency: chance("extended", seed, agency.slug))[:2])
