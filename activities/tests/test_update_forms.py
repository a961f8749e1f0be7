"""What an agency types: a line's figures and the update's words; and why an update is returned."""

import unicodedata
from datetime import date

import pytest

from activities.completeness import missing_in
from activities.models import (
    Activity,
    ActivityProgress,
    Indicator,
    OutputCount,
    QuarterlyUpdate,
    Status,
)
from activities.saving import words_version
from activities.sheet import build_sheet
from activities.update_forms import ProgressForm, ReturnForm, WordsForm
from plans.tests.factories import ChannelFactory

from .factories import (
    TODAY,
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def update():
    """A draft whose agency leads one activity with a target and two indicators to count."""
    update = QuarterlyUpdateFactory(leads=False)
    channel = ChannelFactory()
    activity = ActivityFactory(plan=update.period.plan, target_quantity=100, channels=[channel])
    AssignmentFactory(activity=activity, agency=update.agency)
    IndicatorFactory(code="WEB-1", channels=[channel])
    IndicatorFactory(code="SOC-1", channels=[channel])
    return QuarterlyUpdate.objects.select_related("agency", "period__plan").get(pk=update.pk)


def typed(**changes):
    return {
        "version": "0",
        "state": "in_progress",
        "percent": "40",
        "quantity_done": "12",
        "completed_on": "",
        "words": "Đã tổ chức 03 hội nghị.",
        "count_WEB-1": "7",
        "count_SOC-1": "",
        **changes,
    }


DONE = {"state": "done", "percent": "100", "completed_on": "01/06/2026"}


def progress_form(update, data=None, today=TODAY):
    [row] = build_sheet(update)
    return ProgressForm(data, update=update, row=row, today=today)


def saved(update, **changes):
    form = progress_form(update, typed(**{"version": progress_form(update).stored_version, **changes}))
    assert form.is_valid(), form.errors
    return form.save()


# A line


@pytest.mark.parametrize(
    "changes, percent, completed_on",
    [
        ({}, 40, None),
        ({"state": "in_progress", "percent": "0"}, 0, None),
        ({"state": "in_progress", "percent": "100"}, 100, None),
        ({"state": "not_started", "percent": ""}, 0, None),
        ({"state": "not_started", "percent": "0"}, 0, None),
        (DONE, 100, date(2026, 6, 1)),
        ({**DONE, "percent": ""}, 100, date(2026, 6, 1)),
        ({**DONE, "completed_on": "2026-06-01"}, 100, date(2026, 6, 1)),
        ({**DONE, "completed_on": "1.6.2026"}, 100, date(2026, 6, 1)),
        ({**DONE, "completed_on": "14/06/2026"}, 100, date(2026, 6, 14)),
    ],
)
def test_a_line_is_kept(update, changes, percent, completed_on):
    line = saved(update, **changes)

    line.refresh_from_db()
    assert (line.state, line.percent, line.completed_on) == (changes.get("state", "in_progress"), percent, completed_on)
    assert (line.quantity_done, line.words) == (12, "Đã tổ chức 03 hội nghị.")


@pytest.mark.parametrize(
    "changes", [{"state": ""}, {"state": "in_progress", "percent": ""}, {**DONE, "completed_on": ""}]
)
def test_a_draft_may_lack_what_the_sending_asks_for(update, changes):
    progress = saved(update, **changes)

    missing = [sentence for activity, sentence in missing_in(update) if activity == progress.activity]
    assert missing
    assert all(sentence.startswith(f"Activity {progress.activity.number}: ") for sentence in missing)


@pytest.mark.parametrize(
    "changes, field, sentence",
    [
        ({"state": "maybe"}, "state", "Choose one of the listed states."),
        ({"percent": "101"}, "percent", "Percent done is between 0 and 100."),
        ({"percent": "-1"}, "percent", "Percent done is between 0 and 100."),
        ({"percent": "12,5"}, "percent", "Write a whole number from 0 to 100."),
        ({"percent": "nửa"}, "percent", "Write a whole number from 0 to 100."),
        ({"percent": "9" * 5000}, "percent", "Write a whole number from 0 to 100."),
        ({"state": "not_started", "percent": "10"}, "percent", "An activity that has not started is 0 percent done."),
        ({**DONE, "percent": "90"}, "percent", "A completed activity is 100 percent done; correct this or the state."),
        ({**DONE, "completed_on": "31/02/2026"}, "completed_on", "Write the date as day/month/year"),
        ({**DONE, "completed_on": "hôm qua"}, "completed_on", "Write the date as day/month/year"),
        (
            {**DONE, "completed_on": "16/06/2026"},
            "completed_on",
            "The day of completion is still to come; it can be at most today, 15/06/2026.",
        ),
        (
            {**DONE, "completed_on": "15/06/2026"},
            "completed_on",
            "The period closed its data on 14/06/2026: what was completed later belongs to the next period.",
        ),
        ({"completed_on": "01/06/2026"}, "completed_on", "Only a completed activity has a day of completion."),
        ({"quantity_done": "-5"}, "quantity_done", "A count cannot be below zero."),
        ({"quantity_done": "12,5"}, "quantity_done", "Write a whole number, for example 1.250."),
        ({"quantity_done": "12.5"}, "quantity_done", "Write a whole number, for example 1.250."),
        ({"quantity_done": "15.3.2026"}, "quantity_done", "Write a whole number, for example 1.250."),
        ({"quantity_done": "1,250"}, "quantity_done", "Write a whole number, for example 1.250."),
        ({"quantity_done": "1 250"}, "quantity_done", "Write a whole number, for example 1.250."),
        ({"quantity_done": "khoảng 10"}, "quantity_done", "Write a whole number, for example 1.250."),
        ({"quantity_done": "1e3"}, "quantity_done", "Write a whole number, for example 1.250."),
        ({"quantity_done": "NaN"}, "quantity_done", "Write a whole number, for example 1.250."),
        ({"quantity_done": "9" * 17}, "quantity_done", "This number is too large to be a count; check it."),
        ({"quantity_done": "9" * 5000}, "quantity_done", "Write a whole number"),
        ({"count_WEB-1": "-1"}, "count_WEB-1", "A count cannot be below zero."),
        ({"count_SOC-1": "ba"}, "count_SOC-1", "Write a whole number, for example 1.250."),
        ({"words": "x" * 5001}, "words", "At most 5000 characters; these are 5001."),
        ({"words": "a\x00b"}, "words", "Null characters are not allowed."),
        ({"version": ""}, "version", "The page came back incomplete. Open the activity again."),
        ({"version": "x" * 65}, "version", "The page came back incomplete. Open the activity again."),
        ({"na_quantity_done": "on"}, "quantity_done", "Write a number, or tick that it does not apply, not both."),
        ({"na_count_WEB-1": "on"}, "count_WEB-1", "Write a number, or tick that it does not apply, not both."),
        ({"no_evidence_reason": "x" * 1001}, "no_evidence_reason", "At most 1000 characters; these are 1001."),
        (
            {"nothing_in_period": "on"},
            "nothing_in_period",
            "Figures of this period are filled in: take them out, or take off this tick.",
        ),
    ],
)
def test_a_mistake_is_said_beside_its_field(update, changes, field, sentence):
    form = progress_form(update, typed(**changes))

    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]


