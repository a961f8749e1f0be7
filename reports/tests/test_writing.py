"""Writing in a part: saved while it is typed, never over another's words, every version to be had again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import QuarterlyUpdate, Status, UpdateEvent
from activities.tests.factories import TODAY, UpdateEventFactory, make_world, moment
from reports.beginning import Subject, begin_report
from reports.forms import PartForm
from reports.models import PartVersion, Report, ReportKind, ReportStatus
from reports.quarterly import building
from reports.writing import AS_DRAFTED, redrafted, restore_part, save_part, take_drafts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

AT = moment(17)
AUTOSAVE = {"HTTP_X_AUTOSAVE": "1"}


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    world = make_world(Status.APPROVED)
    QuarterlyUpdate.objects.update(results="Ban hành kế hoạch riêng.", difficulties="Thiếu kinh phí.")
    world.report, _is_new = begin_report(Subject(ReportKind.PLAN, world.period), by=world.coordinator, at=moment(15))
    world.part = world.report.parts.get(code="III.3")
    world.address = reverse("reports:part", args=[world.report.pk, "III.3"])
    world.colleague = UserFactory(agency=world.plan.coordinating_agency, role=Role.COORDINATOR)
    return world


def stored(world):
    world.part.refresh_from_db()
    return world.part


def test_another_locality_writes_nothing(world):
    stranger = login(make_world().coordinator)

    for method in ("get", "post"):
        assert getattr(stranger, method)(world.address, {"version": 0, "body": "x"}).status_code == 404
    assert stored(world).version == 0


def test_what_is_typed_is_kept_and_answered(world):
    answer = login(world.coordinator).post(
        world.address, {"version": 0, "body": "Kinh phí cấp chậm 45 ngày.\r\n\r\nCó **12** đơn vị."}, **AUTOSAVE
    )

    assert answer.json()["version"] == 1
    assert answer.json()["saved"].startswith("Saved at")
    assert answer.json()["typed"] == ["45", "12"]
    part = stored(world)
    assert part.body == "Kinh phí cấp chậm 45 ngày.\n\nCó **12** đơn vị."
    assert (part.edited_by, part.version) == (world.coordinator, 1)
    built = building.build_report(world.report, today=TODAY)
    printed = next(each for each in built.parts if each.code == "III.3").paragraphs
    assert [each.text for each in printed] == ["Kinh phí cấp chậm 45 ngày.", "Có 12 đơn vị."]
    assert printed[1].runs[1].bold


def test_without_a_script_the_button_saves(world):
    answer = login(world.coordinator).post(world.address, {"version": 0, "body": "Do thiếu người."})

    assert answer.url == f"{world.report.get_absolute_url()}#part-III-3"
    assert stored(world).body == "Do thiếu người."


def test_two_people_never_overwrite_each_other(world):
    mine, theirs = login(world.coordinator), login(world.colleague)
    theirs.post(world.address, {"version": 0, "body": "Bản của đồng nghiệp."}, **AUTOSAVE)

    refused = mine.post(world.address, {"version": 0, "body": "Bản của tôi."}, **AUTOSAVE)

    assert refused.status_code == 409
    said = strip_tags(refused.text)
    assert "Bản của đồng nghiệp." in said and "Bản của tôi." in said
    assert str(world.colleague) in refused.text and "data-conflict" in refused.text
    assert stored(world).body == "Bản của đồng nghiệp."
    page = mine.post(world.address, {"version": 0, "body": "Bản của tôi."})
    assert page.status_code == 409 and "Nothing of yours is lost" in page.text

    assert mine.post(world.address, {"version": 1, "body": "Bản của tôi.", "resolve": "theirs"}).status_code == 302
    assert stored(world).body == "Bản của đồng nghiệp."
    mine.post(world.address, {"version": 1, "body": "Bản của tôi.", "resolve": "mine"})
    assert stored(world).body == "Bản của tôi."
    assert set(PartVersion.objects.values_list("body", flat=True)) == {"Bản của đồng nghiệp.", "Bản của tôi."}


def test_the_same_sent_twice_is_saved_once(world):
    """The answer to the first was lost on the way."""
    browser = login(world.coordinator)

    answers = [browser.post(world.address, {"version": 0, "body": "Một."}, **AUTOSAVE) for _time in range(2)]

    assert [answer.json()["version"] for answer in answers] == [1, 1]
    assert PartVersion.objects.count() == 1


@pytest.mark.parametrize("version", ["", "-5", "x", "99999999999999999999"])
def test_a_page_that_does_not_say_which_version_it_showed_saves_nothing(world, version):
    answer = login(world.coordinator).post(world.address, {"version": version, "body": "Một."}, **AUTOSAVE)

    assert answer.status_code in (409, 422)
    assert stored(world).version == 0


def test_too_long_is_said(world):
    answer = login(world.coordinator).post(world.address, {"version": 0, "body": "a" * 40_001}, **AUTOSAVE)

    assert answer.status_code == 422 and "at most 40000" in answer.json()["errors"]["body"].replace(".", "")
    assert stored(world).version == 0


def test_hostile_words_are_words(world):
    body = "<script>alert(1)</script> {{ request }} [[../../etc]] **[[count.sent]]** \\*x"
    browser = login(world.coordinator)
    browser.post(world.address, {"version": 0, "body": body})

    for address in (
        world.report.get_absolute_url(),
        world.address,
        reverse("reports:part_history", args=[world.report.pk, "III.3"]),
    ):
        page = browser.get(address).text
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "a figure that is not there" in browser.get(world.report.get_absolute_url()).text


@pytest.mark.parametrize("status", [ReportStatus.SUBMITTED, ReportStatus.APPROVED])
def test_nothing_is_written_once_it_is_submitted(world, status):
    Report.objects.update(status=status)
    browser = login(world.coordinator)

    answer = browser.post(world.address, {"version": 0, "body": "Một."}, **AUTOSAVE)

    assert answer.status_code == 403 and "not being written now" in answer.json()["sentence"]
    with pytest.raises(PermissionDenied):
        save_part(world.part, "Một.", version=0, by=world.coordinator, at=AT)
    with pytest.raises(PermissionDenied):
        restore_part(world.part, AS_DRAFTED, by=world.coordinator, at=AT)
    with pytest.raises(PermissionDenied):
        take_drafts(world.report, [], taken=set(), by=world.coordinator, at=AT) or save_part(
            world.part, "x", version=0, by=world.coordinator, at=AT
        )
    assert stored(world).version == 0


def test_the_history_of_a_part(world):
    first = moment(15, 10)
    for minute, words in ((0, "Một."), (1, "Một, hai."), (8, "Ba.")):
        save_part(
            world.part, words, version=stored(world).version, by=world.coordinator, at=first + timedelta(minutes=minute)
        )
    save_part(stored(world), "Bốn.", version=3, by=world.colleague, at=first + timedelta(minutes=9))

    kept = PartVersion.objects.values_list("version", "body")
    assert list(kept) == [(4, "Bốn."), (3, "Ba."), (2, "Một, hai.")]
    browser = login(world.coordinator)
    page = browser.get(reverse("reports:part_history", args=[world.report.pk, "III.3"])).text
    assert all(words in page for words in ("Một, hai.", "Ba.", "Bốn.", "Thiếu kinh phí"))

    browser.post(reverse("reports:part_restore", args=[world.report.pk, "III.3"]), {"version": 2})
    assert (stored(world).body, world.part.version) == ("Một, hai.", 5)
    browser.post(reverse("reports:part_restore", args=[world.report.pk, "III.3"]), {"version": AS_DRAFTED})
    assert stored(world).body == world.part.drafted and world.part.edited_at is None
    browser.post(reverse("reports:part_restore", args=[world.report.pk, "III.3"]), {"version": 77})
    assert stored(world).version == 6
    assert PartVersion.objects.filter(body="Bốn.").exists()  # nothing is ever lost


def test_what_was_typed_outlives_a_restore_within_the_sitting(world):
    """Everything within a minute: neither the restore nor what is typed after it overwrites a version."""

    def typed(words):
        save_part(stored(world), words, version=world.part.version, by=world.coordinator, at=AT)

    typed("Một.")
    restore_part(stored(world), AS_DRAFTED, by=world.coordinator, at=AT)
    kept = PartVersion.objects.order_by("version").values_list("body", flat=True)
    assert list(kept) == ["Một.", world.part.drafted]
    page = login(world.coordinator).get(reverse("reports:part_history", args=[world.report.pk, "III.3"])).text
    assert page.count("as it stands") == 1 and 'name="version" value="1"' in page
    assert page.index("</ol>", page.index("history")) < page.index("As drafted from the updates")

    restore_part(stored(world), 1, by=world.coordinator, at=AT)
    typed("Hai.")
    typed("Hai, ba.")
    assert list(kept.all()) == ["Một.", world.part.drafted, "Một.", "Hai, ba."]


def test_a_conflict_shows_figures_as_they_print(world):
    browser = login(world.coordinator)
    login(world.colleague).post(world.address, {"version": 0, "body": "Có [[count.agencies]] đơn vị chậm."}, **AUTOSAVE)

    refused = browser.post(world.address, {"version": 0, "body": "Có [[count.agencies]] đơn vị đủ."}, **AUTOSAVE)

    box = refused.text[: refused.text.index("<details>")]
    assert "[[" not in box
    assert "Có 1 đơn vị <mark>chậm</mark>." in box and "Có 1 đơn vị <mark>đủ</mark>." in box


def test_what_was_approved_since_is_said_where_a_written_part_would_differ(world):
    save_part(world.part, "Do tôi viết.", version=0, by=world.coordinator, at=AT)
    QuarterlyUpdate.objects.update(results="Ban hành 2 kế hoạch.")  # the part that was written in says nothing of it
    UpdateEventFactory(update=world.update, move="approve", status=Status.APPROVED, at=moment(18))
    browser = login(world.coordinator)

    assert "approved after this report was drafted" not in browser.get(world.report.get_absolute_url()).text
    QuarterlyUpdate.objects.update(difficulties="Mưa bão.")
    assert "approved after this report was drafted" in browser.get(world.report.get_absolute_url()).text


def test_the_figures_to_choose_from(world):
    """None that nobody knows, and of a plan's report none that says something of one agency alone."""
    page = login(world.coordinator).get(world.address).context["page"]

    keys = {key for _label, key, _printed in page.figures}
    assert {"count.agencies", "rate.sent"} <= keys and not keys & {"count.led", "count.helped"}
    bare = replace(page.built, expected=0, sent=0, on_time=0)
    nothing_expected = replace(page, made=page.made._replace(built=bare))
    assert "rate.sent" not in {key for _label, key, _printed in nothing_expected.figures}
    assert {"count.led", "rate.sent"} <= page.printed.keys()  # what stands in a part already is printed all the same


