"""Part II of the narrative: what was done, by theme, by channel, by audience, by activity, in the agencies' own words.

What was said of an activity is told once: under the first theme it serves, else under its channel, else at the end.
"""

from collections import defaultdict
from itertools import chain, repeat

from activities.models import ProgressState
from activities.progress import State

from ..wording import first_lower, long_date, point, unended
from .gathering import update_behind
from .heading import called, kind_word, numbers_of
from .markup import escaped
from .report import STATE_WORDS
from .telling import by_whom, said_once, subject_of, tell, tell_all

# The order in which a report tells the states of activities: what was done first.
TOLD = (
    State.DONE,
    State.LATE_DONE,
    State.IN_PROGRESS,
    State.NOT_STARTED,
    State.OVERDUE,
    State.UNASSIGNED,
)
MOST_WORDS = 12  # different things said of an activity that are told one by one
OTHER_CHANNELS = "Chỉ tiêu khác"


def by_theme(*, plan, values, said, lines, own=None, **_rest):
    """The themes that activities with results serve, as the plan links them; a head only groups its sub-themes."""
    if not said.themes:
        return (tell(f"{subject_of(plan)} chưa nêu nội dung tuyên truyền.", values),)
    served, words = defaultdict(list), defaultdict(list)
    order = {theme.pk: place for place, theme in enumerate(said.themes)}
    for line in begun(lines):
        linked = sorted((pk for pk in said.themes_of.get(line.activity.pk, ()) if pk in order), key=order.get)
        for pk in linked:
            served[pk].append(line)
        for pk in linked[:1]:  # what was said of an activity is told once
            words[pk].append(line)
    told = [theme for theme in said.themes if theme.pk in served]
    if not told:
        nothing = f"Trong kỳ chưa ghi nhận kết quả gắn với nội dung tuyên truyền nào của {kind_word(plan)}."
        return (tell(nothing, values),)
    paragraphs = []
    for place, theme in enumerate(told):
        paragraphs.append(_served(plan, f"{point(place)} {escaped(unended(theme.text))}", served[theme.pk], values))
        paragraphs += words_of_activities(plan, words[theme.pk], values, own, dash=True)
    return (*paragraphs, *([] if own else _unsaid(plan, said, lines, values)))


def _served(plan, head, lines, values):
    numbers = numbers_of(plan, [line.activity for line in lines])
    words = f"{head}: thực hiện qua hoạt động {escaped(numbers)}."
    return tell(words, values, [line.update.pk for line in lines])


def _unsaid(plan, said, lines, values):
    if not unsaid_themes(said, lines):
        return []
    words = f"[[count.themes_unsaid]]/[[count.themes]] nội dung của {kind_word(plan)} chưa ghi nhận kết quả trong kỳ."
    return [tell(words, values)]


def leaves_of(said):
    """The themes that head no others."""
    heads = {theme.parent for theme in said.themes}
    return [theme for theme in said.themes if theme.pk not in heads]


def unsaid_themes(said, lines):
    """Those of them that no activity with results serves."""
    served = {pk for line in begun(lines) for pk in said.themes_of.get(line.activity.pk, ())}
    return [theme for theme in leaves_of(said) if theme.pk not in served]


def by_channel(*, plan, values, figures, as_of, said, lines=(), counted_in=None, own=None, **_rest):
    """What was counted, channel by channel, and what was said of activities that serve no theme of the plan."""
    groups = defaultdict(lambda: ([], []))
    for figure in figures:
        if figure.in_period is not None:
            groups[figure.channel or OTHER_CHANNELS][0].append(figure)
    for line in begun(lines):
        channels = said.channels_of.get(line.activity.pk)
        if channels and not said.themes_of.get(line.activity.pk):
            groups[_group_of(channels[0], groups)][1].append(line)
    if not groups:
        return (tell("Trong kỳ chưa có số liệu được duyệt (Phụ lục I).", values),)
    told = [tell("Kết quả tổng hợp theo từng kênh, chỉ tiêu tại Phụ lục I; cụ thể:", values)]
    for place, (name, (counted, others)) in enumerate(groups.items()):
        points = [(_figure_words(figure, as_of), (counted_in or {}).get(figure.code, ())) for figure in counted]
        words = list(words_of_activities(plan, others, values, own, dash=True))
        marked = zip(chain([point(place)], repeat("-")), _channel(name, points, words), strict=False)
        told += [tell(f"{mark} {text}", values, sources) for mark, (text, sources) in marked]
        told += words
    return tuple(told)


def _channel(name, points, words):
    """What was counted on a channel, point by point; a single figure says of itself what it counts."""
    if len(points) == 1 and not words:
        return points
    return [(f"{escaped(name)}:", ()), *points]


def _group_of(channel, groups):
    """The group of figures that names the channel, else one of its own."""
    return next((name for name in groups if channel in name.split(", ") or channel == name), channel)