@pytest.mark.parametrize(
    "written, kept",
    [("1250", 1250), ("1.250", 1250), (" 1.250.000 ", 1250000), ("0", 0), ("007", 7), ("", None), ("  ", None)],
)
def test_numbers_as_people_write_them(update, written, kept):
    line = saved(update, quantity_done=written, **{"count_WEB-1": written})

    assert line.quantity_done == kept
    assert list(line.output_counts.values_list("value", flat=True)) == ([] if kept is None else [kept])


def test_what_was_kept_is_shown_as_people_write_it(update):
    saved(update, quantity_done="1250", **{"count_WEB-1": "2500000"})

    form = progress_form(update)

    assert 'value="1.250"' in str(form["quantity_done"])
    assert 'value="2.500.000"' in str(form["count_WEB-1"])


def test_a_count_left_blank_is_not_counted_and_zero_is_none(update):
    line = saved(update, **{"count_WEB-1": "7", "count_SOC-1": "0"})
    assert dict(line.output_counts.values_list("indicator", "value")) == {"WEB-1": 7, "SOC-1": 0}

    again = saved(update, **{"count_WEB-1": "", "count_SOC-1": "3"})
    assert again == line
    assert dict(line.output_counts.values_list("indicator", "value")) == {"SOC-1": 3}
    assert OutputCount.objects.count() == 1


def test_an_activity_without_a_target_asks_for_no_quantity(update):
    Activity.objects.update(target_quantity=None)

    assert "quantity_done" not in progress_form(update).fields
    assert saved(update).quantity_done is None


def test_a_line_starts_from_what_was_saved(update):
    saved(update, **DONE)

    form = progress_form(update)

    assert form["percent"].value() == 100
    assert 'value="01/06/2026"' in str(form["completed_on"])
    assert form["count_SOC-1"].value() is None


def test_words_are_kept_in_one_form_and_as_they_are(update):
    hostile = "<script>alert('x')</script> {{ settings.SECRET_KEY }} %s 💥\n\n- dòng"

    assert saved(update, words=hostile).words == hostile
    assert saved(update, words=unicodedata.normalize("NFD", "Đã làm")).words == "Đã làm"


def test_another_version_is_refused_and_the_next_save_passes(update):
    saved(update, words="Chữ của đồng nghiệp")
    form = progress_form(update, typed(words="Chữ của tôi"))

    assert "This was saved in another window or by a colleague meanwhile." in form.non_field_errors()[0]
    assert form["words"].value() == "Chữ của tôi"
    assert form["version"].value() == "1"
    assert progress_form(update, dict(form.data.items())).is_valid()