def test_untouched_parts_follow_the_updates_and_written_ones_are_asked(world):
    save_part(world.part, "Do tôi viết.", version=0, by=world.coordinator, at=AT)
    QuarterlyUpdate.objects.update(results="Ban hành 2 kế hoạch.", difficulties="Mưa bão.", proposals="Cấp kinh phí.")
    UpdateEventFactory(update=world.update, move="approve", status=Status.APPROVED, at=moment(18))
    browser = login(world.coordinator)

    page = browser.get(world.report.get_absolute_url()).text
    assert "1 update was approved after this report was drafted" in page
    assert "Ban hành 2 kế hoạch" in page and "Do tôi viết." in page  # an untouched part is always as of now
    asked = browser.get(reverse("reports:refresh", args=[world.report.pk]))
    assert [change.part.code for change, _mine, _fresh in asked.context["asked"]] == ["III.3"]
    assert "Do tôi viết." in asked.text and "Mưa bão" in asked.text

    browser.post(reverse("reports:refresh", args=[world.report.pk]))  # mine stays, and it is not asked again
    assert stored(world).body == "Do tôi viết." and "Mưa bão" in world.part.drafted
    assert "2 kế hoạch" in world.report.parts.get(code="I").body
    assert browser.get(reverse("reports:refresh", args=[world.report.pk])).context["asked"] == []

    QuarterlyUpdate.objects.update(difficulties="Lũ lụt.")
    browser.post(reverse("reports:refresh", args=[world.report.pk]), {"take": ["III.3"]})
    assert "Lũ lụt" in stored(world).body and world.part.edited_at is None
    assert PartVersion.objects.filter(body="Do tôi viết.").exists()


