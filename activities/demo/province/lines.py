"""What a unit writes about an activity in a period: state, figures, words and proof."""

import hashlib
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from ...models import ActivityProgress, Evidence, EvidenceKind, OutputCount, ProgressState
from ..pictures import draw_page, draw_photo
from ..quarters import chance, pick
from .plan import PERIODS, TASKS

LINKS, SHARED_LINKS, FILES, COUNTED, NOT_APPLICABLE = 0.55, 0.01, 0.04, 0.7, 0.08
WORDS = (
    "Trong kỳ, {agency} đã thực hiện {quantity} {unit}; nội dung tập trung vào nộp hồ sơ và thanh toán trực tuyến.",
    "Từ {start} đến {end} thực hiện {quantity} {unit}, chủ yếu giới thiệu thủ tục mới công bố và cách tra cứu hồ sơ.",
    "Đã hoàn thành {quantity} {unit} theo kế hoạch; người dân, doanh nghiệp phản hồi tích cực, đề nghị duy trì.",
    "Phối hợp với các đoàn thể thực hiện {quantity} {unit}; lồng ghép tuyên truyền chuyển đổi số, dịch vụ công.",
)
NOT_YET = "Chưa đến thời gian thực hiện theo kế hoạch."
ISSUED = "Đã ban hành văn bản hướng dẫn gửi các cơ quan, đơn vị; trong kỳ không ban hành thêm."
NOTHING = (
    "Trong kỳ đơn vị tập trung sắp xếp trụ sở sau sáp nhập, chưa tổ chức hoạt động tuyên truyền.",
    "Trong kỳ hệ thống truyền thanh đang sửa chữa, các hoạt động chuyển sang kỳ sau.",
)
DIFFICULTIES = (
    "Kinh phí tuyên truyền còn hạn chế, chưa có định mức riêng cho hoạt động trên nền tảng số.",
    "Cán bộ phụ trách kiêm nhiệm nhiều việc, thiếu thiết bị ghi hình, dựng tin.",
    "Một số khu dân cư ở xa trung tâm, tín hiệu truyền thanh không ổn định.",
)
PROPOSALS = (
    "Đề nghị Sở Nội vụ cung cấp tài liệu tuyên truyền mẫu bằng tiếng dân tộc thiểu số.",
    "Đề nghị tổ chức tập huấn kỹ năng viết tin, bài cho cán bộ cấp xã.",
)
FAULT = "Số lượng ở hoạt động {number} cao bất thường so với kỳ trước; đề nghị kiểm tra, bổ sung minh chứng."