def test_what_is_missing_is_shown_beside_its_field(update):
    ActivityProgressFactory(update=update, words="")
    form = progress_form(update)

    form.mark_missing()

    assert set(form.errors) == {"words", "quantity_done"}
    assert "say in words what was done" in form.errors["words"][0]


def test_a_line_not_begun_lacks_its_state(update):
    form = progress_form(update)

    form.mark_missing()

    assert list(form.errors) == ["state"]


def test_a_line_is_saved_once(update):
    saved(update)
    saved(update, percent="50")

    assert ActivityProgress.objects.get().percent == 50


# Words


def test_words_of_an_update(update):
    words = {"results": "  Đã chỉ đạo ", "difficulties": "", "proposals": "Bổ sung"}
    version = words_version(update)
    form = WordsForm({"version": version, **words}, instance=update)

    assert form.is_valid()
    assert form.cleaned_data == words | {"version": version, "results": "Đã chỉ đạo"}


def test_words_of_another_window_are_not_overwritten(update):
    version = words_version(update)
    update.results = "Của đồng nghiệp"
    theirs = words_version(update)
    form = WordsForm({"version": version, "results": "Của tôi"}, instance=update)

    assert not form.is_valid()
    assert "saved in another window" in form.non_field_errors()[0]
    assert form["results"].value() == "Của tôi"
    assert form["version"].value() == theirs


def test_a_line_saved_meanwhile_does_not_disturb_the_words(update):
    version = words_version(update)
    saved(update)
    update.refresh_from_db()

    assert WordsForm({"version": version, "results": "Của tôi"}, instance=update).is_valid()


@pytest.mark.parametrize("field", ["results", "difficulties", "proposals"])
@pytest.mark.parametrize(
    "words, sentence", [("x" * 5001, "At most 5000 characters; these are 5001."), ("\x00x", "Null characters")]
)
def test_words_have_their_limits(update, field, words, sentence):
    form = WordsForm({"version": words_version(update), field: words}, instance=update)

    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]


# Nothing, and not applicable


def test_a_number_that_does_not_apply_is_neither_blank_nor_zero(update):
    line = saved(update, quantity_done="", na_quantity_done="on", **{"count_WEB-1": "", "na_count_WEB-1": "on"})

    assert (line.quantity_done, line.quantity_not_applicable) == (None, True)
    assert [(count.value, count.not_applicable) for count in line.output_counts.all()] == [(None, True)]
    form = progress_form(update)
    assert (form["na_quantity_done"].value(), form["na_count_WEB-1"].value(), form["na_count_SOC-1"].value()) == (
        True,
        True,
        False,
    )


IDLE = {"nothing_in_period": "on", "quantity_done": "", "count_WEB-1": "", "state": "", "percent": "", "words": ""}


def test_nothing_in_the_period_of_what_was_never_reported_is_not_started(update):
    line = saved(update, **IDLE)

    assert (line.state, line.percent, line.completed_on) == ("not_started", 0, None)
    assert missing_in(update) == []


@pytest.mark.parametrize(
    "state, percent, day", [("in_progress", 40, None), ("done", 100, date(2026, 3, 1)), ("not_started", 0, None)]
)
def test_nothing_in_the_period_keeps_the_state_of_the_one_before(update, state, percent, day):
    before = QuarterlyUpdateFactory(
        period=ReportingPeriodFactory(plan=update.period.plan, ordinal=1),
        agency=update.agency,
        status=Status.APPROVED,
        leads=False,
    )
    activity = Activity.objects.get()
    ActivityProgressFactory(update=before, activity=activity, state=state, percent=percent, completed_on=day)

    line = saved(update, **IDLE | {"completed_on": "31/02/2026", "percent": "x"})

    assert (line.state, line.percent, line.completed_on) == (state, percent, day)
    assert missing_in(update) == []


def test_a_stock_may_be_counted_though_nothing_was_done(update):
    Indicator.objects.filter(pk="WEB-1").update(is_stock=True)

    assert saved(update, **IDLE | {"count_WEB-1": "3"}).output_counts.get().value == 3


# Returning


@pytest.mark.parametrize(
    "reason, sentence",
    [
        ("", "Say why the update is returned"),
        ("  ", "Say why the update is returned"),
        ("x" * 2001, "at most 2000 characters"),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
def test_a_return_needs_a_reason(reason, sentence):
    assert sentence in ReturnForm({"reason": reason}).errors["reason"][0]


def test_counts_of_an_indicator_that_left_the_activity_are_dropped(update):
    line = saved(update)
    OutputCountFactory(progress=line, indicator=IndicatorFactory(code="OLD-1"))

    saved(update)

    assert list(line.output_counts.values_list("indicator", flat=True)) == ["WEB-1"]
