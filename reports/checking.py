"""The check before a report is issued: what has to be mended, what a person has to stand by, what is in order.

Each finding is said as what was found, not as a rule. One that can be right all the same is confirmed by a sentence the
person signs for; when the figures in it change the confirmation falls, for it was of other words.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db import transaction
from django.db.models import CharField, Count, Q, Sum, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext, override

from activities.jumps import SMALL_STEP
from activities.models import (
    ActivityProgress,
    OutputCount,
    ProgressState,
    QuarterlyUpdate,
    ReportingPeriod,
    Status,
    UpdateEvent,
)
from activities.progress import State
from activities.submissions import Punctuality
from agencies.successions import Successors

from .models import Confirmation, FileKind, Report, ReportKind, ReportStatus, SealedFile
from .quarterly import building
from .quarterly.gathering import Gathered, earlier_figures
from .quarterly.markup import typed_numbers, unknown_keys
from .quarterly.report import QuarterlyReport
from .quarterly.values import of_figures
from .wording import number_vn, some
from .workflow import locked
from .workspace import within

MUST_FIX, TO_CONFIRM, PASSED = "must_fix", "to_confirm", "passed"
RISE, FALL = 1.5, 0.5  # against the last period: more than half as much again, less than half
LANGUAGE = "vi"  # in which the words of a confirmation are kept, whatever language it was read in


@dataclass(frozen=True)
class Finding:
    """What was found. `ask`: the sentence to stand by; `words`: what is kept when somebody does."""

    rule: str
    severity: str
    title: str
    subject: str = ""
    detail: str = ""
    ask: str = ""
    links: tuple[tuple[str, str], ...] = ()
    words: str = ""
    confirmation: Confirmation | None = None

    @property
    def key(self):
        return self.rule, self.subject

    @property
    def is_open(self):
        """It stands in the way of issuing."""
        return self.severity == MUST_FIX or (self.severity == TO_CONFIRM and self.confirmation is None)


@dataclass(frozen=True)
class Check:
    """What was found, worst first; `findings` are all of them."""

    findings: tuple[Finding, ...]

    @property
    def must_fix(self):
        return [each for each in self.findings if each.severity == MUST_FIX]

    @property
    def to_confirm(self):
        """Confirmed ones among them: see `confirmation`."""
        return [each for each in self.findings if each.severity == TO_CONFIRM]

    @property
    def passed(self):
        return [each for each in self.findings if each.severity == PASSED]

    @property
    def is_ready(self):
        """Nothing stands in the way of issuing."""
        return not any(each.is_open for each in self.findings)


class AsItIs(NamedTuple):
    """A period that no report was issued on, as far as another one is compared with it."""

    period_label: str
    year: int
    ends_on: date
    figures: tuple


@dataclass(frozen=True)
class Reading:
    """A report with what it is checked against."""

    report: Report
    built: QuarterlyReport
    gathered: Gathered
    parts: tuple
    before: QuarterlyReport | AsItIs | None  # the last period, as it was issued where it was
    number_before: str  # under which it was issued; empty: it was not

    @cached_property
    def values(self):
        return dict(self.built.values)

    @cached_property
    def follows(self):
        """The last period ends the day before this one begins, in the same reporting year."""
        before = self.before
        return (
            before is not None
            and before.year == self.built.year
            and before.ends_on + timedelta(days=1) == self.built.starts_on
        )

    @property
    def _activities(self):
        """Those of annex II as they were in force."""
        return [row.activity for row in self.gathered.rows]

    @cached_property
    def indicators(self):
        """{activity: the indicator it counts in}"""
        return {each.pk: each.indicator_id for each in self._activities if each.indicator_id}

    @cached_property
    def plans(self):
        return {each.plan_id for each in self._activities}

    @cached_property
    def agencies(self):
        """Whose own report it is, and whom it carries on for; None: it is of all agencies."""
        if self.report.kind != ReportKind.AGENCY:
            return None
        return Successors.of(self.report.locality_id).with_predecessors(self.report.agency_id)

    @cached_property
    def recounted(self):
        """{(what, key): n} as the database counts it: outputs by indicator, lines by activity, approved updates and
        those approved after leadership had approved the report. One query.
        """
        counts = OutputCount.objects.filter(_told(self, "progress__update__"), value__isnull=False)
        lines = ActivityProgress.objects.filter(_told(self, "update__"), activity__in=list(self.indicators))
        lines = lines.exclude(state="").exclude(state=ProgressState.DONE, completed_on__isnull=True)
        listed = {line.agency_id for line in self.built.submissions}
        approved = QuarterlyUpdate.objects.filter(within(self.report), status=Status.APPROVED)
        approved = approved.filter(period__plan__in=self.plans, agency__in=listed)
        approval = max((each.at for each in self.report.events.all() if each.step == "approve"), default=None)
        since = UpdateEvent.objects.filter(within(self.report, "update__"), move="approve")
        since = since.filter(update__status=Status.APPROVED, at__gt=approval) if approval else since.none()
        first, *others = (
            _sums("outputs", counts, "indicator", Sum("value")),
            _sums("lines", lines.filter(quantity_done__isnull=False), "activity", Sum("quantity_done")),
            _sums("approved", approved, "status", Count("pk")),
            _sums("since", since, "move", Count("update", distinct=True)),
        )
        return {(what, key): n for what, key, n in first.union(*others, all=True)}

    @property
    def approved_since(self):
        """How many updates were approved after leadership had approved the report."""
        return self.recounted.get(("since", "approve"), 0) if self.report.status == ReportStatus.APPROVED else 0


def _sums(what, rows, key, total):
    """(`what`, key, `total`) of the rows of each key; rows of other tables go into the same query."""
    kept = Cast(key, CharField(max_length=40))
    summed = rows.order_by().values(key).annotate(what=Value(what, CharField(max_length=40)), kept=kept, n=total)
    return summed.values_list("what", "kept", "n")


def check_report(report, made):
    """Read a report (Report row) with what was made of it (`building.Made`), as it would be issued: a Check."""
    reading = _reading(report, made)
    with override(LANGUAGE):
        words = {found.key: _words(found) for found in _read(reading)}
    kept = {(each.rule, each.subject): each for each in report.confirmations.all()}
    found = [_signed(finding, words[finding.key], kept.get(finding.key)) for finding in _read(reading)]
    return Check(tuple(sorted(found, key=lambda each: (MUST_FIX, TO_CONFIRM, PASSED).index(each.severity))))


def _signed(finding, words, confirmation):
    holds = confirmation is not None and confirmation.words == words
    return replace(finding, words=words, confirmation=confirmation if holds else None)


def _words(finding):
    return ". ".join(filter(None, (finding.title, finding.detail, finding.ask)))


@transaction.atomic
def confirm(report, made, *, rule, subject, words, is_confirmed, by, at):
    """Stand by a finding, or take that back; False where the check does not find these words (any more)."""
    report = locked(report)
    found = check_report(report, made).to_confirm
    finding = next((each for each in found if each.key == (rule, subject)), None)
    if finding is None or finding.words != words:
        return False
    if not is_confirmed:
        report.confirmations.filter(rule=rule, subject=subject).delete()
    elif finding.confirmation is None:
        facts = {"words": words, "by": by, "by_name": str(by), "at": at}
        Confirmation.objects.update_or_create(report=report, rule=rule, subject=subject, defaults=facts)
    return True


# What it is read against


def _reading(report, made):
    before, number = _last_period(report, made.gathered)
    return Reading(report, made.built, made.gathered, tuple(report.parts.all()), before, number)


def _last_period(report, gathered):
    """(the report of the span before as it was issued, its number); of a plan's period that has none, as it is now."""
    same = {name: getattr(report, f"{name}_id") for name in ("plan", "locality")}
    same |= {"kind": report.kind, "span": report.span, "ends_on__lt": report.starts_on, "status": ReportStatus.ISSUED}
    if report.kind == ReportKind.AGENCY:
        same["agency"] = report.agency_id
    kept = SealedFile.objects.filter(**{f"report__{name}": value for name, value in same.items()}, kind=FileKind.DATA)
    kept = kept.select_related("report").order_by("-report__ends_on", "-report__ordinal").first()
    issued, period = kept and kept.report, None
    if report.kind == ReportKind.PLAN and report.period_id:
        earlier = ReportingPeriod.objects.filter(plan=report.plan_id, kind=report.span, ends_on__lt=report.starts_on)
        period = earlier.order_by("-ends_on").first()
    if issued and (period is None or issued.ends_on >= period.ends_on) and (sealed := building.read_sealed(kept)):
        return sealed, issued.document_number
    if period is None:
        return None, ""
    return AsItIs(period.label, period.year, period.ends_on, earlier_figures(gathered, period)), ""


