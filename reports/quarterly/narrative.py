"""The narrative of the report, sections I to V, drafted from the agencies' own words with the counts filled in."""

from collections import defaultdict
from datetime import date

from activities.models import PeriodKind, ProgressState
from activities.progress import State
from activities.submissions import Punctuality, rate

from ..wording import (
    first_lower,
    first_upper,
    long_date,
    number_vn,
    percent_vn,
    point,
    sentence,
    short_date,
    some,
    unended,
)
from .heading import kind_word
from .report import STATE_WORDS, Paragraph, Section

# The order in which a report tells the states of activities: what was done first.
TOLD = (
    State.DONE,
    State.LATE_DONE,
    State.IN_PROGRESS,
    State.NOT_STARTED,
    State.OVERDUE,
    State.UNASSIGNED,
)


def _said(pairs):
    """What was said, once each, with everyone who said it: [(words, [name])]; empty words are nobody's."""
    said = {}
    for name, text in pairs:
        if words := unended(text):
            said.setdefault(words, []).append(name)
    return list(said.items())


def direction(*, plan, submissions, sent, on_time, updates, **_rest):
    expected = len(submissions)
    if not expected:
        duty = f"{kind_word(plan)} chưa nêu cơ quan, đơn vị chủ trì nên chưa có đơn vị phải báo cáo (Phụ lục III)."
        return Section("I", "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", (Paragraph(duty),))
    duty = f"Theo {kind_word(plan)}, {expected} cơ quan, đơn vị phải báo cáo kết quả thực hiện. "
    if sent:
        share = percent_vn(rate(sent, expected))
        duty += f"Trong kỳ, {sent}/{expected} cơ quan, đơn vị đã gửi báo cáo ({share}), "
        duty += f"{_punctuality_words(on_time, sent - on_time)}; "
        duty += f"{len(updates)} báo cáo đã được duyệt và tổng hợp" if updates else "chưa có báo cáo nào được duyệt"
    else:
        duty += "Đến thời điểm tổng hợp chưa có cơ quan, đơn vị nào gửi báo cáo"
    said = _said((update.agency.name, update.results) for update in updates)
    return Section(
        "I",
        "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH",
        (
            Paragraph(f"{duty} (Phụ lục III)."),
            *(Paragraph(f"{some(names)}: {sentence(words)}") for words, names in said),
        ),
    )


def _punctuality_words(on_time, late):
    if not late:
        return "tất cả đều đúng hạn"
    if not on_time:
        return "tất cả đều chậm"
    return f"trong đó {on_time} đơn vị gửi đúng hạn, {late} đơn vị gửi chậm"


def results(*, plan, document, as_of, rows, counts, figures, lines, evidence, **_rest):
    return Section(
        "II",
        "KẾT QUẢ THỰC HIỆN",
        (
            Paragraph("", lead="1. Theo nội dung tuyên truyền", level=1),
            *_by_theme(plan, document, lines),
            Paragraph("", lead="2. Theo kênh tuyên truyền", level=1),
            *_by_channel(figures, as_of),
            Paragraph("", lead="3. Theo đối tượng", level=1),
            *_by_audience(plan, document, lines),
            Paragraph("", lead=f"4. Tiến độ các hoạt động của {kind_word(plan)}", level=1),
            *_by_activity(plan, as_of, rows, counts, lines),
            Paragraph(_evidence_words(evidence)),
        ),
    )


def _by_theme(plan, document, lines):
    """The themes that activities with results serve, as the plan links them; a head only groups its sub-themes."""
    served = defaultdict(dict)
    for line in _begun(lines):
        for theme in line.activity.themes.all():
            served[theme.pk][line.activity.number] = True
    if not document.themes:
        return [Paragraph(f"{kind_word(plan)} chưa nêu nội dung tuyên truyền.")]
    said = [theme for theme in document.themes if theme.pk in served]
    if not said:
        return [Paragraph(f"Trong kỳ chưa ghi nhận kết quả gắn với nội dung tuyên truyền nào của {kind_word(plan)}.")]
    paragraphs = [
        Paragraph(f"{point(place)} {unended(theme.text)}: thực hiện qua hoạt động {', '.join(served[theme.pk])}.")
        for place, theme in enumerate(said)
    ]
    heads = {theme.parent for theme in document.themes}
    leaves = [theme.pk for theme in document.themes if theme.pk not in heads]
    if unsaid := len([theme for theme in leaves if theme not in served]):
        paragraphs.append(
            Paragraph(f"{unsaid}/{len(leaves)} nội dung của {kind_word(plan)} chưa ghi nhận kết quả trong kỳ.")
        )
    return paragraphs


