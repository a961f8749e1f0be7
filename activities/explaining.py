"""A request for an explanation: a table that reads like the rule, `ask()` and `move()`, and the thread as it is read.

Asked, answered, asked again as often as needed, concluded; withdrawn at any time before. Nothing in the thread changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext, override

from accounts.models import NotificationKind
from accounts.notifying import tell
from agencies.access import require
from agencies.holidays import working_days
from agencies.templatetags.look import number_vi, percent_vi

from .models import (
    Explanation,
    ExplanationEvidence,
    ExplanationMessage,
    ExplanationStatus,
    MessageKind,
)
from .permissions import can_answer_explanation, can_ask_explanation, can_conclude_explanation, can_withdraw_explanation
from .progress import State
from .workmates import coordinators_of, people_of

USUAL_WORKING_DAYS = 3
LONGEST_HOLIDAYS = timedelta(days=21)  # Tết with what stands around it
OPEN = (ExplanationStatus.ASKED, ExplanationStatus.ANSWERED)


class Transition(NamedTuple):
    """One step: where it leads, what kind of word it adds, who may take it, whether it sets a day for the answer."""

    target: ExplanationStatus
    kind: MessageKind
    allowed: Callable  # (user, explanation) -> bool; knows the role and the status
    needs_day: bool = False


TRANSITIONS = {
    "answer": Transition(ExplanationStatus.ANSWERED, MessageKind.ANSWER, can_answer_explanation),
    "ask_again": Transition(ExplanationStatus.ASKED, MessageKind.ASK_AGAIN, can_conclude_explanation, needs_day=True),
    "conclude": Transition(ExplanationStatus.CONCLUDED, MessageKind.CONCLUDE, can_conclude_explanation),
    "withdraw": Transition(ExplanationStatus.WITHDRAWN, MessageKind.WITHDRAW, can_withdraw_explanation),
}
NOT_NOW = gettext_lazy("This step is not open to you, or the request has already moved on.")
CHANGED = gettext_lazy("Somebody answered or decided while you were writing. Read it above, then send yours again.")
MUST_SAY = {
    "answer": gettext_lazy("Write the explanation."),
    "ask_again": gettext_lazy("Write what is still to be explained."),
    "conclude": gettext_lazy("Write the conclusion: the agency reads these words."),
    "withdraw": gettext_lazy("Say why the request is withdrawn: the agency reads these words."),
}


def open_moves(user, explanation):
    """Names of the steps this person may take now."""
    return [name for name, step in TRANSITIONS.items() if step.allowed(user, explanation)]


@transaction.atomic
def ask(activity, agency, *, by, at, subject, text, answer_by, period=None, standing=None):
    """Ask `agency` to explain `activity`; returns the request.

    Args:
        by, at: who asks, and when (aware datetime).
        standing: how the activity stands at that moment, which is kept with the request.

    Raises:
        PermissionDenied: the plan's explanations are not this person's to ask for.
        ValidationError: the agency is already being asked about it, or the day is none to answer by.
    """
    require(can_ask_explanation(by, activity.plan), NOT_NOW)
    day = timezone.localtime(at).date()
    check_day(answer_by, activity.plan.locality, day)
    explanation = Explanation(
        plan=activity.plan,
        activity=activity,
        agency=agency,
        period=period,
        subject=subject,
        state_then=standing.state.value if standing else "",
        facts_then=facts_of(standing) if standing else "",
        answer_by=answer_by,
        asked_by=by,
        asked_at=at,
    )
    explanation.validate_constraints()
    explanation.save()
    message = _say(explanation, MessageKind.ASK, by=by, at=at, text=text, answer_by=answer_by)
    _tell_the_agency(explanation, message)
    return explanation


@transaction.atomic
def move(explanation, name, *, by, at, text, version=None, answer_by=None, evidence=None):
    """Take the request one step and add the word that belongs to it; returns the request as stored.

    Args:
        name: a key of TRANSITIONS.
        version: the version the person looked at, when they looked at one.
        answer_by: with "ask_again", the day by which the agency should answer.
        evidence: with "answer", an AttachmentForm that has been checked.

    Raises:
        PermissionDenied: the step is not this person's, or not now.
        ValidationError: nothing was written, the day is none to answer by, or the request changed meanwhile.
    """
    rows = Explanation.objects.select_for_update(of=("self",)).select_related("plan__locality", "agency", "asked_by")
    explanation = rows.get(pk=explanation.pk)
    step = TRANSITIONS[name]
    require(step.allowed(by, explanation), NOT_NOW)
    if version is not None and version != explanation.version:
        raise ValidationError(CHANGED)
    text = text.strip()
    if not text:
        raise ValidationError({"text": MUST_SAY[name]})
    if step.needs_day:
        check_day(answer_by, explanation.plan.locality, timezone.localtime(at).date())
        explanation.answer_by = answer_by
    explanation.status = step.target
    if name == "answer":
        explanation.answered_at = at
    if step.target not in OPEN:
        explanation.closed_at = at
    explanation.version += 1
    explanation.save()
    day = answer_by if step.needs_day else None
    message = _say(explanation, step.kind, by=by, at=at, text=text, answer_by=day)
    if evidence is not None:
        evidence.attach(ExplanationEvidence, {"message": message}, by=by, at=at)
    TOLD[name](explanation, message)
    return explanation


def _say(explanation, kind, *, by, at, text, answer_by):
    return ExplanationMessage.objects.create(
        explanation=explanation,
        kind=kind,
        text=text,
        answer_by=answer_by,
        by=by,
        by_name=str(by),
        by_agency_name=by.agency.name if by.agency_id else "",
        at=at,
    )


def check_day(answer_by, locality, today):
    """Raises ValidationError where `answer_by` is no working day after `today`."""
    if answer_by is None or answer_by <= today:
        raise ValidationError({"answer_by": _("Name a day after today by which the agency should answer.")})
    days = working_days(locality, {answer_by.year})
    if not days.is_worked(answer_by):
        near = days.on_or_after(answer_by)
        raise ValidationError(
            {
                "answer_by": _("%(day)s is not a working day; the next one is %(next)s.")
                % {"day": f"{answer_by:%d/%m/%Y}", "next": f"{near:%d/%m/%Y}"}
            }
        )


def usual_day(locality, today):
    """The day offered for the answer: some working days ahead."""
    days = working_days(locality, {today.year, (today + LONGEST_HOLIDAYS).year})
    for _n in range(USUAL_WORKING_DAYS):
        today = days.next_after(today)
    return today


# Who is told


def _tell_the_agency(explanation, message):
    tell(
        people_of([explanation.agency_id]),
        NotificationKind.ASKED,
        key=f"asked:{message.pk}",
        url=explanation.get_absolute_url(),
        at=message.at,
        subject=explanation.subject,
        answer_by=f"{explanation.answer_by:%d/%m/%Y}",
        by=message.by_name,
    )


def _tell_the_askers(explanation, message):
    """Whoever asked last or first, and the plan's coordinators."""
    askers = {each.by for each in explanation.messages.exclude(kind=MessageKind.ANSWER).select_related("by")}
    _tell_news({explanation.asked_by, *askers, *coordinators_of(explanation.plan)} - {message.by}, explanation, message)