def changed_drafts(world):
    QuarterlyUpdate.objects.update(results="Ban hành 2 kế hoạch.", difficulties="Mưa bão.")
    return redrafted(world.report.parts.all(), building.draft_report(world.report, today=TODAY))


def test_words_typed_while_it_is_drafted_anew_are_not_overwritten(world):
    changes = changed_drafts(world)
    save_part(world.part, "Vừa gõ xong.", version=0, by=world.colleague, at=AT)

    take_drafts(world.report, changes, taken=set(), by=world.coordinator, at=AT)

    assert (stored(world).body, world.part.version) == ("Vừa gõ xong.", 1)
    asked = [each.part.code for each in changed_drafts(world) if each.is_own]
    assert asked == ["III.3"]  # of this draft nobody has been asked yet


def test_what_is_typed_over_the_earlier_draft_does_not_overwrite_the_new_one_unseen(world):
    take_drafts(world.report, changed_drafts(world), taken=set(), by=world.colleague, at=AT)

    assert save_part(world.part, "Gõ trên bản cũ.", version=0, by=world.coordinator, at=AT) is None
    assert "Mưa bão" in stored(world).body and world.part.version == 1


def test_the_sources_of_a_sentence_stand_beside_it(world):
    UpdateEvent.objects.create(
        update=world.update,
        move="approve",
        status=Status.APPROVED,
        round=1,
        by=world.coordinator,
        role=Role.COORDINATOR,
        by_name="Hạnh",
        at=moment(16),
    )
    page = login(world.coordinator).get(reverse("reports:part", args=[world.report.pk, "I"])).text

    aside = page[page.index("data-sources") :]
    assert f'data-updates="{world.update.pk}"' in aside
    assert f'data-update="{world.update.pk}"' in aside
    assert world.update.get_absolute_url() in aside and "approved on 16/06/2026" in aside
    assert 'data-insert="Ban hành kế hoạch riêng."' in aside


