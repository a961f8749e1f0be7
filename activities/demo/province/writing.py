"""Stories into rows: in bulk, each as the workflow would have left it."""

from ...models import (
    ActivityProgress,
    Contribution,
    Evidence,
    Extension,
    OutputCount,
    PeriodAct,
    PeriodEvent,
    QuarterlyUpdate,
    ReviewComment,
    Status,
    UpdateEvent,
)
from ...snapshot import content_of
from ...workflow import TRANSITIONS
from ..quarters import chance, office_hour, working_day

BATCH = 500


class Writer:
    """Writes the stories of one province; `people`: {slug of the agency: its focal point}, and the `coordinator`."""

    def __init__(self, teller, people, coordinator):
        self.teller, self.people, self.coordinator = teller, people, coordinator

    def write(self, stories):
        """Returns how many updates were written."""
        updates = [self._update(story) for story in stories]
        QuarterlyUpdate.objects.bulk_create(updates, batch_size=BATCH)
        told = list(zip(stories, updates, strict=True))
        lines = {id(story): self.teller.lines(story, update) for story, update in told}
        ActivityProgress.objects.bulk_create((line for rows in lines.values() for line in rows), batch_size=BATCH)
        self._write_proof(stories, lines)
        contents = {id(story): [content_of(update)] for story, update in told if story.submissions}
        self._correct(told, lines, contents)
        events = [event for story, update in told for event in self._events(story, update, contents.get(id(story), []))]
        UpdateEvent.objects.bulk_create(events, batch_size=BATCH)
        self._remark(told)
        return len(updates)

    def _update(self, story):
        sent = story.submissions
        decided = [step for step in story.steps if step.move != "submit"]
        last = story.steps[-1].move if story.steps else ""
        return QuarterlyUpdate(
            period=story.period,
            agency=story.agency,
            agency_name=story.agency.name if sent else "",
            status=TRANSITIONS[last].target if sent else Status.DRAFT,
            first_submitted_at=sent[0] if sent else None,
            submitted_at=sent[-1] if sent else None,
            saved_at=story.saved_at,
            version=1 + len(story.steps),
            review_began_at=decided[-1].at if decided and last != "submit" else None,
            reviewer=self.coordinator if decided and last != "submit" else None,
            **self.teller.words_of(story),
        )

    def _write_proof(self, stories, lines):
        rows = [(story, line) for story in stories for line in lines[id(story)]]
        OutputCount.objects.bulk_create(
            (count for story, line in rows for count in self.teller.counts(story, line)), batch_size=BATCH
        )
        Evidence.objects.bulk_create(
            (
                item
                for story, line in rows
                for item in self.teller.evidence(story, line, self.people[story.agency.slug])
            ),
            batch_size=BATCH,
        )

    def _correct(self, told, lines, contents):
        """What was returned and sent again, with the right figures."""
        again = [(story, update) for story, update in told if len(story.submissions) > 1]
        right = [
            line
            for story, _update in again
            for row in lines[id(story)]
            if (line := self.teller.corrected(story, row)) is not None
        ]
        ActivityProgress.objects.bulk_update(right, ["quantity_done"], batch_size=BATCH)
        for story, update in again:
            contents[id(story)].append(content_of(update))

    def _events(self, story, update, contents):
        sent = 0
        for step in story.steps:
            submitted = step.move == "submit"
            sent += submitted
            by = self.people[story.agency.slug] if submitted else self.coordinator
            yield UpdateEvent(
                update=update,
                move=step.move,
                status=TRANSITIONS[step.move].target,
                round=sent,
                by=by,
                role=by.role,
                by_name=str(by),
                by_agency_name=by.agency.name,
                at=step.at,
                reason=self.teller.reason(story) if step.move == "return" else "",
                content=contents[sent - 1] if submitted else None,
            )

    def _remark(self, told):
        """A remark to the agency with each return, and an internal note with some."""
        remarks = []
        for story, update in told:
            back = next((step for step in story.steps if step.move == "return"), None)
            if back is None:
                continue
            facts = {"update": update, "by": self.coordinator, "by_name": str(self.coordinator), "at": back.at}
            first = self.teller.activities[story.activities[0]]
            remarks.append(
                ReviewComment(activity=first, text="Đề nghị kiểm tra lại số lượng trong kỳ.", round=1, **facts)
            )
            if chance("note", self.teller.seed, story.agency.slug, story.place) < 0.3:
                words = "Đơn vị thường nhập số lũy kế thay cho số trong kỳ."
                remarks.append(ReviewComment(text=words, is_internal=True, round=1, **facts))
        ReviewComment.objects.bulk_create(remarks, batch_size=BATCH)

    def contribute(self, periods, activities, cooperating):
        """What cooperating agencies added in the last two periods: `cooperating` are (Activity, Agency) pairs."""
        rows = [
            Contribution(
                period=period,
                activity=activity,
                agency=agency,
                words="Đã cung cấp tài liệu mẫu và cử báo cáo viên tham gia cùng đơn vị chủ trì.",
                quantity=1 + int(9 * chance("part", self.teller.seed, agency.slug, activity.number)),
                by=self.people[agency.slug],
                by_name=str(self.people[agency.slug]),
                agency_name=agency.name,
                saved_at=office_hour(working_day(period.starts_on, 5), chance("part at", agency.slug, activity.number)),
            )
            for period in periods
            for activity, agency in cooperating
        ]
        Contribution.objects.bulk_create(rows, batch_size=BATCH)
        return len(rows)

    def extend(self, period, agencies):
        """Extensions of a closed period for a few who had a reason."""
        at = office_hour(working_day(period.locks_on, -1), 0.3)
        facts = {
            "by": self.coordinator,
            "by_name": str(self.coordinator),
            "at": at,
            "reason": "Đơn vị thay đổi đầu mối, đề nghị gia hạn bằng công văn.",
        }
        until = working_day(period.locks_on, 4)
        for agency in agencies:
            Extension.objects.create(period=period, agency=agency, until=until, **facts)
            PeriodEvent.objects.create(
                plan=period.plan,
                period=period,
                agency=agency,
                act=PeriodAct.EXTENDED,
                about=agency.name,
                before=period.locks_on,
                after=until,
                **facts,
            )
