"""Into rows: in bulk, and every one as `workflow.move` would have left it."""

from accounts.models import User

from ..models import ActivityProgress, Evidence, OutputCount, QuarterlyUpdate, Status, UpdateEvent
from ..snapshot import content_of
from ..workflow import TRANSITIONS
from .lines import Teller


class Writer:
    """Writes stories in bulk, leaving every row as `workflow.move` would have left it."""

    def __init__(self, plans, words):
        locality = plans[0].locality
        self.teller = Teller(plans, words)
        self.users = {
            user.username.removeprefix(f"{locality.slug}."): user
            for user in User.objects.filter(agency__locality=locality).select_related("agency")
        }
        self.coordinator = self.users["coordinator"]

    def write(self, stories):
        general = self.teller.general_words(stories)
        for story in stories:
            if story.has_nothing:
                general[story] = {"nothing_to_report": True, "nothing_reason": self.teller.words["nothing"]}
        updates = QuarterlyUpdate.objects.bulk_create(self._update(story, general.get(story, {})) for story in stories)
        told = list(zip(stories, updates, strict=True))
        rows = self._write_rows(told)
        contents = {story: [content_of(update)] for story, update in told if story.submissions}
        corrected = [(story, update) for story, update in told if len(story.submissions) > 1]
        self._correct_rows([(story, rows[story]) for story, _update in corrected])
        for story, update in corrected:
            contents[story].append(content_of(update))
        UpdateEvent.objects.bulk_create(
            event for story, update in told for event in self._events(story, update, contents.get(story, []))
        )

    def _update(self, story, general):
        sent = story.submissions
        decided = story.steps[-1] if story.steps and story.steps[-1].move != "submit" else None
        return QuarterlyUpdate(
            period=story.period,
            agency=story.agency,
            agency_name=story.agency.name if sent else "",
            status=TRANSITIONS[story.steps[-1].move].target if sent else Status.DRAFT,
            first_submitted_at=sent[0] if sent else None,
            submitted_at=sent[-1] if sent else None,
            saved_at=story.saved_at(-1),
            review_began_at=decided.at if decided else None,
            reviewer=self.coordinator if decided else None,
            version=(len(sent) or 1) + len(story.steps),
            **general,
        )

    def _write_rows(self, told):
        """The lines of the first round with their counts and evidence: {Story: [(row, Line)]}."""
        rows = {
            story: [(self._row(update, line), line) for line in self.teller.lines(story, wrong=story.was_returned)]
            for story, update in told
        }
        ActivityProgress.objects.bulk_create(row for pairs in rows.values() for row, _line in pairs)
        OutputCount.objects.bulk_create(
            OutputCount(progress=row, indicator_id=code, value=value)
            for pairs in rows.values()
            for row, line in pairs
            for code, value in line.counts.items()
        )
        self._write_evidence(
            (story, row, line, 0) for story, pairs in rows.items() for row, line in pairs if not line.reason
        )
        return rows

    def _correct_rows(self, rows):
        """The returned lines as they were sent again: right words and figures, and the evidence that was missing."""
        corrected = []
        for story, pairs in rows:
            right = {line.activity: line for line in self.teller.lines(story)}
            for row, line in pairs:
                if line.reason:
                    row.words, row.quantity_done = right[line.activity].words, right[line.activity].quantity
                    row.no_evidence_reason = self.teller.no_evidence_reason(right[line.activity])
                    corrected.append((story, row, right[line.activity], 1))
        ActivityProgress.objects.bulk_update(
            [row for _story, row, *_ in corrected], ["words", "quantity_done", "no_evidence_reason"]
        )
        self._write_evidence(corrected)

    def _write_evidence(self, lines):
        items = []
        for story, row, line, sent in lines:
            by = self.users[story.agency.slug]
            for item in self.teller.evidence(story, line, saved_at=story.saved_at(sent), by=by):
                item.progress = row
                items.append(item)
        Evidence.objects.bulk_create(items)

    def _row(self, update, line):
        return ActivityProgress(
            update=update,
            activity=line.activity,
            state=line.state,
            percent=line.percent,
            quantity_done=line.quantity,
            completed_on=line.completed_on,
            words=line.words,
            no_evidence_reason=self.teller.no_evidence_reason(line),
        )

    def _events(self, story, update, contents):
        """The story's steps as `workflow.record` writes them."""
        sent = 0
        for step in story.steps:
            submitted = step.move == "submit"
            sent += submitted
            by = self.users[story.agency.slug] if submitted else self.coordinator
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
