"""The one door of charts: what an SVG of ours may hold, how it reads without colour, and that it is drawn once."""

import re
import threading
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import caches

from reports import drawing
from reports.drawing import (
    COLOURS,
    FINISHED,
    LATE,
    PAPER,
    PLANNED,
    RUNNING,
    SCREEN,
    Bar,
    BarChart,
    GanttChart,
    GanttRow,
    LineChart,
    Piece,
    Point,
    Series,
    bars,
    draw,
    gantt,
    kept,
    lines,
    png_of,
)

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '<script>alert("1")</script> & Đặng'


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["charts"].clear()


def bar_chart(**changes):
    rows = (
        Bar("Quý I", 41, "41", note="+41"),
        Bar("Quý II", 1088, "1.088", begins=41, note="+1.047"),
        Bar("Quý III", 20, "20", is_behind=True),
        Bar("Quý IV", None, "–"),
    )
    given = {"title": "Tin, bài", "description": "41; 1.088", "bars": rows, "full": 2000, "mark": 1500}
    return BarChart(**{**given, "note_width": 60, **changes})


def line_chart(*series, **changes):
    series = series or (Series("", (Point("I", 72, "72,0%"), Point("II", None), Point("III", 90, "90,0%"))),)
    ticks = ((50, "50%"), (100, "100%"))
    return LineChart(**{"title": "Đúng hạn", "description": "x", "series": series, "ticks": ticks, **changes})


def gantt_chart(**changes):
    pieces = (
        Piece(PLANNED, date(2026, 1, 1), date(2026, 6, 30)),
        Piece(FINISHED, date(2026, 1, 1), date(2026, 3, 31)),
        Piece(RUNNING, date(2026, 4, 1), date(2026, 6, 30)),
        Piece(LATE, date(2026, 7, 1), date(2026, 7, 31)),
    )
    return GanttChart(
        **{
            "title": "Tiến độ",
            "description": "x",
            "rows": (GanttRow("1. Hội nghị", pieces, "Quá hạn 31 ngày", is_bad=True),),
            "first": date(2026, 1, 1),
            "last": date(2026, 12, 31),
            "columns": ((date(2026, 1, 1), "1"), (date(2026, 7, 1), "7")),
            "today": (date(2026, 7, 31), "hôm nay"),
            **changes,
        }
    )


EVERY = pytest.mark.parametrize("chart", [bar_chart(), line_chart(), gantt_chart()], ids=["bars", "lines", "gantt"])