# The rules


class Rule(NamedTuple):
    """`find(reading)` gives (findings, how many things were looked at)."""

    name: str
    label: str
    find: Callable


def _read(reading):
    """What every rule finds; one that finds nothing is in order, with the number of what it looked at."""
    found = []
    for rule in RULES:
        findings, looked_at = rule.find(reading)
        found += findings
        if not findings and looked_at:
            seen = {"n": number_vn(looked_at)}
            found.append(Finding(rule.name, PASSED, str(rule.label), detail=_("%(n)s of %(n)s") % seen))
    return found


def _titles(reading):
    return {part.code: part.title for part in reading.built.parts}


def _named(reading, part):
    return {"code": part.code, "title": _titles(reading).get(part.code, "")}


def _write(reading, part):
    return (
        (_("Write part %(code)s") % {"code": part.code}, reverse("reports:part", args=[reading.report.pk, part.code])),
    )


def empty_parts(reading):
    found = [
        Finding(
            "empty_part",
            MUST_FIX,
            _("Part %(code)s is still empty") % _named(reading, part),
            subject=part.code,
            detail=_titles(reading).get(part.code, ""),
            links=_write(reading, part),
        )
        for part in reading.parts
        if not part.body.strip()
    ]
    return found, len(reading.parts)


def unknown_figures(reading):
    found = []
    for part in reading.parts:
        if part.edited_at and (unknown := unknown_keys(part.body, reading.values)):
            title = _("Part %(code)s names a figure the report does not have: %(keys)s")
            keys = ", ".join(f"[[{key}]]" for key in unknown)
            found.append(
                Finding(
                    "unknown_figure",
                    MUST_FIX,
                    title % {"code": part.code, "keys": keys},
                    subject=part.code,
                    links=_write(reading, part),
                )
            )
    return found, sum(1 for part in reading.parts if part.edited_at)