def _figure_words(figure, as_of):
    unit = f" {escaped(figure.unit)}" if figure.unit else ""
    name = escaped(figure.name)
    if figure.is_stock:
        text = f"{name}: [[{figure.code}.cumulative]]{unit} tính đến {long_date(as_of)}"
    else:
        text = f"{name}: [[{figure.code}.in_period]]{unit}; lũy kế trong năm [[{figure.code}.cumulative]]{unit}"
    if figure.target:
        text += f"; đạt [[{figure.code}.percent]] chỉ tiêu ([[{figure.code}.target]]{unit})"
    return f"{text}."


def by_audience(*, plan, values, said, lines, own=None, **_rest):
    if not said.audiences:
        return (tell(f"{subject_of(plan)} chưa nêu đối tượng tuyên truyền.", values),)
    of_theme = {theme.pk: theme.names for theme in said.themes}
    reached = defaultdict(list)
    for line in begun(lines):
        names = (name for pk in said.themes_of.get(line.activity.pk, ()) for name in of_theme.get(pk, ()))
        for audience in dict.fromkeys(names):
            reached[audience].append(line)
    told = [text for text in said.audiences if text in reached] if own else said.audiences
    if not told:
        return (tell("Trong kỳ chưa ghi nhận kết quả theo đối tượng tuyên truyền.", values),)
    return tuple(
        _served(plan, head, reached[text], values)
        if text in reached
        else tell(f"{head}: chưa ghi nhận kết quả trong kỳ.", values)
        for head, text in ((f"{point(place)} {escaped(unended(text))}", text) for place, text in enumerate(told))
    )


def begun(lines):
    return [line for line in lines if line.state != ProgressState.NOT_STARTED]


def _told_last(said, lines):
    """The lines whose words stand neither under a theme nor under a channel."""
    linked = said.themes_of.keys() | said.channels_of.keys()
    return [line for line in lines if line.state == ProgressState.NOT_STARTED or line.activity.pk not in linked]


def by_activity(
    *, plan, values, as_of, rows, counts, said, lines, evidence, own=None, contributions=(), updates=(), **_rest
):
    sources = [update.pk for update in updates]
    return (
        tell(_states(plan, as_of, rows, counts, own), values, sources),
        *words_of_activities(plan, _told_last(said, lines), values, own),
        *(tell(_contribution_words(plan, each), values) for each in contributions),
        tell(_evidence_words(evidence), values, _updates_behind(evidence)),
    )


def _states(plan, as_of, rows, counts, own):
    subject = f"{escaped(own.name)} thực hiện" if own else f"{kind_word(plan)} có"
    if not rows:
        nothing = "chưa được giao hoạt động cụ thể" if own else "chưa nêu hoạt động cụ thể"
        return f"{escaped(own.name) if own else subject_of(plan)} {nothing} (Phụ lục II)."
    shown = "; ".join(
        f"[[state.{state.value}]] hoạt động {first_lower(STATE_WORDS[state])}" for state in TOLD if counts[state]
    )
    text = f"Tính đến {long_date(as_of)}, {subject} [[count.activities]] hoạt động"
    text += f", trong đó: {shown}" if shown else ""
    if counts[State.CANCELLED]:
        text += f"; ngoài ra [[state.{State.CANCELLED.value}]] hoạt động đã bãi bỏ"
    return f"{text} (Phụ lục II)."


def words_of_activities(plan, lines, values, own=None, *, limit=MOST_WORDS, dash=False):
    """The leads' own words, one paragraph an activity; equal words of many units are said once.

    No annex repeats the words, so those beyond `limit` are counted and not referred to one.
    """
    by_activity = {}
    for line in lines:
        _activity, triples = by_activity.setdefault(line.activity.pk, (line.activity, []))
        triples.append((line.update.agency.short_name, line.words, line.update.pk))
    for activity, triples in by_activity.values():
        said = said_once(triples)
        if not said:
            continue
        parts = [(f"{first_lower(words)}{by_whom(names, own)};", keys) for words, names, keys in said[:limit]]
        if rest := {name for _words, names, _keys in said[limit:] for name in names}:
            others = "cùng các kết quả khác" if own else f"cùng kết quả tương tự của {len(rest)} đơn vị khác"
            parts.append((f"{others};", [key for _words, _names, keys in said[limit:] for key in keys]))
        head = f"{'- ' * dash}Hoạt động {escaped(called(plan, activity))} - {escaped(unended(activity.title))}"
        yield tell_all(_sentence_of(head, parts), values)


def _sentence_of(head, parts):
    """The pieces as one sentence under its head: parted by ';', ended by '.'."""
    (first, sources), *_others = parts
    parts = [(f"{head}: {first}", sources), *parts[1:]]
    return [*parts[:-1], (f"{parts[-1][0].removesuffix(';')}.", parts[-1][1])]


def _contribution_words(plan, part):
    words = escaped(first_lower(unended(part.words)))
    return f"Phối hợp thực hiện hoạt động {escaped(called(plan, part.activity))}: {words}."


def _updates_behind(evidence):
    return [key for key in dict.fromkeys(map(update_behind, evidence)) if key]


def _evidence_words(evidence):
    if evidence:
        return "Kèm theo kết quả nêu trên có [[count.evidence]] minh chứng (Phụ lục IV)."
    return "Trong kỳ chưa có minh chứng kèm theo báo cáo được duyệt (Phụ lục IV)."
