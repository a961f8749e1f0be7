"""The figures under their keys: printed as documents print them, each with a name."""

from dataclasses import replace
from decimal import Decimal

import pytest

from activities.progress import State
from activities.submissions import Punctuality
from reports.quarterly.values import label_of, listed, names_of, of_states, values_of

from .factories import make_activity, make_figure, make_report, make_submission


def make_counted(**changes):
    return make_report(
        **{
            "expected": 65,
            "sent": 52,
            "on_time": 43,
            "approved": 40,
            "figures": 0,
            "evidence": 1234,
            "state_counts": ((State.DONE, "Hoàn thành", 3), (State.LATE_DONE, "", 1), (State.CANCELLED, "", 2)),
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("count.expected", "65"),
        ("count.sent", "52"),
        ("count.unsent", "13"),
        ("count.late", "9"),
        ("count.unapproved", "12"),
        ("count.evidence", "1.234"),
        ("count.activities", "4"),
        ("rate.sent", "80,0%"),
        ("rate.on_time", "66,2%"),
        ("rate.done", "100%"),
        ("state.done", "3"),
        ("state.cancelled", "2"),
        ("state.overdue", "0"),
    ],
)
def test_counts_as_printed(key, printed):
    assert values_of(make_counted())[key] == printed


def test_a_rate_of_nothing_is_unknown():
    assert values_of(make_counted(expected=0, sent=0, on_time=0))["rate.sent"] == "–"
    assert of_states({})["rate.done"] == "–"


def test_indicators_by_their_code():
    figure = make_figure(7, in_period=None, cumulative=1250, target=5000)

    values = values_of(replace(make_counted(), figures=(figure,)))

    assert values["WEB-7.in_period"] == "–"
    assert values["WEB-7.cumulative"] == "1.250"
    assert values["WEB-7.percent"] == "25,0%"


def test_activities_say_what_is_known_of_them():
    line = make_activity(0, activity_id=7, days_late=0, percent=0, quantity_done=None, target_percent=Decimal("12.5"))

    values = values_of(replace(make_report(), activities=(line,)))

    assert values["activity.7.percent"] == "0"
    assert values["activity.7.target_percent"] == "12,5%"
    assert "activity.7.days_late" not in values
    assert "activity.7.done" not in values


def test_agencies_that_were_late_in_two_periods_count_once():
    lines = [make_submission(agency_id=5, punctuality=Punctuality.LATE) for _period in range(2)]
    lines.append(make_submission(agency_id=6, punctuality=Punctuality.MISSING))

    values = values_of(replace(make_report(), submissions=tuple(lines)))

    assert (values["count.late_agencies"], values["count.missing_agencies"]) == ("1", "1")


def test_every_figure_has_a_name_for_people():
    report = make_report(activities=3, figures=2)
    labels = [label for label, _key, _printed in listed(report)]

    assert "Tin, bài đăng trên cổng/trang thông tin điện tử (tin, bài): trong kỳ" in labels
    assert "Số báo cáo đã gửi" in labels
    assert "Số hoạt động quá hạn" in labels
    assert not [label for label in labels if "count" in label or "rate" in label or "state" in label]


def test_a_key_alone_has_a_name_too():
    assert label_of("WEB-1.in_period") == "WEB-1: trong kỳ"
    assert label_of("activity.7.days_late") == "Hoạt động 7: số ngày quá hạn, chậm"
    assert label_of("state.done") == "Số hoạt động hoàn thành"


def test_activities_are_named_by_number_and_plan():
    lines = (make_activity(0, activity_id=7), make_activity(0, activity_id=8, plan_number="15/KH-UBND"))
    names = names_of(replace(make_report(), activities=lines))

    assert (names["activity.7"], names["activity.8"]) == ("1", "1 (15/KH-UBND)")