def numbers_by_hand(reading):
    found = []
    for part in reading.parts:
        if part.edited_at and (typed := typed_numbers(part.body, part.drafted)):
            title = _("Part %(code)s has numbers typed by hand: %(numbers)s")
            found.append(
                Finding(
                    "typed_number",
                    TO_CONFIRM,
                    title % {"code": part.code, "numbers": some(list(typed), limit=8)},
                    subject=part.code,
                    detail=_("They do not follow the updates."),
                    ask=_("These numbers are right and are no figures of the report"),
                    links=_write(reading, part),
                )
            )
    return found, sum(1 for part in reading.parts if part.edited_at)


def unapproved(reading):
    """Agencies whose update is not in the figures; annex III names each of them."""
    lines = reading.built.submissions
    missing = [line for line in lines if line.status != Status.APPROVED]
    if not missing:
        return [], len(lines)
    about = {"n": number_vn(len(missing)), "all": number_vn(len(lines))}
    agencies = len({line.agency for line in missing})
    return [
        Finding(
            "unapproved",
            TO_CONFIRM,
            _("%(n)s of %(all)s updates expected are not approved, so their figures are not in the report") % about,
            detail=_how_unapproved(missing),
            ask=ngettext(
                "Issue it all the same: annex III names the agency",
                "Issue it all the same: annex III names all %(n)s agencies",
                agencies,
            )
            % {"n": number_vn(agencies)},
            links=_to_submissions(reading),
        )
    ], len(lines)