class Teller:
    """Tells the lines of stories; `activities` and what may be counted for each, by key."""

    def __init__(self, seed, slug, activities, indicators):
        self.seed, self.slug, self.activities, self.indicators = seed, slug, activities, indicators

    def lines(self, story, update):
        """The unsaved lines of the first round, in the plan's order."""
        if story.has_nothing:
            return []
        kept = story.activities if story.steps else story.activities[: 1 + len(story.activities) // 2]
        return [self._line(story, update, self.activities[key]) for key in kept]

    def _line(self, story, update, activity):
        task, key = TASKS[int(activity.number) - 1], (self.seed, story.agency.slug, story.place, activity.number)
        quantity = self._quantity(story, task, key)
        line = ActivityProgress(update=update, activity=activity, quantity_done=quantity, saved_at=story.saved_at)
        if task.course == "early":
            line.state, line.percent, line.words = ProgressState.DONE, 100, ISSUED
            line.completed_on = activity.deadline - timedelta(days=20)
            line.quantity_done = quantity if story.place == 0 else 0
            if story.place:
                line.no_evidence_reason = "Văn bản đã gửi kèm báo cáo của kỳ ban hành."
        elif task.course == "late" and story.place < PERIODS - 4:
            line.state, line.percent, line.words, line.quantity_done = ProgressState.NOT_STARTED, 0, NOT_YET, 0
        else:
            line.state, line.percent = ProgressState.IN_PROGRESS, round(100 * (story.place + 0.9) / PERIODS)
            line.words = self._words(story, activity, quantity, key)
        if story.is_wrong and activity.pk == story.activities[0] and line.state == ProgressState.IN_PROGRESS:
            line.quantity_done = quantity * 5
        return line

    def corrected(self, story, line):
        """The line as it was sent again; None where it was right before."""
        right = self._line(story, line.update, line.activity)
        task = TASKS[int(line.activity.number) - 1]
        quantity = self._quantity(story, task, (self.seed, story.agency.slug, story.place, line.activity.number))
        if right.quantity_done == quantity or not right.quantity_done:
            return None
        line.quantity_done = quantity
        return line

    def _quantity(self, story, task, key):
        if task.indicator == "SOC-1":
            return task.rate * (story.place + 1)
        if task.indicator == "POST-1":
            return 1 if task.rate == 1 else task.rate - 3 * (PERIODS - story.place)
        return max(1, round(task.rate * (0.6 + 0.8 * chance("quantity", *key))))

    def _words(self, story, activity, quantity, key):
        return pick(WORDS, "words", *key).format(
            agency=story.agency.name,
            quantity=f"{quantity:02d}" if quantity < 10 else f"{quantity:,}".replace(",", "."),
            unit=activity.target_unit,
            start=f"{story.period.starts_on:%d/%m/%Y}",
            end=f"{min(story.period.ends_on, timezone.localtime(story.saved_at).date()):%d/%m/%Y}",
        )

    def reason(self, story):
        return FAULT.format(number=self.activities[story.activities[0]].number)

    def words_of(self, story):
        """The update's own words: most write none."""
        key = (self.seed, story.agency.slug, story.place)
        if story.has_nothing:
            return {"nothing_to_report": True, "nothing_reason": pick(NOTHING, "nothing", *key)}
        words = {"difficulties": DIFFICULTIES, "proposals": PROPOSALS}
        return {name: pick(texts, name, *key) for name, texts in words.items() if chance(name, "at all", *key) < 0.12}

    def counts(self, story, line):
        """Counts of the indicators that go along with the activity's own, one of them sometimes not applicable."""
        for indicator in self.indicators[line.activity_id][:2]:
            key = (self.seed, story.agency.slug, story.place, line.activity.number, indicator.pk)
            if line.state != ProgressState.IN_PROGRESS or chance("counted", *key) > COUNTED:
                continue
            if chance("not applicable", *key[:2], *key[3:]) < NOT_APPLICABLE:
                yield OutputCount(progress=line, indicator=indicator, not_applicable=True)
            else:
                yield OutputCount(progress=line, indicator=indicator, value=int(60 * chance("value", *key)))

    def evidence(self, story, line, by):
        """What proves the line: mostly a link, now and then a photograph or a page; what is done always has some."""
        key = (self.seed, story.agency.slug, story.place, line.activity.number)
        if not story.steps or line.state == ProgressState.NOT_STARTED or line.no_evidence_reason:
            return
        common = {"progress": line, "added_by": by, "added_at": story.saved_at, "dated_on": _day(story)}
        if line.state == ProgressState.DONE or chance("link", *key) < LINKS:
            shared = chance("shared", *key) < SHARED_LINKS
            site = f"{self.slug.replace('-', '')}.example"
            path = f"tin-chung-{story.place}" if shared else f"{story.agency.slug}/{story.place}-{line.activity.number}"
            caption = f"Tin về hoạt động {line.activity.number}, {story.agency.short_name}"
            yield Evidence(kind=EvidenceKind.LINK, url=f"https://{site}/{path}", caption=caption, **common)
        if chance("file", *key) < FILES:
            is_photo = chance("photo", *key) < 0.5
            name = f"{'anh' if is_photo else 'bien-ban'}-{story.agency.slug}-{story.place}-{line.activity.number}"
            yield _file(name, is_photo, f"{story.agency.name} · {story.period.label}", common)


def _day(story):
    return min(story.period.starts_on + timedelta(days=40), timezone.localtime(story.saved_at).date())


def _file(name, is_photo, place, common):
    extension = "png" if is_photo else "pdf"
    caption = "Hội nghị tuyên truyền CCHC" if is_photo else "Biên bản tuyên truyền CCHC"
    content = (draw_photo if is_photo else draw_page)(caption, place, extension)
    return Evidence(
        kind=EvidenceKind.FILE,
        file=ContentFile(content, name=f"{name}.{extension}"),
        file_name=f"{name}.{extension}",
        content_type="image/png" if is_photo else "application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        caption=caption,
        **common,
    )