def _tell_the_agency_the_end(explanation, message):
    _tell_news(people_of([explanation.agency_id]), explanation, message)


def _tell_news(people, explanation, message):
    tell(
        [each for each in people if each.is_active],
        NotificationKind.ANSWERED,
        key=f"answered:{message.pk}",
        url=explanation.get_absolute_url(),
        at=message.at,
        subject=explanation.subject,
        agency=explanation.agency.name,
        act=explanation.status,
    )


TOLD = {
    "answer": _tell_the_askers,
    "ask_again": _tell_the_agency,
    "conclude": _tell_the_agency_the_end,
    "withdraw": _tell_the_agency_the_end,
}


# How the activity stood


def facts_of(standing):
    """The figures of an activity as they are shown today, in the language of documents."""
    with override("vi"):
        return "; ".join(_facts(standing))[:300]


def _facts(standing):
    activity = standing.activity
    if activity.target_quantity:
        done = f"{number_vi(standing.quantity_done)}/{number_vi(activity.target_quantity)} {activity.target_unit}"
        share = f" ({percent_vi(standing.target_percent)})" if standing.target_percent is not None else ""
        yield f"{done.strip()}{share}"
    elif standing.percent is not None:
        yield percent_vi(standing.percent, 0)
    if activity.deadline:
        yield _("deadline %(day)s") % {"day": f"{activity.deadline:%d/%m/%Y}"}
    if standing.state == State.OVERDUE:
        n = standing.days_late
        yield ngettext("%(n)s day overdue", "%(n)s days overdue", n) % {"n": number_vi(n)}


# The thread as it is read


@dataclass(frozen=True)
class Word:
    """One word of the thread: which answer it is (`round`, from 1), and whether an answer came after its day."""

    message: ExplanationMessage
    evidence: tuple[ExplanationEvidence, ...]
    round: int = 0
    due_on: date | None = None

    @property
    def is_answer(self):
        return self.message.kind == MessageKind.ANSWER

    @property
    def days_late(self):
        """Days after the day it was asked for; 0 where it was in time."""
        if not self.is_answer or self.due_on is None:
            return 0
        return max(0, (timezone.localtime(self.message.at).date() - self.due_on).days)


@dataclass(frozen=True)
class Thread:
    """A request with every word of it in order."""

    explanation: Explanation
    words: tuple[Word, ...]

    @property
    def answers(self):
        return [word for word in self.words if word.is_answer]

    @property
    def last(self):
        return self.words[-1] if self.words else None

    @property
    def evidence(self):
        return [item for word in self.words for item in word.evidence]

    @property
    def is_open(self):
        return self.explanation.status in OPEN


def read_thread(explanation):
    """The thread of `explanation`. Two queries."""
    kept = Prefetch("evidence", queryset=ExplanationEvidence.objects.filter(removed_at__isnull=True))
    words, answers, due_on = [], 0, None
    for message in explanation.messages.prefetch_related(kept):
        is_answer = message.kind == MessageKind.ANSWER
        answers += is_answer
        words.append(Word(message, tuple(message.evidence.all()), answers if is_answer else 0, due_on))
        due_on = message.answer_by or due_on
    return Thread(explanation, tuple(words))


def days_overdue(explanation, today):
    """Days since the answer was due, while it is waited for; else 0."""
    if explanation.status != ExplanationStatus.ASKED:
        return 0
    return max(0, (today - explanation.answer_by).days)