def _how_unapproved(missing):
    said = (
        (("", Status.DRAFT), _("%(n)s have not sent yet")),
        ((Status.SUBMITTED,), _("%(n)s wait for the review")),
        ((Status.RETURNED,), _("%(n)s returned")),
    )
    counted = [(sum(line.status in statuses for line in missing), words) for statuses, words in said]
    return ", ".join(words % {"n": number_vn(n)} for n, words in counted if n)


def _to_submissions(reading):
    if not reading.report.period_id or reading.report.kind != ReportKind.PLAN:
        return ()
    return ((_("Submissions"), f"{reverse('activities:updates')}?period={reading.report.period_id}"),)


def jumps(reading):
    """Figures that fell or rose far against the last period."""
    if reading.before is None:
        return [], 0
    before = {figure.code: figure for figure in reading.before.figures}
    after = {figure.code: figure for figure in reading.built.figures}
    found, compared = [], 0
    for code, figure in {**before, **after}.items():  # one that is gone has fallen
        was, now = _pair(figure, before.get(code), after.get(code))
        if was is None:
            continue
        compared += 1
        if words := _change(was, now):
            found.append(_jumped(reading, figure, words % _as_said(figure), was, now))
    return found, compared


def _pair(figure, before, after):
    """What is compared: of a flow what was counted in the period, of a stock how many there are; None for neither."""
    name = "cumulative" if figure.is_stock else "in_period"
    return getattr(before, name, None), getattr(after, name, None)


def _change(was, now):
    if abs((now or 0) - was) < SMALL_STEP:
        return ""
    if not now:
        return _("%(name)s fell to 0")
    if now < FALL * was:
        return _("%(name)s fell far")
    return _("%(name)s rose far") if was and now > RISE * was else ""


def _as_said(figure):
    return {"name": f"{figure.label} ({figure.unit_label})" if figure.unit_label else figure.label}


def _jumped(reading, figure, title, was, now):
    about = {"was": number_vn(was), "now": number_vn(now or 0), "period": reading.before.period_label}
    return Finding(
        "jump",
        TO_CONFIRM,
        title,
        subject=figure.code,
        detail=_("%(now)s now; %(period)s: %(was)s") % about,
        ask=_("The number is right"),
    )


def sums(reading):
    """Totals that do not add up: in the report, against the updates, or with what was issued for the last period."""
    checked = [*_own_sums(reading.built), *_counted_anew(reading), *_printed(reading)]
    found = [
        Finding(
            "sum",
            MUST_FIX,
            _("A total does not add up: %(what)s") % {"what": what},
            subject=subject,
            detail=_("%(stated)s is stated, its parts make %(sum)s")
            % {"stated": number_vn(stated) if isinstance(stated, int) else stated, "sum": made},
        )
        for subject, what, stated, made in checked
        if stated != made
    ]
    beside = [*_following(reading), _approved_anew(reading)]
    return [*found, *filter(None, beside)], len(checked) + len(beside)


def _own_sums(built):
    """[(subject, what, stated, what its parts make)]"""
    counted = {state: n for state, _words, n in built.state_counts}
    standing = sum(n for state, n in counted.items() if state != State.CANCELLED)
    on_time = sum(line.punctuality == Punctuality.ON_TIME for line in built.submissions)
    late = sum(line.punctuality == Punctuality.LATE for line in built.submissions)
    return [
        ("activities", _("activities by state"), built.activity_count, standing),
        ("annex-II", _("rows of annex II"), len(built.activities), sum(counted.values())),
        ("annex-III", _("rows of annex III"), len(built.submissions), built.expected),
        ("sent", _("updates sent"), built.sent, built.on_time + built.late),
        ("on-time", _("updates sent on time"), built.on_time, on_time),
        ("late", _("updates sent late"), built.late, late),
    ]


def _counted_anew(reading):
    """Annex I of each flow against annex II, and against the updates as the database sums them."""
    flows = [figure for figure in reading.built.figures if not figure.is_stock]
    if not flows:
        return []
    beside, reported, listed = Counter(), Counter(), Counter()
    for (what, key), n in reading.recounted.items():
        if what == "outputs":
            beside[key] += n
        elif what == "lines":
            reported[reading.indicators[int(key)]] += n
    for line in reading.built.activities:
        listed[reading.indicators.get(line.activity_id)] += line.quantity_in_period or 0
    return [
        (f"{figure.code}.{kind}", what % _as_said(figure), figure.in_period or 0, beside[figure.code] + of[figure.code])
        for figure in flows
        for kind, what, of in (
            ("updates", _("%(name)s, annex I and the updates"), reported),
            ("annex-II", _("%(name)s, annexes I and II"), listed),
        )
    ]