def _by_channel(figures, as_of):
    counted = [figure for figure in figures if figure.in_period is not None]
    if not counted:
        return [Paragraph("Trong kỳ chưa có số liệu được duyệt (Phụ lục I).")]
    return [
        Paragraph("Kết quả tổng hợp theo từng kênh, chỉ tiêu tại Phụ lục I; cụ thể:"),
        *(Paragraph(f"{point(place)} {_figure_words(figure, as_of)}") for place, figure in enumerate(counted)),
    ]


def _figure_words(figure, as_of):
    unit = f" {figure.unit}" if figure.unit else ""
    if figure.is_stock:
        text = f"{figure.name}: {number_vn(figure.cumulative)}{unit} tính đến {long_date(as_of)}"
    else:
        text = (
            f"{figure.name}: {number_vn(figure.in_period)}{unit}; lũy kế trong năm {number_vn(figure.cumulative)}{unit}"
        )
    if figure.target:
        text += f"; đạt {percent_vn(figure.target_percent)} chỉ tiêu ({number_vn(figure.target)}{unit})"
    return f"{text}."


def _by_audience(plan, document, lines):
    audiences = [audience.text for audience in document.audiences]
    if not audiences:
        return [Paragraph(f"{kind_word(plan)} chưa nêu đối tượng tuyên truyền.")]
    of_theme = {theme.pk: theme.names for theme in document.themes}
    reached = defaultdict(dict)
    for line in _begun(lines):
        for theme in line.activity.themes.all():
            for audience in of_theme.get(theme.pk, ()):
                reached[audience][line.activity.number] = True
    return [
        Paragraph(f"{point(place)} {unended(text)}: {_reached_words(reached[text])}.")
        for place, text in enumerate(audiences)
    ]


def _reached_words(numbers):
    return f"thực hiện qua hoạt động {', '.join(numbers)}" if numbers else "chưa ghi nhận kết quả trong kỳ"


def _begun(lines):
    return [line for line in lines if line.state != ProgressState.NOT_STARTED]


def _by_activity(plan, as_of, rows, counts, lines):
    if not rows:
        return [Paragraph(f"{kind_word(plan)} chưa nêu hoạt động cụ thể (Phụ lục II).")]
    total = sum(n for state, n in counts.items() if state != State.CANCELLED)
    shown = "; ".join(f"{counts[state]} hoạt động {first_lower(STATE_WORDS[state])}" for state in TOLD if counts[state])
    text = f"Tính đến {long_date(as_of)}, {kind_word(plan)} có {total} hoạt động"
    text += f", trong đó: {shown}" if shown else ""
    if counts[State.CANCELLED]:
        text += f"; ngoài ra {counts[State.CANCELLED]} hoạt động đã bãi bỏ"
    return [Paragraph(f"{text} (Phụ lục II)."), *(Paragraph(words) for words in _words_of_activities(lines))]


def _words_of_activities(lines, limit=12):
    """The leads' own words, one paragraph an activity; equal words of many units are said once.

    No annex repeats the words, so those beyond `limit` are counted and not referred to one.
    """
    by_activity = defaultdict(list)
    for line in lines:
        by_activity[line.activity].append((line.update.agency.short_name, line.words))
    for activity, pairs in by_activity.items():
        said = _said(pairs)
        if not said:
            continue
        parts = [f"{first_lower(words)} ({some(names)})" for words, names in said[:limit]]
        if rest := sum(len(names) for _words, names in said[limit:]):
            parts.append(f"cùng kết quả tương tự của {rest} đơn vị khác")
        yield f"Hoạt động {activity.number} - {unended(activity.title)}: {'; '.join(parts)}."


def _evidence_words(evidence):
    if evidence:
        return f"Kèm theo kết quả nêu trên có {number_vn(len(evidence))} minh chứng (Phụ lục IV)."
    return "Trong kỳ chưa có minh chứng kèm theo báo cáo được duyệt (Phụ lục IV)."


def assessment(*, period, today, rows, submissions, sent, on_time, updates, counts, **_rest):
    causes = [
        f"{words} ({some(names)})"
        for words, names in _said((update.agency.short_name, update.difficulties) for update in updates)
    ]
    no_cause = "Các đơn vị không nêu khó khăn, vướng mắc."
    is_due = today > period.agency_due_on
    return Section(
        "III",
        "ĐÁNH GIÁ CHUNG",
        (
            Paragraph("", lead="1. Ưu điểm", level=1),
            *_points(
                _strengths(counts, len(submissions), on_time if is_due else 0), "Chưa có kết quả được duyệt trong kỳ."
            ),
            Paragraph("", lead="2. Tồn tại, hạn chế", level=1),
            *_points(
                _weaknesses(rows, submissions, sent - len(updates)),
                "Không có hoạt động quá hạn, không có đơn vị chậm gửi báo cáo.",
            ),
            Paragraph("", lead="3. Nguyên nhân", level=1),
            *_points(causes, no_cause if updates else "Chưa có báo cáo được duyệt để tổng hợp nguyên nhân."),
        ),
    )