def words_of(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@EVERY
def test_a_strict_policy_lets_it_be_painted_and_nothing_comes_from_outside(chart):
    svg = draw(chart)

    assert not re.search(r"style|<script|\bhref|@import|url\(|\son\w+=", svg)
    assert set(re.findall(r'(?:fill|stroke)="(#\w+|\w+)"', svg)) <= {*COLOURS.values(), "none"}


@EVERY
def test_every_colour_has_the_class_by_which_a_page_gives_it_its_theme(chart):
    names = {colour: name for name, colour in COLOURS.items()}
    root = ElementTree.fromstring(draw(chart))
    painted = [
        (f"{part[0]}-{names[each.get(part)]}", each.get("class", "").split())
        for each in root.iter()
        for part in ("fill", "stroke")
        if each.get(part, "none") != "none"
    ]
    assert painted
    assert all(name in classes for name, classes in painted)


def test_the_stylesheet_knows_every_class_that_is_drawn():
    sheet = Path(finders.find("css/drawn.css")).read_text("utf-8")
    drawn = "".join(draw(chart) for chart in (bar_chart(), line_chart(target=(95, "95%")), gantt_chart()))
    assert {name for name in re.findall(r"\b([fs]-[a-z]+)\b", drawn)} <= set(re.findall(r"\.([fs]-[a-z]+)", sheet))


@EVERY
def test_it_has_one_name_and_no_english_of_its_makers(chart):
    root = ElementTree.fromstring(draw(chart))

    assert root.get("role") == "img"
    assert root.get("aria-label") == f"{chart.title}. {chart.description}"
    assert root.find(f"{SVG}title").text == chart.title
    assert not [each for each in root.iter() if each is not root and (each.get("role") or each.get("aria-label"))]


def test_words_are_printed_as_they_were_written():
    assert {"1.088", "+1.047", "–", "Quý II"} <= set(words_of(bars(bar_chart())))
    assert {"72,0%", "90,0%", "100%", "III"} <= set(words_of(lines(line_chart())))
    assert {"1. Hội nghị", "Quá hạn 31 ngày", "hôm nay"} <= set(words_of(gantt(gantt_chart())))


def test_what_somebody_typed_is_never_markup():
    svg = bars(bar_chart(title=EVIL, bars=(Bar(EVIL, 1, "1"),), label_width=300))

    assert "<script" not in svg
    assert EVIL in ElementTree.fromstring(svg).find(f"{SVG}title").text


def test_what_lags_has_a_sign_beside_its_colour():
    def signs(chart):
        root = ElementTree.fromstring(bars(chart))
        return [each for each in root.iter(f"{SVG}path") if each.get("fill") == COLOURS["warn"]]

    ahead = bar_chart(bars=(Bar("Quý III", 20, "20"),))
    assert not signs(ahead)
    assert len(signs(bar_chart(bars=(Bar("Quý III", 20, "20", is_behind=True),)))) == 2  # its bar and its triangle
    assert len(signs(bar_chart(bars=(Bar("Quý III", None, "–", is_behind=True),)))) == 1  # the triangle alone


def test_a_bar_that_was_not_counted_is_not_a_bar_of_zero_width():
    root = ElementTree.fromstring(bars(bar_chart(bars=(Bar("Quý IV", None, "–"),))))

    assert {each.get("fill") for each in root.iter(f"{SVG}path")} == {COLOURS["track"]}


def test_a_line_is_interrupted_where_nothing_was_counted():
    def stretches(svg):
        strokes = [each for each in ElementTree.fromstring(svg).iter(f"{SVG}path") if each.get("stroke")]
        return [each for each in strokes if each.get("stroke") == COLOURS["accent"]]

    whole = Series("", tuple(Point(name, value, "") for name, value in zip("abcd", (60, 70, 80, 90), strict=True)))
    broken = Series("", tuple(Point(n, v, "") for n, v in zip("abcde", (60, 70, None, 80, 90), strict=True)))
    assert len(stretches(lines(line_chart(whole)))) == 1
    assert len(stretches(lines(line_chart(broken)))) == 2


def test_several_lines_differ_by_dash_and_bear_their_names():
    series = [Series(name, (Point("I", value), Point("II", value + 5))) for name, value in (("Một", 60), ("Hai", 61))]
    svg = lines(line_chart(*series))

    dashes = {each.get("stroke-dasharray") for each in ElementTree.fromstring(svg).iter(f"{SVG}path")}
    places = re.findall(r'translate\([\d.]+,([\d.]+)\)"[^>]*font-weight="600"[^>]*>(Một|Hai)<', svg)
    assert len(dashes) > 1
    assert sorted(name for _y, name in places) == ["Hai", "Một"]
    assert abs(float(places[0][0]) - float(places[1][0])) >= 12  # none over the other


def test_the_kinds_of_time_differ_by_more_than_colour():
    heights, dashes = zip(*[(half, dash) for half, _fill, _stroke, dash in drawing.PIECES.values()], strict=True)

    assert len(set(zip(heights, dashes, strict=True))) == len(drawing.PIECES)


def test_long_labels_are_broken_into_lines_or_cut_where_one_line_must_do():
    long = "Tin, bài đăng trên cổng, trang thông tin điện tử của các cơ quan, đơn vị"
    broken = words_of(bars(bar_chart(bars=(Bar(long, 1, "1"),))))
    cut = words_of(bars(bar_chart(bars=(Bar(long, 1, "1"),), most_lines=1)))

    assert len(broken) > 1 or "\n" in broken[0] or "tspan" in bars(bar_chart(bars=(Bar(long, 1, "1"),)))
    assert [each for each in cut if each.endswith("…")]


def test_paper_asks_for_the_face_of_the_report():
    assert f'font-family="{SCREEN}"' in draw(bar_chart())
    assert f'font-family="{PAPER}"' in draw(bar_chart(), face=PAPER)


def test_it_is_drawn_once(monkeypatch):
    assert kept(bar_chart()) is None
    svg = draw(bar_chart())

    monkeypatch.setattr(drawing, "_drawn", lambda *_given: pytest.fail("drawn again"))
    assert draw(bar_chart()) == kept(bar_chart()) == svg


def test_many_may_ask_at_once():
    made, charts = {}, [bar_chart(full=2000 + number) for number in range(6)]
    threads = [threading.Thread(target=lambda c=chart: made.update({c.full: draw(c)})) for chart in charts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == {chart.full: draw(chart) for chart in charts}


def test_a_png_is_white_behind_and_twice_as_fine():
    from io import BytesIO

    from PIL import Image

    svg = draw(bar_chart())
    with Image.open(BytesIO(png_of(svg))) as picture:
        assert picture.size == (720, int(2 * float(re.search(r'height="([\d.]+)"', svg)[1])))
        assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)


def test_what_is_no_chart_is_refused():
    with pytest.raises(TypeError):
        draw("chart")