def test_a_part_that_is_not_there(world):
    assert login(world.coordinator).get(reverse("reports:part", args=[world.report.pk, "IX"])).status_code == 404


def test_an_untouched_part_is_opened_as_it_is_drafted_now(world):
    """What was approved since the report was begun is in the text one begins to write in, and is no typed number."""
    QuarterlyUpdate.objects.update(difficulties="Mưa bão làm hỏng 17 cụm loa.")
    browser = login(world.coordinator)

    page = browser.get(world.address)
    assert "hỏng 17 cụm loa" in page.context["form"].initial["body"]
    assert f'data-updates="{world.update.pk}"' in page.text
    answer = browser.post(
        world.address, {"version": 0, "body": f"{page.context['form'].initial['body']}\nThiếu 9 người."}, **AUTOSAVE
    )

    assert answer.json()["typed"] == ["9"]
    assert "17 cụm loa" in stored(world).drafted
    assert world.part.sources[0][1] == [world.update.pk]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_in_every_language(world, language):
    """Whichever language the process spoke first."""
    browser = login(world.coordinator)
    browser.cookies["django_language"] = language

    answer = browser.get(world.report.get_absolute_url())

    assert answer.status_code == 200 and f'lang="{language}"' in answer.text


def test_what_no_document_can_hold_does_not_get_into_a_part():
    form = PartForm({"version": 0, "body": "Đã \x07gửi\u202e ngược\r\nDòng hai"})

    assert form.is_valid()
    assert form.cleaned_data["body"] == "Đã gửi ngược\nDòng hai"