def _points(texts, otherwise):
    """One text as a paragraph, several as points a), b), none as the sentence `otherwise`."""
    if len(texts) < 2:
        return [Paragraph(sentence(text)) for text in texts] or [Paragraph(otherwise)]
    return [Paragraph(f"{point(place)} {sentence(text)}") for place, text in enumerate(texts)]


def _strengths(counts, expected, on_time):
    """What went well; reports sent on time only where at least half of those expected were."""
    good = []
    if counts[State.DONE]:
        good.append(f"{counts[State.DONE]} hoạt động đã hoàn thành đúng tiến độ")
    if counts[State.IN_PROGRESS]:
        good.append(f"{counts[State.IN_PROGRESS]} hoạt động đang được triển khai, chưa quá hạn")
    if on_time and 2 * on_time >= expected:
        share = percent_vn(rate(on_time, expected))
        good.append(f"{on_time}/{expected} cơ quan, đơn vị gửi báo cáo đúng hạn, đạt {share}")
    return good


def _weaknesses(rows, submissions, unapproved):
    weak = [
        f"hoạt động {row.activity.number} quá hạn {row.days_late} ngày" for row in rows if row.state == State.OVERDUE
    ]
    weak += [
        f"hoạt động {row.activity.number} hoàn thành chậm {row.days_late} ngày"
        for row in rows
        if row.state == State.LATE_DONE
    ]
    weak += [f"hoạt động {row.activity.number} chưa được giao chủ trì" for row in rows if row.state == State.UNASSIGNED]
    for punctuality, words in (
        (Punctuality.LATE, "gửi báo cáo chậm"),
        (Punctuality.MISSING, "quá hạn chưa gửi báo cáo"),
    ):
        names = [row.agency.short_name for row in submissions if row.punctuality == punctuality]
        if names:
            weak.append(f"{len(names)} cơ quan, đơn vị {words} ({some(names)})")
    if unapproved > 0:
        weak.append(f"{unapproved} báo cáo đã gửi nhưng chưa được duyệt nên số liệu chưa được tổng hợp")
    return weak


def next_tasks(*, plan, rows, period, **_rest):
    ahead = [
        row for row in rows if row.state in (State.OVERDUE, State.UNASSIGNED, State.NOT_STARTED, State.IN_PROGRESS)
    ]
    ahead.sort(
        key=lambda row: (row.activity.deadline is None, row.activity.deadline or date.max, row.activity.position)
    )
    if ahead:
        paragraphs = tuple(Paragraph(f"{place}. {_task_words(row)}") for place, row in enumerate(ahead, start=1))
    elif rows:
        paragraphs = (Paragraph(f"Các hoạt động của {kind_word(plan)} đã hoàn thành."),)
    else:
        paragraphs = (Paragraph(f"{kind_word(plan)} chưa nêu hoạt động cụ thể."),)
    span = "QUÝ" if period.kind == PeriodKind.QUARTER else "KỲ"
    return Section("IV", f"NHIỆM VỤ TRỌNG TÂM {span} TIẾP THEO", paragraphs)


def _task_words(row):
    activity = row.activity
    what = f"hoạt động {activity.number}: {first_lower(unended(activity.title))}"
    if row.state == State.UNASSIGNED:
        return f"Giao cơ quan chủ trì {what}."
    if row.state == State.OVERDUE:
        return f"Khẩn trương hoàn thành {what} (hạn {short_date(activity.deadline)}, đã quá hạn)."
    if activity.deadline:
        return f"Hoàn thành {what} (hạn {short_date(activity.deadline)})."
    return f"{'Tiếp tục thực hiện' if row.state == State.IN_PROGRESS else 'Triển khai'} {what}."


def proposals(*, updates, rows, **_rest):
    said = [
        f"{first_upper(words)} ({some(names)})."
        for words, names in _said((update.agency.short_name, update.proposals) for update in updates)
    ]
    unassigned = [row.activity.number for row in rows if row.state == State.UNASSIGNED]
    if unassigned:
        said.insert(0, f"Giao cơ quan chủ trì thực hiện hoạt động {', '.join(unassigned)}.")
    texts = [f"{place}. {text}" for place, text in enumerate(said, start=1)] or ["Không có kiến nghị, đề xuất."]
    texts[-1] = texts[-1].removesuffix(".") + "./."
    return Section("V", "KIẾN NGHỊ, ĐỀ XUẤT", tuple(Paragraph(text) for text in texts))
