"""An update filled in with Excel: the form out, the form in, what is refused and what comes back marked."""

import io
import shutil
import subprocess
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import (
    ActivityProgress,
    AssignmentRole,
    OutputCount,
    ProgressState,
    QuarterlyUpdate,
    Status,
)
from activities.offline.layout import COLUMNS
from activities.offline.writing import write_update_form
from agencies.workbook import read_form, write_table
from plans.tests.factories import ChannelFactory

from .factories import (
    TODAY,
    ActivityProgressFactory,
    AssignmentFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """Two activities with a target and an indicator each, one of them reported for the period before."""
    world = make_world(activities=2, quantity_done=3)
    channel = ChannelFactory()
    world.indicator = IndicatorFactory(name="Lượt truy cập", name_en="Visits", unit="lượt", channels=[channel])
    for activity in world.all_activities:
        activity.channels.add(channel)
        activity.target_quantity, activity.target_unit = 10, "buổi"
        activity.save()
    before = QuarterlyUpdateFactory(
        period=ReportingPeriodFactory(plan=world.plan, ordinal=1),
        agency=world.agency,
        status=Status.APPROVED,
        leads=False,
        results="Đã ban hành 02 văn bản.",
    )
    line = ActivityProgressFactory(update=before, activity=world.activity, words="Kỳ trước họp.", quantity_done=2)
    OutputCountFactory(progress=line, indicator=world.indicator, value=1234)
    return world


def address(world, name="offline_upload"):
    return reverse(f"activities:{name}", args=[world.update.pk])


class Form:
    """The workbook in a person's hands: cells found by the key of their row and the English heading."""

    def __init__(self, data):
        self.workbook = load_workbook(io.BytesIO(data))
        self.page = next(page for page in self.workbook.worksheets if page.title.startswith("Update"))
        self.heading = next(row for row in range(1, 20) if self.page.cell(row, 1).value == "No.")
        self.columns = {cell.value: cell.column for cell in self.page[self.heading]}
        keys = range(self.heading + 1, self.page.max_row + 1)
        self.rows = {self.page.cell(row, self.columns["Row key (do not change)"]).value: row for row in keys}

    def cell(self, key, heading):
        return self.page.cell(self.rows[key], self.columns[heading])

    def write(self, key, **values):
        for heading, value in values.items():
            self.cell(key, HEADINGS[heading]).value = value
        return self

    def saved(self):
        made = io.BytesIO()
        self.workbook.save(made)
        return made.getvalue()


HEADINGS = {
    "state": "State",
    "percent": "Percent done",
    "day": "Completed on",
    "nothing": "Nothing in this period",
    "value": "Number in the period",
    "na": "Not applicable",
    "words": "Results in words",
    "why": "Why there is no evidence",
}


def form_of(world, by=None):
    response = login(by or world.focal_point).get(address(world, "offline_form"))
    assert response.status_code == 200
    return Form(response.content)


def send(world, form, by=None):
    data = form.saved() if isinstance(form, Form) else form
    file = SimpleUploadedFile("ban-khai.xlsx", data)
    return login(by or world.focal_point).post(address(world), {"file": file})


def key(activity, number=""):
    return f"a{activity.pk}.{number}" if number else f"a{activity.pk}"


def line_of(world):
    return ActivityProgress.objects.get(update=world.update, activity=world.activity)


# Out


def test_only_the_cells_to_write_in_are_open(world):
    form = form_of(world)

    assert form.page.protection.sheet
    assert not form.page.protection.password
    own, quantity = key(world.activity), key(world.activity, "quantity_done")
    opened = {(own, name) for name in ("state", "percent", "day", "nothing", "words", "why")}
    opened |= {(quantity, "value"), (quantity, "na")}
    for row in (own, quantity):
        for name, heading in HEADINGS.items():
            assert form.cell(row, heading).protection.locked == ((row, name) not in opened), (row, name)
    assert form.cell(own, "Activity and what is counted").protection.locked


def test_it_holds_what_is_filled_in_and_the_period_before(world):
    form = form_of(world)
    own, visits = key(world.activity), key(world.activity, f"count_{world.indicator.pk}")

    assert form.cell(own, "State").value == "In progress"
    assert form.cell(own, "Percent done").value == 40
    assert form.cell(own, "Results in words").value == "Đã tổ chức 03 hội nghị."
    assert form.cell(own, "Results of the period before").value == "Kỳ trước họp."
    assert form.cell(own, "Period before").value == "In progress, 40%"
    quantity = key(world.activity, "quantity_done")
    facts = [form.cell(quantity, name).value for name in ("Number in the period", "Unit", "Period before")]
    assert facts == [3, "buổi", 2]
    assert (form.cell(visits, "Period before").value, form.cell(visits, "Cumulative before").value) == (1234, 1234)
    assert form.cell(visits, "Number in the period").value is None
    assert form.cell("words.results", "Results of the period before").value == "Đã ban hành 02 văn bản."


def test_it_can_be_read_and_worked_in(world):
    form = form_of(world)

    assert form.page.freeze_panes == f"C{form.heading + 1}"
    assert form.page.column_dimensions["O"].hidden
    assert form.workbook["_keys"].sheet_state == "hidden"
    assert form.cell(key(world.activity), "Results in words").alignment.wrap_text
    assert all(each.width and each.width <= 60 for each in form.page.column_dimensions.values())


def test_cells_say_what_they_take(world):
    form = form_of(world)
    own = key(world.activity)

    def rule(heading, row=own):
        place = form.cell(row, heading).coordinate
        return next(each for each in form.page.data_validations.dataValidation if place in each.sqref)

    assert rule("State").type == "list" and rule("State").showErrorMessage
    assert rule("State").formula1 == '"Not started,In progress,Done"'
    assert (rule("Percent done").type, rule("Percent done").formula1, rule("Percent done").formula2) == (
        "whole",
        "0",
        "100",
    )
    assert rule("Completed on").type == "date"
    assert rule("Number in the period", key(world.activity, "quantity_done")).type == "whole"
    assert rule("Results in words").type == "textLength"


def test_words_that_look_like_a_formula_stay_words(world):
    ActivityProgress.objects.filter(pk=world.line.pk).update(words="=1+1 là 2")

    cell = form_of(world).cell(key(world.activity), "Results in words")

    assert (cell.value, cell.data_type) == ("=1+1 là 2", "s")


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_there_is_no_form_of_what_was_sent(status):
    world = make_world(status)

    for name in ("offline_form", "offline_upload"):
        assert login(world.focal_point).get(address(world, name)).status_code == 403


def test_there_is_no_form_once_the_period_is_locked(world, clock):
    data = form_of(world).write(key(world.activity), percent=60).saved()
    clock(world.period.locks_on)

    assert login(world.focal_point).get(address(world, "offline_form")).status_code == 403
    assert send(world, data).status_code == 403
    assert line_of(world).percent == 40


def test_who_may_not(world):
    for person, answer in {
        world.coordinator: 403,
        UserFactory(agency__locality=world.locality): 403,
        UserFactory(role=Role.COORDINATOR): 404,
    }.items():
        for name in ("offline_form", "offline_upload"):
            assert login(person).get(address(world, name)).status_code == answer


# In


def test_what_was_filled_in_is_taken_over(world):
    form = form_of(world)
    own, other = key(world.activity), key(world.all_activities[1])
    form.write(own, state="Done", percent=100, day=date(2026, 6, 1), words="Đã họp\nba buổi.", why="Chưa chụp ảnh")
    form.write(key(world.activity, "quantity_done"), value=4)
    form.write(key(world.activity, f"count_{world.indicator.pk}"), value=0)
    form.write(key(world.all_activities[1], f"count_{world.indicator.pk}"), na="x")
    form.write(key(world.all_activities[1], "quantity_done"), value=None, na="X")
    form.write(other, words="Có họp.")
    form.write("words.results", words="Đã giao ban.")

    response = send(world, form)

    assert response.url == reverse("activities:sheet", args=[world.update.pk])
    line = line_of(world)
    assert (line.state, line.percent, line.completed_on) == (ProgressState.DONE, 100, date(2026, 6, 1))
    assert (line.words, line.no_evidence_reason, line.quantity_done) == ("Đã họp\nba buổi.", "Chưa chụp ảnh", 4)
    assert line.saved_by == world.focal_point
    assert OutputCount.objects.get(progress=line).value == 0
    second = ActivityProgress.objects.get(update=world.update, activity=world.all_activities[1])
    assert (second.words, second.quantity_done, second.quantity_not_applicable) == ("Có họp.", None, True)
    assert OutputCount.objects.get(progress=second).not_applicable
    update = QuarterlyUpdate.objects.get(pk=world.update.pk)
    assert (update.results, update.status) == ("Đã giao ban.", Status.DRAFT)
    said = [str(message) for message in response.wsgi_request._messages]
    assert said == ["Taken over from the workbook: 2 activities."]


def test_a_form_that_comes_back_as_it_went_changes_nothing(world):
    before = list(ActivityProgress.objects.values()), list(QuarterlyUpdate.objects.values())

    response = send(world, form_of(world))

    assert response.status_code == 302
    said = [str(message) for message in response.wsgi_request._messages]
    assert said == ["No cell of the workbook has been changed since it was downloaded."]
    assert (list(ActivityProgress.objects.values()), list(QuarterlyUpdate.objects.values())) == before


def test_a_line_nobody_has_begun_is_begun(world):
    ActivityProgress.objects.filter(update=world.update).delete()

    send(world, form_of(world).write(key(world.activity), state="In progress", percent=10))

    assert [line.percent for line in ActivityProgress.objects.filter(update=world.update)] == [10]


def test_nothing_in_the_period_is_one_letter(world):
    form = form_of(world).write(key(world.activity), nothing="x", state=None, percent=None, words=None)

    send(world, form.write(key(world.activity, "quantity_done"), value=None))

    line = line_of(world)
    assert (line.nothing_in_period, line.state, line.percent) == (True, ProgressState.IN_PROGRESS, 40)


@pytest.mark.parametrize("state", ["Đang thực hiện", "in progress", "IN  PROGRESS "])
def test_a_state_is_known_in_every_language(state, world):
    ActivityProgress.objects.filter(pk=world.line.pk).update(state=ProgressState.NOT_STARTED, percent=0)

    send(world, form_of(world).write(key(world.activity), state=state, percent="50%"))

    assert (line_of(world).state, line_of(world).percent) == (ProgressState.IN_PROGRESS, 50)


def test_a_form_made_in_vietnamese_is_read_in_english(world):
    update = QuarterlyUpdate.objects.select_related("period__plan", "agency").get(pk=world.update.pk)
    with translation.override("vi"):
        data = write_update_form(update, today=TODAY)
    workbook = load_workbook(io.BytesIO(data))
    page = workbook.worksheets[0]
    place = next(cell for row in page.iter_rows() for cell in row if cell.value == "Đã tổ chức 03 hội nghị.")
    place.value = "Đã họp bốn buổi."
    made = io.BytesIO()
    workbook.save(made)

    assert send(world, made.getvalue()).status_code == 302
    assert line_of(world).words == "Đã họp bốn buổi."


# Faults


def test_faulty_cells_come_back_marked_and_nothing_is_kept(world):
    form = form_of(world)
    form.write(key(world.activity), percent=140, words="Mới.", day=date(2027, 1, 1), nothing="maybe")
    form.write(key(world.all_activities[1]), words="Cũng mới.")
    form.write(key(world.activity, "quantity_done"), value="nhiều")

    response = send(world, form)

    assert response.status_code == 422
    assert "Nothing was taken over: 4 cells are faulty" in response.text
    row = form.rows[key(world.activity)]
    assert f"Row {row}, Percent done" in response.text
    assert "Percent done is between 0 and 100." in response.text
    assert not ActivityProgress.objects.filter(words__contains="ới").exists()

    marked = login(world.focal_point).get(f"{address(world)}?upload={response.context['upload'].token}&marked")

    assert "-da-danh-dau.xlsx" in marked["Content-Disposition"]
    book = Form(marked.content)
    assert "Percent done is between 0 and 100." in book.cell(key(world.activity), "Percent done").comment.text
    assert "Write a whole number" in book.cell(key(world.activity, "quantity_done"), HEADINGS["value"]).comment.text
    assert "Write x, or leave the cell empty." in book.cell(key(world.activity), HEADINGS["nothing"]).comment.text
    assert book.cell(key(world.activity), "Results in words").value == "Mới."
    assert book.page.protection.sheet


def test_the_marked_workbook_corrected_goes_through(world):
    form = form_of(world).write(key(world.activity), percent=140)
    response = send(world, form)
    marked = login(world.focal_point).get(f"{address(world)}?upload={response.context['upload'].token}&marked")

    response = send(world, Form(marked.content).write(key(world.activity), percent=80))

    assert response.status_code == 302
    assert line_of(world).percent == 80


def test_a_formula_that_has_no_result_is_a_fault(world):
    response = send(world, form_of(world).write(key(world.activity), percent="=1+1"))

    assert response.status_code == 422
    assert "This formula has no result" in response.text


def test_a_number_both_given_and_not_applicable(world):
    response = send(world, form_of(world).write(key(world.activity, "quantity_done"), na="x"))

    assert "Write a number, or tick that it does not apply, not both." in response.text
    assert line_of(world).quantity_done == 3


def test_another_person_does_not_get_the_marked_workbook(world):
    response = send(world, form_of(world).write(key(world.activity), percent=140))
    colleague = login(UserFactory(agency=world.agency))

    asked = colleague.get(f"{address(world)}?upload={response.context['upload'].token}&marked")

    assert asked.status_code == 404


# Whose form it is


def test_the_form_of_another_agency_is_refused(world):
    other = make_world(locality=world.locality)

    response = send(world, form_of(other))

    assert response.status_code == 422
    assert f"This is the form of {other.agency.name} for {other.period.title}; upload it there." in response.text


def test_the_form_of_another_period_is_refused(world):
    later = QuarterlyUpdateFactory(
        period=ReportingPeriodFactory(plan=world.plan, ordinal=3), agency=world.agency, leads=False
    )
    data = write_update_form(
        QuarterlyUpdate.objects.select_related("period__plan", "agency").get(pk=later.pk), today=TODAY
    )

    assert "upload it there" in send(world, data).text


@pytest.mark.parametrize("data", [b"no workbook", b"PK\x03\x04"])
def test_what_is_no_workbook_is_refused(data, world):
    response = send(world, data)

    assert response.status_code == 422
    assert "This is not an Excel workbook" in response.text


def test_a_workbook_that_is_no_form_is_refused(world):
    assert "This is not a form of the portal" in send(world, write_table("x", COLUMNS, [{"title": "a"}])).text


def test_nothing_chosen(world):
    response = login(world.focal_point).post(address(world), {})

    assert response.status_code == 422
    assert "Choose the workbook." in response.text


def test_an_activity_that_is_no_longer_theirs_is_said(world):
    form = form_of(world).write(key(world.activity), words="Mới.")
    world.activity.assignments.filter(agency=world.agency, role=AssignmentRole.LEAD).delete()
    AssignmentFactory(activity=world.activity)

    response = send(world, form)

    assert "Your agency does not report this activity any more" in response.text


# Changed meanwhile


@pytest.fixture
def overtaken(world):
    """The form was taken away; meanwhile a colleague saved the first activity."""
    form = form_of(world).write(key(world.activity), words="Từ tệp.")
    form.write(key(world.all_activities[1]), words="Cũng từ tệp.")
    colleague = UserFactory(agency=world.agency, full_name="Trần Thị Mai")
    ActivityProgress.objects.filter(pk=world.line.pk).update(words="Từ trang.", version=1, saved_by=colleague)
    return form


def test_what_was_saved_meanwhile_is_shown_and_nothing_is_kept(world, overtaken):
    response = send(world, overtaken)

    assert response.status_code == 422
    assert "Nothing was taken over: the update was changed meanwhile" in response.text
    assert "Trần Thị Mai" in response.text
    assert [part.row.activity for part in response.context["filled"].stale] == [world.activity]
    assert "Từ trang." in response.text and "Từ tệp." in response.text
    assert not ActivityProgress.objects.filter(words__contains="từ tệp").exists()


def test_it_is_taken_over_once_somebody_has_looked(world, overtaken):
    response = send(world, overtaken)
    context = response.context

    again = {"upload": context["upload"].token, "seen": context["filled"].seen}
    response = login(world.focal_point).post(address(world), again)

    assert response.url == reverse("activities:sheet", args=[world.update.pk])
    assert line_of(world).words == "Từ tệp."
    assert ActivityProgress.objects.filter(words="Cũng từ tệp.").exists()
    assert login(world.focal_point).post(address(world), again).status_code == 404, "once"


def test_what_was_saved_since_somebody_looked_is_shown_again(world, overtaken):
    context = send(world, overtaken).context
    ActivityProgress.objects.filter(pk=world.line.pk).update(words="Lần nữa.", version=2)

    response = login(world.focal_point).post(
        address(world), {"upload": context["upload"].token, "seen": context["filled"].seen}
    )

    assert response.status_code == 422
    assert "Lần nữa." in response.text
    assert line_of(world).words == "Lần nữa."


def test_what_a_colleague_saved_elsewhere_is_left_alone(world):
    """A part of the form in which nobody wrote says nothing."""
    form = form_of(world).write(key(world.all_activities[1]), words="Từ tệp.")
    ActivityProgress.objects.filter(pk=world.line.pk).update(words="Từ trang.", version=1)

    assert send(world, form).status_code == 302
    assert line_of(world).words == "Từ trang."
    assert ActivityProgress.objects.filter(words="Từ tệp.").exists()


def test_the_same_form_twice_is_kept_once(world):
    form = form_of(world).write(key(world.activity), words="Từ tệp.")
    send(world, form)
    version = line_of(world).version

    response = send(world, form)

    assert response.status_code == 302
    assert line_of(world).version == version
    said = [str(message) for message in response.wsgi_request._messages]
    assert said == ["The workbook says what the portal has already: nothing was changed."]


def test_an_older_form_in_which_nobody_wrote_says_so(world):
    form = form_of(world)
    ActivityProgress.objects.filter(activity=world.activity).update(words="Mới hơn trên hệ thống.", version=9)

    response = send(world, form)

    said = [str(message) for message in response.wsgi_request._messages]
    assert said == ["No cell of the workbook has been changed since it was downloaded."]
    assert line_of(world).words == "Mới hơn trên hệ thống."


def test_words_changed_meanwhile_are_shown_too(world):
    form = form_of(world).write("words.results", words="Từ tệp.")
    QuarterlyUpdate.objects.filter(pk=world.update.pk).update(results="Từ trang.")

    response = send(world, form)

    assert response.status_code == 422
    assert "Từ trang." in response.text and "Từ tệp." in response.text


def test_somebody_quicker_by_a_moment(world, monkeypatch):
    form = form_of(world).write(key(world.activity), words="Từ tệp.").write("words.results", words="Chung.")
    monkeypatch.setattr("activities.offline.taking.save_words", lambda *args, **kwargs: False)

    response = send(world, form)

    assert response.url == address(world)
    assert line_of(world).words == "Đã tổ chức 03 hội nghị.", "all or nothing"


# With LibreOffice


@pytest.mark.libreoffice
def test_libreoffice_opens_it_and_what_it_saves_is_read(world, tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(form_of(world).write(key(world.activity), words="Từ tệp.", day=None).saved())
    out = tmp_path / "out"

    command = [shutil.which("soffice"), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    subprocess.run(
        [*command, "--convert-to", "xlsx", "--outdir", str(out), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )

    data = (out / "form.xlsx").read_bytes()
    assert Form(data).page.protection.sheet
    assert Form(data).cell(key(world.activity), "Percent done").protection.locked is False
    assert send(world, data).status_code == 302
    assert line_of(world).words == "Từ tệp."


def test_it_is_known_by_its_hidden_keys(world):
    data = form_of(world).saved()
    table, keys = read_form(io.BytesIO(data), COLUMNS)

    assert keys["update"] == str(world.update.pk)
    assert set(table.places) == {column.key for column in COLUMNS}
