"""Everything that was sent for a period as a workbook: ordered, made in the background, fetched."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.jobs import run_waiting
from accounts.models import Job, JobState, Role
from accounts.tests.factories import UserFactory, login
from activities.exporting import last_sent
from activities.models import QuarterlyUpdate, Status
from activities.workflow import move

from .factories import TODAY, EvidenceFactory, OutputCountFactory, make_world, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def sent():
    """One agency has sent its update, the other is still writing."""
    world = make_world(agencies=2, quantity_done=3, words="=Đã tổ chức 03 hội nghị.")
    OutputCountFactory(progress=world.line, value=0)
    OutputCountFactory(progress=world.line, value=None, not_applicable=True)
    EvidenceFactory(progress=world.line, caption="Tin trên trang", url="https://minhhoa.example/tin")
    move(world.update, "submit", by=world.focal_point, at=moment())
    return world


def rows(page):
    return [tuple(cell.value for cell in row) for row in page.iter_rows(min_row=2)]


def test_the_workbook_has_what_was_sent_and_nothing_else(sent, django_capture_on_commit_callbacks):
    browser = login(sent.coordinator)

    answer = browser.post(reverse("activities:period_export", args=[sent.period.pk]))
    job = Job.objects.get(kind="period_export")
    assert answer.url == reverse("accounts:job", args=[job.pk])
    run_waiting(moment(hour=10))
    job.refresh_from_db()
    file = b"".join(browser.get(reverse("accounts:job_file", args=[job.pk])).streaming_content)

    book = load_workbook(BytesIO(file))
    updates, lines, counts, evidence, *_notes = book.worksheets
    assert job.state == JobState.DONE
    assert [row[0] for row in rows(updates)] == [sent.agency.name]
    assert [row[0:2] for row in rows(lines)] == [(sent.agency.name, sent.activity.number)]
    assert "=Đã tổ chức 03 hội nghị." in rows(lines)[0]
    assert lines.cell(2, 9).data_type == "s"  # words stay words
    assert sorted(str(row[4]) for row in rows(counts)) == ["0", "None"]
    assert rows(evidence)[0][2:5:2] == ("Tin trên trang", "https://minhhoa.example/tin")


def test_what_is_being_corrected_is_not_in_it(sent):
    """After a return the workbook still says what was sent."""
    update = move(sent.update, "return", by=sent.coordinator, at=moment(hour=10), reason="Thiếu minh chứng")
    sent.line.words = "Đang sửa."
    sent.line.save()

    [event] = last_sent(update.period)

    assert event.content["activities"][0]["words"] == "=Đã tổ chức 03 hội nghị."


def test_what_was_recalled_is_not_in_it(sent):
    move(sent.update, "recall", by=sent.focal_point, at=moment(hour=10))

    assert last_sent(sent.period) == []
    assert QuarterlyUpdate.objects.get(pk=sent.update.pk).status == Status.DRAFT


def test_of_a_recalled_second_sending_the_first_stands(sent):
    update = move(sent.update, "return", by=sent.coordinator, at=moment(hour=10), reason="Thiếu minh chứng")
    sent.line.words = "Lần hai."
    sent.line.save()
    update = move(update, "submit", by=sent.focal_point, at=moment(hour=11))
    move(update, "recall", by=sent.focal_point, at=moment(hour=12))

    [event] = last_sent(sent.period)

    assert event.content["activities"][0]["words"] == "=Đã tổ chức 03 hội nghị."


def test_a_focal_point_orders_nothing(sent):
    answer = login(sent.focal_point).post(reverse("activities:period_export", args=[sent.period.pk]))

    assert answer.status_code == 403
    assert not Job.objects.exists()


def test_of_another_locality_it_is_not_there(sent):
    stranger = login(UserFactory(role=Role.COORDINATOR))

    assert stranger.post(reverse("activities:period_export", args=[sent.period.pk])).status_code == 404