def _told(reading, path):
    """The condition that an update (behind `path`) counts in the report."""
    facts = {
        "period__plan__in": reading.plans,
        "period__year": reading.built.year,
        "period__ends_on__gte": reading.report.starts_on,
        "period__ends_on__lte": reading.report.ends_on,
        "status": Status.APPROVED,
        "nothing_to_report": False,
    }
    if reading.agencies is not None:
        facts["agency__in"] = reading.agencies
    return Q(**{f"{path}{name}": value for name, value in facts.items()})


def _approved_anew(reading):
    """More of the updates that annex III's agencies sent are approved than it says; None where it says all of them."""
    lines = reading.built.submissions
    stated = sum(line.status == Status.APPROVED for line in lines)
    n = reading.recounted.get(("approved", Status.APPROVED.value), 0) if reading.plans else stated
    if n <= stated:
        return None
    return Finding(
        "approved",
        TO_CONFIRM,
        _("Annex III says fewer updates are approved than are"),
        detail=_("%(n)s updates of its agencies are approved, annex III says %(stated)s")
        % {"n": number_vn(n), "stated": number_vn(stated)},
        ask=_("The others were not due from those agencies; annex III is right"),
        links=_to_submissions(reading),
    )


def _printed(reading):
    """Every figure of annex I as the narrative prints it."""
    return [
        (key, key, reading.values.get(key, ""), printed) for key, printed in of_figures(reading.built.figures).items()
    ]


def _following(reading):
    """Of each flow: what was issued up to the last period and this period make the cumulative; None where they do."""
    if not reading.follows:
        return []
    before = {figure.code: figure.cumulative for figure in reading.before.figures}
    flows = [each for each in reading.built.figures if not each.is_stock and before.get(each.code) is not None]
    return [_does_not_follow(reading, figure, before[figure.code]) for figure in flows]


def _does_not_follow(reading, figure, was):
    made = was + (figure.in_period or 0)
    if made == figure.cumulative:
        return None
    about = {
        "was": number_vn(was),
        "now": number_vn(figure.in_period or 0),
        "sum": number_vn(made),
        "stated": number_vn(figure.cumulative),
        "report": reading.number_before or reading.before.period_label,
    }
    return Finding(
        "following",
        TO_CONFIRM,
        _("%(name)s does not follow from the last report") % _as_said(figure),
        subject=figure.code,
        detail=_("%(report)s said %(was)s, with %(now)s now that makes %(sum)s; this report says %(stated)s") % about,
        ask=_("Earlier updates were corrected since; the cumulative of this report is right"),
    )


def since_approval(reading):
    if not (n := reading.approved_since):
        return [], int(reading.report.status == ReportStatus.APPROVED)
    said = ngettext(
        "%(n)s update was approved after leadership had approved the report",
        "%(n)s updates were approved after leadership had approved the report",
        n,
    )
    return [
        Finding(
            "since_approval",
            TO_CONFIRM,
            said % {"n": number_vn(n)},
            detail=_("Figures may be others than those that leadership has read."),
            ask=_("Leadership knows; the report may be issued with these figures"),
        )
    ], 1


RULES = (
    Rule("empty_part", gettext_lazy("Every part says something"), empty_parts),
    Rule("unknown_figure", gettext_lazy("Parts name only figures that are there"), unknown_figures),
    Rule("unapproved", gettext_lazy("All updates are approved"), unapproved),
    Rule("jump", gettext_lazy("No figure fell or rose far against the last period"), jumps),
    Rule("sum", gettext_lazy("Totals add up"), sums),
    Rule("typed_number", gettext_lazy("No number is typed by hand"), numbers_by_hand),
    Rule("since_approval", gettext_lazy("Nothing was approved since leadership decided"), since_approval),
)
