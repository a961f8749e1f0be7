"""The narrative of the report, parts I to V, drafted from the agencies' own words with the counts filled in.

Everything here is markup (`markup`): a count is the key of a figure, never a number, and every sentence carries the
keys of the updates it came from.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from activities.models import Status
from activities.progress import State
from activities.submissions import Punctuality

from ..wording import first_lower, first_upper, sentence, short_date, some, unended
from .heading import Several, called, kind_word, next_words, numbers_of
from .markup import escaped
from .report import Paragraph, Part, Section
from .results import by_activity, by_audience, by_channel, by_theme
from .telling import by_whom, said_once, subject_of, tell, tell_points

SECTIONS = {"II": "KẾT QUẢ THỰC HIỆN", "III": "ĐÁNH GIÁ CHUNG"}
PARTS = 10
MOST_GENERAL = 20
MOST_TASKS = 40


def draft(gathered, values, step=lambda: None):
    """The parts of the report as drafted: (I, II.1 … V), from what was `gathered`, figures from `values`.

    `step` is called PARTS times, once a part is drafted.
    """
    facts = vars(gathered) | {"period": gathered.span, "values": values}
    kind = "được giao" if gathered.own else f"của {kind_word(gathered.plan)}"
    parts = []
    for code, title, tell_part in (
        ("I", "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", direction),
        ("II.1", "1. Theo nội dung tuyên truyền", by_theme),
        ("II.2", "2. Theo kênh tuyên truyền", by_channel),
        ("II.3", "3. Theo đối tượng", by_audience),
        ("II.4", f"4. Tiến độ các hoạt động {kind}", by_activity),
        ("III.1", "1. Ưu điểm", strengths),
        ("III.2", "2. Tồn tại, hạn chế", weaknesses),
        ("III.3", "3. Nguyên nhân", causes),
        ("IV", f"NHIỆM VỤ TRỌNG TÂM {next_words(gathered.span).upper()}", next_tasks),
        ("V", "KIẾN NGHỊ, ĐỀ XUẤT", proposals),
    ):
        parts.append(Part(code, title, tell_part(**facts)))
        step()
    return tuple(parts)


def sections_of(parts):
    """The parts as the sections of the document; the last one ends it with './.'."""
    sections = {}
    for part in _ended(parts):
        numeral, _dot, khoan = part.code.partition(".")
        lead = (Paragraph("", lead=part.title, level=1),) if khoan else ()
        section = sections.get(numeral) or Section(numeral, SECTIONS.get(numeral, part.title), ())
        sections[numeral] = replace(section, paragraphs=(*section.paragraphs, *lead, *part.paragraphs))
    return tuple(sections.values())


def _ended(parts):
    """The parts, the last paragraph of all with the sign that ends a document."""
    *before, last = parts
    *others, end = last.paragraphs or (Paragraph(""),)
    if end.text.endswith("./."):
        return parts
    text = f"{end.text.rstrip('.; ')}./."
    runs = end.runs and (*end.runs[:-1], end.runs[-1]._replace(text=f"{end.runs[-1].text.rstrip('.; ')}./."))
    return (*before, replace(last, paragraphs=(*others, replace(end, text=text, runs=runs))))


# I


def direction(*, plan, values, submissions, updates, period, own=None, rows=(), helped=(), **_rest):
    if not submissions:
        duty = tell(_nobody_owes(plan, own, period), values)
    else:
        sent = [row.update.pk for row in submissions if row.is_sent]
        by_report = bool(own or period.is_summed or isinstance(plan, Several))
        duty = tell(f"{_owed(plan, own, period, rows, helped)} {_sending(submissions, own, by_report)}", values, sent)
    return (duty, *_general_words(updates, values, own))


def _nobody_owes(plan, own, period):
    if own or not period.periods:
        who = "đơn vị không phải" if own else "không có cơ quan, đơn vị phải"
        return f"Trong kỳ, {who} gửi báo cáo (Phụ lục III)."
    return f"{subject_of(plan)} chưa nêu cơ quan, đơn vị chủ trì nên chưa có đơn vị phải báo cáo (Phụ lục III)."


def _owed(plan, own, period, rows, helped):
    """Who had to report what."""
    if own:
        return _own_tasks(plan, own, len(rows) > len(helped), helped)
    if period.is_summed or isinstance(plan, Several):
        within = f", gồm {len(period.labels)} kỳ báo cáo" if period.is_summed and len(period.labels) > 1 else ""
        return (
            f"Theo {kind_word(plan)}, [[count.agencies]] cơ quan, đơn vị phải gửi [[count.expected]] báo cáo kết quả "
            f"thực hiện trong kỳ{within}."
        )
    return f"Theo {kind_word(plan)}, [[count.expected]] cơ quan, đơn vị phải báo cáo kết quả thực hiện."


def _own_sending(row):
    """How the agency stands with its one report."""
    if not row.is_sent:
        return "Đến thời điểm tổng hợp đơn vị chưa gửi báo cáo (Phụ lục III)."
    sent = "chậm" if row.punctuality == Punctuality.LATE else "đúng hạn"
    counted = "đã được duyệt và tổng hợp" if row.status == Status.APPROVED else "chưa được duyệt nên chưa được tổng hợp"
    nothing = "; báo cáo nêu không phát sinh kết quả trong kỳ" if row.is_nothing else ""
    return f"Trong kỳ, đơn vị đã gửi báo cáo {sent}{nothing}; số liệu {counted} (Phụ lục III)."


def _sending(submissions, own, by_report):
    """How many of them did, how many on time, how many count."""
    if own and len(submissions) == 1:
        return _own_sending(submissions[0])
    sent = [row for row in submissions if row.is_sent]
    if not sent:
        who = "đơn vị chưa gửi báo cáo" if own else "chưa có cơ quan, đơn vị nào gửi báo cáo"
        return f"Đến thời điểm tổng hợp {who} (Phụ lục III)."
    late = sum(row.punctuality == Punctuality.LATE for row in sent)
    done = "báo cáo đã được gửi" if by_report else "cơ quan, đơn vị đã gửi báo cáo"
    words = [f"[[count.sent]]/[[count.expected]] {done} ([[rate.sent]]), {_punctuality(len(sent), late, by_report)}"]
    is_counted = any(row.status == Status.APPROVED for row in sent)
    words.append(
        "[[count.approved]] báo cáo đã được duyệt và tổng hợp" if is_counted else "chưa có báo cáo nào được duyệt"
    )
    if any(row.is_nothing for row in sent):
        words.append("[[count.nothing]] báo cáo nêu không phát sinh kết quả trong kỳ")
    return f"Trong kỳ, {'; '.join(words)} (Phụ lục III)."


def _punctuality(sent, late, by_report):
    if not late:
        return "tất cả đều đúng hạn"
    if late == sent:
        return "tất cả đều chậm"
    unit = "báo cáo" if by_report else "đơn vị"
    return f"trong đó [[count.on_time]] {unit} gửi đúng hạn, [[count.late]] {unit} gửi chậm"


def _own_tasks(plan, own, led, helped):
    tasks = ["chủ trì [[count.led]] hoạt động"] if led else []
    tasks += ["phối hợp thực hiện [[count.helped]] hoạt động"] if helped else []
    return f"Theo {kind_word(plan)}, {escaped(own.name)} {' và '.join(tasks) or 'không được giao hoạt động nào'}."


def _general_words(updates, values, own):
    said = said_once((update.agency.name, update.results, update.pk) for update in updates)
    told = [
        tell(sentence(words) if own else f"{escaped(some(names))}: {sentence(words)}", values, keys)
        for words, names, keys in said[:MOST_GENERAL]
    ]
    if rest := {name for _words, names, _keys in said[MOST_GENERAL:] for name in names}:
        others = f"Ngoài ra, {len(rest)} cơ quan, đơn vị khác có báo cáo về công tác chỉ đạo, điều hành."
        told.append(tell(others, values, [key for _words, _names, keys in said[MOST_GENERAL:] for key in keys]))
    return tuple(told)


# III


def strengths(*, values, period, today, counts, submissions, updates, own=None, **_rest):
    """What went well; reports sent on time only once due, and where at least half of those expected were."""
    sources = [update.pk for update in updates]
    good = []
    if counts[State.DONE]:
        good.append(("[[state.done]] hoạt động đã hoàn thành đúng tiến độ", sources))
    if counts[State.IN_PROGRESS]:
        good.append(("[[state.in-progress]] hoạt động đang được triển khai, chưa quá hạn", sources))
    on_time = [row.update.pk for row in submissions if row.punctuality == Punctuality.ON_TIME]
    if today > period.agency_due_on and on_time and 2 * len(on_time) >= len(submissions) and not own:
        what = "báo cáo được gửi" if period.is_summed else "cơ quan, đơn vị gửi báo cáo"
        good.append((f"[[count.on_time]]/[[count.expected]] {what} đúng hạn, đạt [[rate.on_time]]", on_time))
    elif today > period.agency_due_on and len(on_time) == len(submissions) > 0:
        good.append(("gửi báo cáo đúng hạn", on_time))
    return tell_points(good, values, "Chưa có kết quả được duyệt trong kỳ.")


def weaknesses(*, plan, values, rows, submissions, lines=(), own=None, helped=(), **_rest):
    told_by = defaultdict(list)
    for line in lines:
        told_by[line.activity_id].append(line.update.pk)
    led = [row for row in rows if row.activity.pk not in helped]
    weak = [(words, told_by[row.activity.pk]) for row in led if (words := _behind(plan, row))]
    weak += _unsent(submissions, own)
    late = "không chậm gửi báo cáo" if own else "không có đơn vị chậm gửi báo cáo"
    good = f"Không có hoạt động quá hạn, {late}."
    return tell_points(weak, values, good)


BEHIND = {
    State.OVERDUE: "quá hạn [[activity.{pk}.days_late]] ngày",
    State.LATE_DONE: "hoàn thành chậm [[activity.{pk}.days_late]] ngày",
    State.UNASSIGNED: "chưa được giao chủ trì",
}


def _behind(plan, row):
    if row.state not in BEHIND:
        return ""
    number = escaped(called(plan, row.activity))
    return f"hoạt động {number} {BEHIND[row.state].format(pk=row.activity.pk)}"


def _unsent(submissions, own):
    """Reports that came late, did not come, or wait for approval: named here, all of them listed in annex III."""
    for punctuality, key, words in (
        (Punctuality.LATE, "late", "gửi báo cáo chậm"),
        (Punctuality.MISSING, "missing", "quá hạn chưa gửi báo cáo"),
    ):
        found = [row for row in submissions if row.punctuality == punctuality]
        who = f"[[count.{key}]] lần" if own else f"[[count.{key}_agencies]] cơ quan, đơn vị"
        if found:
            yield f"{who} {words}{by_whom(_names_of(found), own)}", [row.update.pk for row in found if row.update]
    if waiting := [row for row in submissions if row.is_sent and row.status != Status.APPROVED]:
        words = "[[count.unapproved]] báo cáo đã gửi nhưng chưa được duyệt nên số liệu chưa được tổng hợp"
        yield f"{words}{by_whom(_names_of(waiting), own)}", [row.update.pk for row in waiting]


def _names_of(rows):
    return list(dict.fromkeys(row.agency.short_name for row in rows))


def causes(*, values, updates, own=None, **_rest):
    said = said_once((update.agency.short_name, update.difficulties, update.pk) for update in updates)
    told = [(f"{words}{by_whom(names, own)}", keys) for words, names, keys in said]
    no_cause = "Không nêu khó khăn, vướng mắc." if own else "Các đơn vị không nêu khó khăn, vướng mắc."
    return tell_points(told, values, no_cause if updates else "Chưa có báo cáo được duyệt để tổng hợp nguyên nhân.")


# IV, V


def next_tasks(*, plan, values, rows, own=None, helped=(), **_rest):
    ahead = [
        row for row in rows if row.state in (State.OVERDUE, State.UNASSIGNED, State.NOT_STARTED, State.IN_PROGRESS)
    ]
    ahead.sort(
        key=lambda row: (row.activity.deadline is None, row.activity.deadline or date.max, row.activity.position)
    )
    if not rows:
        nothing = "chưa được giao hoạt động cụ thể" if own else "chưa nêu hoạt động cụ thể"
        return (tell(f"{escaped(own.name) if own else subject_of(plan)} {nothing}.", values),)
    if not ahead:
        return (tell(f"Các hoạt động {'được giao' if own else f'của {kind_word(plan)}'} đã hoàn thành.", values),)
    words = [_help_words(plan, row) if row.activity.pk in helped else _task_words(plan, row) for row in ahead]
    tasks = [f"{place}. {text}" for place, text in enumerate(words[:MOST_TASKS], start=1)]
    if len(ahead) > MOST_TASKS:
        tasks.append(f"{len(tasks) + 1}. Tiếp tục thực hiện các hoạt động còn lại theo tiến độ (Phụ lục II).")
    return tuple(tell(task, values) for task in tasks)


def _help_words(plan, row):
    return f"Phối hợp thực hiện {_task(plan, row.activity)}."


def _task(plan, activity):
    return f"hoạt động {escaped(called(plan, activity))}: {escaped(first_lower(unended(activity.title)))}"


def _task_words(plan, row):
    activity, what = row.activity, _task(plan, row.activity)
    if row.state == State.UNASSIGNED:
        return f"Giao cơ quan chủ trì {what}."
    if row.state == State.OVERDUE:
        return f"Khẩn trương hoàn thành {what} (hạn {short_date(activity.deadline)}, đã quá hạn)."
    if activity.deadline:
        return f"Hoàn thành {what} (hạn {short_date(activity.deadline)})."
    return f"{'Tiếp tục thực hiện' if row.state == State.IN_PROGRESS else 'Triển khai'} {what}."


def proposals(*, plan, values, updates, rows, own=None, **_rest):
    said = said_once((update.agency.short_name, update.proposals, update.pk) for update in updates)
    said = [(f"{first_upper(words)}{by_whom(names, own)}.", keys) for words, names, keys in said]
    if unassigned := [row.activity for row in rows if row.state == State.UNASSIGNED and not own]:
        numbers = escaped(numbers_of(plan, unassigned))
        said.insert(0, (f"Giao cơ quan chủ trì thực hiện hoạt động {numbers}.", ()))
    said = [(f"{place}. {text}", keys) for place, (text, keys) in enumerate(said, start=1)]
    *others, (text, keys) = said or [("Không có kiến nghị, đề xuất.", ())]
    return tuple(tell(text, values, keys) for text, keys in [*others, (f"{text.removesuffix('.')}./.", keys)])
