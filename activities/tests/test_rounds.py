"""Any two rounds of an update side by side: figures, words, evidence, the agency's name of that time."""

import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Evidence, QuarterlyUpdate, Status
from activities.rounds import compare, now_of, rounds_of
from activities.workflow import move

from .factories import (
    TODAY,
    EvidenceFactory,
    IndicatorFactory,
    OutputCountFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """Sent, returned and sent again with other figures, words and evidence, by an agency renamed meanwhile."""
    world = make_world(activities=2, words="Đã tổ chức 03 hội nghị.")
    world.activity.target_quantity, world.activity.target_unit = 10, "hội nghị"
    world.activity.save()
    world.line.quantity_done = 3
    world.line.save()
    world.count = OutputCountFactory(
        progress=world.line, indicator=IndicatorFactory(name="Tin", name_en="Items", unit="tin"), value=0
    )
    world.gone = EvidenceFactory(progress=world.line, caption="Ảnh cũ")
    world.kept = EvidenceFactory(progress=world.line, caption="Biên bản", is_file=True)
    world.old_name = world.agency.name
    move(world.update, "submit", by=world.focal_point, at=moment(14))
    move(world.update, "return", by=world.coordinator, at=moment(15), reason="Sai số liệu")
    world.line.quantity_done, world.line.words = 4, "Đã tổ chức 04 hội nghị."
    world.line.save()
    world.count.value, world.count.not_applicable = None, True
    world.count.save()
    Evidence.objects.filter(pk=world.gone.pk).update(removed_at=moment(15))
    world.new = EvidenceFactory(progress=world.line, caption="Ảnh mới", url="https://minhhoa.example/moi")
    world.agency.name = "Sở sau hợp nhất"
    world.agency.save()
    return world


@pytest.fixture
def sent_again(world):
    move(world.update, "submit", by=world.focal_point, at=moment(16))
    return world


def rounds(world):
    return rounds_of(world.update.events.all())


def words(runs):
    return "".join(text for _kind, text in runs)


def address(world, query=""):
    return reverse("activities:rounds", args=[world.update.pk]) + query


def test_each_figure_is_compared(sent_again):
    first, second = rounds(sent_again)

    general, changed, same = compare(first.content, second.content)

    facts = {fact.label: (words(fact.before), words(fact.after), fact.is_changed) for fact in changed.facts}
    assert facts["Quantity done"] == ("3 hội nghị", "4 hội nghị", True)
    assert facts["Tin"] == ("0 tin", "not applicable", True)
    assert facts["Results in words"] == ("Đã tổ chức 03 hội nghị.", "Đã tổ chức 04 hội nghị.", True)
    assert facts["State"] == ("In progress", "In progress", False)
    assert (changed.change, same.change, general.change) == ("changed", "same", "changed")
    [name] = [fact for fact in general.facts if fact.is_changed]
    assert (name.label, words(name.before), words(name.after)) == (
        "Agency as named then",
        sent_again.old_name,
        "Sở sau hợp nhất",
    )


def test_words_are_compared_word_by_word(sent_again):
    first, second = rounds(sent_again)

    [fact] = [each for each in compare(first.content, second.content)[1].facts if each.label == "Results in words"]

    assert [text for kind, text in fact.before if kind == "del"] == ["03"]
    assert [text for kind, text in fact.after if kind == "ins"] == ["04"]


def test_evidence_that_came_and_went(sent_again):
    first, second = rounds(sent_again)

    proofs = {proof.item["caption"]: proof.change for proof in compare(first.content, second.content)[1].proofs}

    assert proofs == {"Ảnh cũ": "removed", "Biên bản": "same", "Ảnh mới": "added"}


def test_a_round_taken_back_is_the_agencys_own_again(sent_again):
    """The step stays in the history; what was in it is read by those who write the update."""
    move(sent_again.update, "recall", by=sent_again.focal_point, at=moment(16, 10))
    own, others = login(sent_again.focal_point), login(sent_again.coordinator)
    page = sent_again.update.get_absolute_url()

    assert "Đã tổ chức 04" in own.get(page).text and "Sở sau hợp nhất" in own.get(address(sent_again, "?a=1&b=2")).text
    for where in (page, address(sent_again), address(sent_again, "?a=1&b=2"), address(sent_again, "?b=2")):
        answer = others.get(where)
        assert answer.status_code == 200
        assert "Đã tổ chức 03 hội nghị." in answer.text
        assert "Đã tổ chức 04" not in answer.text and "Ảnh mới" not in answer.text
    assert "Round 2 taken back" in others.get(page).text
    assert "What was sent in round 1" in others.get(page).text
    assert "What was sent in round 2" not in others.get(page).text


def test_of_one_round_that_was_taken_back_others_have_nothing(world):
    """Not even while the update waits again under the next round."""
    QuarterlyUpdate.objects.filter(pk=world.update.pk).update(status=Status.DRAFT, submitted_at=None)
    world.update.events.all().delete()
    move(world.update, "submit", by=world.focal_point, at=moment(16))
    move(world.update, "recall", by=world.focal_point, at=moment(16, 10))
    world.line.words = "Đã tổ chức 05 hội nghị."
    world.line.save()
    move(world.update, "submit", by=world.focal_point, at=moment(16, 11))

    answer = login(world.coordinator).get(address(world, "?a=1&b=2"))

    assert "Đã tổ chức 05" in answer.text and "Đã tổ chức 04" not in answer.text


def test_a_line_that_came_and_one_that_went(sent_again):
    first, second = (each.content for each in rounds(sent_again))
    only_first = {**second, "activities": first["activities"][:1]}
    only_second = {**second, "activities": first["activities"][1:]}

    lines = compare(only_first, only_second)

    assert [(line.number, line.change) for line in lines[1:]] == [
        (first["activities"][1]["number"], "added"),
        (first["activities"][0]["number"], "removed"),
    ]


def test_rounds_kept_before_lines_knew_their_activity_are_told_by_their_number(sent_again):
    first, second = (each.content for each in rounds(sent_again))
    older = {**first, "activities": [{k: v for k, v in row.items() if k != "activity"} for row in first["activities"]]}

    assert [line.change for line in compare(older, second)] == ["changed", "changed", "same"]


def test_what_is_written_now_is_laid_beside_the_last_round(world):
    [first] = rounds(world)

    lines = compare(first.content, now_of(world.update).content)

    assert [line.change for line in lines] == ["changed", "changed", "same"]


def test_a_round_that_was_taken_back_says_so(sent_again):
    move(sent_again.update, "recall", by=sent_again.focal_point, at=moment(16, 10))

    assert [each.is_recalled for each in rounds(sent_again)] == [False, True]
    assert "taken back" in rounds(sent_again)[1].label


# The page


def test_the_last_two_unless_others_are_asked_for(sent_again):
    move(sent_again.update, "return", by=sent_again.coordinator, at=moment(17), reason="Thiếu")
    move(sent_again.update, "submit", by=sent_again.focal_point, at=moment(18))
    browser = login(sent_again.leader)

    def shown(query):
        context = browser.get(address(sent_again, query)).context
        return context["before"].key, context["after"].key

    assert shown("") == ("2", "3")
    assert shown("?a=1&b=3") == ("1", "3")
    assert shown("?a=3&b=1") == ("3", "1")
    assert shown("?a=x&b=99") == ("2", "3")


def test_the_same_round_twice_stands_alone(sent_again):
    response = login(sent_again.leader).get(address(sent_again, "?a=2&b=2"))

    assert response.context["before"] is None
    assert response.status_code == 200


def test_the_page_strikes_the_old_and_shows_the_new(sent_again):
    page = login(sent_again.coordinator).get(address(sent_again)).text

    assert "<del>3 hội nghị</del>" in page and "<ins>4 hội nghị</ins>" in page
    assert "Evidence added:" in page and "Evidence taken off:" in page
    assert f"SHA-256 {sent_again.kept.sha256}" in page


def test_one_round_is_read_as_it_was_sent(world):
    page = login(world.leader).get(address(world)).text

    assert "Only one round has been sent" in page
    assert "3 hội nghị" in page and "<del>" not in page and "<ins>" not in page


def test_only_who_writes_it_compares_what_is_written(world):
    own, others = (login(person).get(address(world)) for person in (world.focal_point, world.leader))

    assert own.context["after"].event is None
    assert "4 hội nghị" in own.text
    assert [each.key for each in others.context["rounds"]] == ["1"]
    assert "4 hội nghị" not in others.text
    assert "4 hội nghị" not in login(world.leader).get(address(world, "?a=1&b=now")).text


def test_who_reads_the_rounds(sent_again):
    world = sent_again
    assert login(UserFactory(agency__locality=world.locality)).get(address(world)).status_code == 403
    assert login(UserFactory(role=Role.COORDINATOR)).get(address(world)).status_code == 404


def test_what_was_never_sent_has_no_rounds():
    world = make_world()

    assert login(world.focal_point).get(address(world)).status_code == 404
    assert QuarterlyUpdate.objects.get().status == Status.DRAFT


def test_hostile_words_are_only_words(world):
    world.line.words = "<script>alert('x')</script>"
    world.line.save()

    page = login(world.focal_point).get(address(world)).text

    assert "<script>alert(" not in page
    assert "&lt;" in page
