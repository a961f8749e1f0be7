"""The annex in the browser: without a script page by page, with one the parts that changed; two people on one row."""

import json

import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.models import Activity, ActivityGroup
from activities.planning import drafting
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory
from plans.models import PlanStatus, RowAction, RowEdit
from plans.tests.factories import ChannelFactory, ContentThemeFactory, PlanFactory

from .factories import ActivityFactory, ActivityGroupFactory, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HTMX = {"hx-request": "true"}
AUTOSAVE = {"x-autosave": "1"}


@pytest.fixture
def plan():
    return PlanFactory(status=PlanStatus.DRAFT, period_text="Năm 2026")


@pytest.fixture
def home(plan):
    return AgencyFactory(locality=plan.locality, name="Sở Nội vụ", symbol="SNV")


@pytest.fixture
def coordinator(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


@pytest.fixture
def desk(coordinator):
    return login(coordinator)


@pytest.fixture
def rows(plan, coordinator):
    states = [{"title": title} for title in ("Một", "Hai", "Ba")]
    return drafting.add_activities(plan, states, by=coordinator, at=moment())


def at(name, *args):
    return reverse(f"activities:{name}", args=args)


def titles(plan):
    return list(plan.activities.order_by("position").values_list("number", "title"))


def by_another(plan, row, **values):
    other = UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR, full_name="Trần Văn An")
    row.refresh_from_db()
    return drafting.change_activity(row, values, version=row.version, by=other, at=moment(hour=10))


# Without a script


def test_a_plan_is_typed_in_page_by_page(plan, desk, home):
    """Group, rows, their pages one after the other: each saved, the next one opened."""
    channel, theme = ChannelFactory(), ContentThemeFactory(plan=plan)
    communes = AgencyGroupFactory(locality=plan.locality, name="UBND các xã")
    desk.post(at("group_add", plan.pk), {"title": "Báo chí"})
    group = ActivityGroup.objects.get()
    desk.post(at("row_add", plan.pk), {"title": "Chuyên mục", "group": group.pk})
    answer = desk.post(at("row_add", plan.pk), {"title": "Tọa đàm", "group": group.pk}, follow=True)
    assert "Row 2 added." in answer.text
    first, second = plan.activities.order_by("position")

    page = desk.get(at("edit", first.pk))
    assert 'name="lead"' in page.text and "Save, on to activity 2" in page.text
    answer = desk.post(
        at("edit", first.pk),
        {
            "version": 1,
            "title": "Chuyên mục CCHC",
            "lead": "snv; Hội nọ",
            "cooperating": "UBND các xã",
            "schedule_text": "hằng tuần",
            "product": "60 tin, bài",
            "channels": [channel.pk],
            "themes": [theme.pk],
            "group": group.pk,
            "go": "next",
        },
    )
    assert answer.url == at("edit", second.pk)

    first.refresh_from_db()
    assert (first.schedule_kind, first.target_quantity, first.group, first.version) == ("weekly", 60, group, 2)
    assert [each.label for each in first.assignments.order_by("-role", "position")] == [
        home.name,
        "Hội nọ",
        communes.name,
    ]
    page = desk.get(at("grid", plan.pk)).text
    assert "agency not identified" in page and "52 times, weekly" in page
    assert "2 activities in 1 group." in page


def test_a_refused_row_comes_back_with_what_was_typed(plan, desk, rows, home):
    answer = desk.post(
        at("edit", rows[0].pk),
        {"version": 1, "title": "", "details": "Chi tiết của tôi", "lead": "SNV", "cooperating": "Sở Nội vụ"},
    )

    assert answer.status_code == 200
    for words in (
        "Write what is to be done.",
        "cannot both lead and cooperate",
        "Chi tiết của tôi",
        "Sở Nội vụ</textarea>",
    ):
        assert words in answer.text
    assert titles(plan)[0] == ("1", "Một")


def test_an_empty_row_and_another_after_it(plan, desk):
    group = ActivityGroupFactory(plan=plan)
    page = desk.get(at("add", plan.pk), {"group": group.pk})
    assert f'value="{group.pk}" selected' in page.text

    answer = desk.post(at("add", plan.pk), {"title": "Mới", "group": group.pk, "go": "add", "key": "k"})
    again = desk.post(at("add", plan.pk), {"title": "Mới", "group": group.pk, "key": "k"})

    assert answer.url == f"{at('add', plan.pk)}?group={group.pk}"
    assert again.status_code == 302
    assert titles(plan) == [("1", "Mới")]


def test_moved_removed_and_undone_by_buttons(plan, desk, rows):
    moved = desk.post(at("row_move", rows[2].pk), {"way": "up"})
    assert moved.url == f"{at('grid', plan.pk)}#activity-{rows[2].pk}"
    assert titles(plan) == [("1", "Một"), ("2", "Ba"), ("3", "Hai")]

    gone = desk.post(at("row_remove", rows[0].pk), follow=True)
    assert "Removed: Một" in gone.text and "Undo removing row 1" in gone.text
    assert titles(plan) == [("1", "Ba"), ("2", "Hai")]

    desk.post(at("undo", plan.pk), {"edit": RowEdit.objects.order_by("pk").last().pk})
    assert titles(plan) == [("1", "Một"), ("2", "Ba"), ("3", "Hai")]


@pytest.mark.parametrize("way", ["", "left", "__class__"])
def test_a_way_that_is_none(plan, desk, rows, way):
    assert desk.post(at("row_move", rows[0].pk), {"way": way}).status_code == 302
    assert titles(plan)[0] == ("1", "Một")


def test_a_group_row_on_its_page(plan, desk, rows):
    one, two = ActivityGroupFactory.create_batch(2, plan=plan)
    assert one.title in desk.get(at("group", one.pk)).text

    refused = desk.post(at("group", one.pk), {"title": two.title})
    assert "The plan already has a group with this title." in refused.text
    desk.post(at("group", one.pk), {"title": "  Chỉ đạo,  công khai "})
    desk.post(at("group", two.pk), {"act": "up"})
    assert [group.title for group in drafting.groups_of(plan)] == [two.title, "Chỉ đạo, công khai"]

    desk.post(at("group", one.pk), {"act": "remove"})
    assert [group.title for group in drafting.groups_of(plan)] == [two.title]


@pytest.mark.parametrize("name, sentence", [("row_add", "Write what is to be done."), ("group_add", "Write the title")])
def test_nothing_is_added_without_a_title(plan, desk, name, sentence):
    assert sentence in desk.post(at(name, plan.pk), {"title": "  "}, follow=True).text
    assert not plan.activities.exists() and not plan.activity_groups.exists()


def test_rows_are_pasted_on_a_page(plan, desk, home):
    text = "1\tTọa đàm\tSở Nội vụ\thằng tuần\n2\tHội thi\tSở Lạ\tkhi có dịp"
    assert desk.get(at("paste", plan.pk)).status_code == 200

    shown = desk.post(at("paste", plan.pk), {"text": text})
    assert "2 pasted rows, not added yet." in shown.text and "1 row understood, 1 row with a mark." in shown.text
    assert not plan.activities.exists()

    done = desk.post(at("paste", plan.pk), {"text": text, "add": "1"}, follow=True)
    assert "2 rows added." in done.text
    assert titles(plan) == [("1", "Tọa đàm"), ("2", "Hội thi")]
    desk.post(at("undo", plan.pk))
    assert titles(plan) == []


def test_several_lines_in_the_line_for_one_are_shown_first(plan, desk):
    answer = desk.post(at("row_add", plan.pk), {"title": "Một\tSở A\nHai\tSở B"})

    assert "2 pasted rows, not added yet." in answer.text
    assert not plan.activities.exists()


# With a script: the parts that changed


def test_a_row_is_opened_saved_and_read(plan, desk, rows, home):
    edit = desk.get(at("row", rows[0].pk), headers=HTMX).text
    assert edit.lstrip().startswith("{#") is False and "<html" not in edit and 'data-autosave="' in edit

    answer = desk.post(
        at("row", rows[0].pk), {"version": 1, "number": "1", "title": "Một mới", "lead": f"@a{home.pk}|x"}, headers=HTMX
    )

    assert f'id="activity-{rows[0].pk}"' in answer.text and "Một mới" in answer.text
    assert 'hx-swap-oob="true"' in answer.text and "Undo changing row 1" in answer.text
    assert json.loads(answer["HX-Trigger-After-Settle"])["grid:focus"]["row"] == rows[0].pk
    assert "HX-Retarget" not in answer


@pytest.mark.parametrize(
    "name, data",
    [
        ("row_move", {"way": "down"}),
        ("row_remove", {}),
    ],
)
def test_what_moves_rows_answers_with_the_table(plan, desk, rows, name, data):
    answer = desk.post(at(name, rows[0].pk), data, headers=HTMX)

    assert answer["HX-Retarget"] == "#annex"
    assert 'id="annex"' in answer.text and "<html" not in answer.text


def test_adding_opens_the_new_row(plan, desk):
    answer = desk.post(at("row_add", plan.pk), {"title": "Mới", "key": "k1"}, headers=HTMX)
    again = desk.post(at("row_add", plan.pk), {"title": "Mới", "key": "k1"}, headers=HTMX)

    assert json.loads(answer["HX-Trigger-After-Settle"])["grid:focus"]["edit"] is True
    assert again.status_code == 200 and plan.activities.count() == 1


def test_a_number_that_changes_moves_the_others_so_the_table_comes(plan, desk, rows):
    answer = desk.post(at("row", rows[0].pk), {"version": 1, "number": "A.1", "title": "Một"}, headers=HTMX)

    assert answer["HX-Retarget"] == "#annex"
    assert titles(plan)[0] == ("A.1", "Một")


def test_the_table_stays_narrowed_as_the_page_is(plan, desk, rows):
    page = f"http://testserver{at('grid', plan.pk)}?party=@a999&mend=1"

    answer = desk.post(at("row_move", rows[0].pk), {"way": "down"}, headers={**HTMX, "hx-current-url": page})

    assert answer.text.count("data-edit=") == 3  # all of them are to mend; the agency is not there


@pytest.mark.parametrize(
    "asked, said", [({"schedule_text": "quý II"}, "01/04–30/06/2026"), ({"product": "60 bài"}, "60 bài")]
)
def test_what_is_heard_while_one_types(plan, desk, asked, said):
    assert said in desk.get(at("heard", plan.pk), asked).text


def test_suggestions_come_as_a_list(plan, desk, home):
    page = desk.get(reverse("plans:parties", args=[plan.pk]), {"q": "so noi"}).text

    assert f'data-value="@a{home.pk}"' in page and "<mark>Sở Nội</mark>" in page
    assert 'data-value="@=so noi"' in page
    assert 'role="option"' not in desk.get(reverse("plans:parties", args=[plan.pk]), {"q": ""}).text
    narrowed = desk.get(reverse("plans:parties", args=[plan.pk]), {"q": "so", "only": "groups"}).text
    assert 'role="option"' not in narrowed


# Saved while one types


def autosave(desk, address, **typed):
    return desk.post(address, typed, headers=AUTOSAVE)


def test_the_answer_to_saving_in_the_background(plan, desk, rows):
    saved = autosave(desk, at("row", rows[0].pk), version=1, title="Một nữa").json()
    assert (saved["version"], saved["action"]) == (2, at("row", rows[0].pk))
    assert saved["saved"].startswith("Saved at")

    same = autosave(desk, at("row", rows[0].pk), version=2, title="Một nữa").json()
    assert same["version"] == 2

    refused = autosave(desk, at("row", rows[0].pk), version=2, title="")
    assert (refused.status_code, refused.json()) == (422, {"errors": {"title": "Write what is to be done."}})


def test_a_new_row_is_saved_in_the_background_once(plan, desk):
    first = autosave(desk, at("add", plan.pk), title="Mới", key="k")
    row = plan.activities.get()

    assert (first.status_code, first.json()["action"]) == (201, at("edit", row.pk))
    assert autosave(desk, at("edit", row.pk), title="Mới hơn", version=1, key="k").json()["version"] == 2
    assert plan.activities.count() == 1


def test_a_plan_issued_meanwhile_is_said_in_a_sentence(plan, desk, rows):
    plan.status = PlanStatus.ISSUED
    plan.save()

    for headers in (AUTOSAVE, HTMX):
        refused = desk.post(at("row", rows[0].pk), {"version": 1, "title": "X"}, headers=headers)
        assert refused.status_code == 403
        assert "has been issued and is read only" in refused.json()["sentence"]
    assert desk.post(at("row", rows[0].pk), {"version": 1, "title": "X"}).status_code == 403


def test_a_row_removed_meanwhile_is_said_in_a_sentence(plan, desk, rows, coordinator):
    drafting.remove_activities(plan, [rows[0].pk], by=coordinator, at=moment())

    gone = autosave(desk, at("row", rows[0].pk), version=1, title="X")

    assert (gone.status_code, "Somebody removed this row" in gone.json()["sentence"]) == (404, True)


@pytest.mark.parametrize("headers", [{}, HTMX, AUTOSAVE])
def test_a_row_removed_at_this_very_moment_is_not_found(plan, desk, rows, coordinator, monkeypatch, headers):
    stale = Activity.objects.get(pk=rows[1].pk)
    drafting.remove_activities(plan, [stale.pk], by=coordinator, at=moment())
    monkeypatch.setattr("activities.views.rows.activity_to_edit", lambda request, pk: stale)

    for name in ("row", "edit"):
        answer = desk.post(at(name, stale.pk), {"title": "Hai B", "version": stale.version}, headers=headers)
        assert answer.status_code == 404


def test_a_code_taken_meanwhile_is_said_beside_the_number(plan, desk, rows, monkeypatch):
    monkeypatch.setattr("activities.forms.RowForm.clean_number", lambda form: form.cleaned_data["number"])
    ActivityFactory(plan=plan, number="A.1")

    refused = autosave(desk, at("row", rows[0].pk), version=1, title="Một", number="A.1")

    assert refused.json() == {"errors": {"number": "The plan already has an activity with this number."}}


def test_dropping_the_changes_takes_back_what_was_saved(plan, desk, rows):
    autosave(desk, at("row", rows[0].pk), version=1, title="Một nữa")
    autosave(desk, at("row", rows[0].pk), version=2, title="Một nữa thôi")

    answer = desk.post(at("row", rows[0].pk), {"revert": "1"}, headers=HTMX)

    assert "Changes dropped." in answer.text
    assert titles(plan)[0] == ("1", "Một")


# Two people on one row


@pytest.fixture
def quarrel(plan, rows, desk, home):
    """Both begin with version 1; the other has saved title and time."""
    by_another(plan, rows[0], title="Một, của người kia", schedule_text="hằng tuần", schedule_kind="weekly")
    return rows[0]


MINE = {"version": 1, "number": "1", "title": "Một, của tôi", "product": "60 bài"}


@pytest.mark.parametrize("name", ["row", "edit"])
def test_the_second_sees_both_versions_and_loses_nothing(plan, desk, quarrel, name):
    silent = autosave(desk, at(name, quarrel.pk), **MINE)
    shown = desk.post(at(name, quarrel.pk), MINE, headers=HTMX if name == "row" else {})

    assert (silent.status_code, shown.status_code) == (409, 200)
    for page in (silent.text, shown.text):
        assert "Trần Văn An saved this row at 10:00" in page
        assert "<ins>, của người kia</ins>" in page and "<ins>, của tôi</ins>" in page
        assert "Một, của tôi</textarea>" in page
        assert 'name="version" value="2"' in page and 'name="base" value="1"' in page
        assert "data-autosave=" not in page.split("</form>")[0]
        for way in ("mine", "theirs", "both"):
            assert f'value="{way}"' in page
    assert "<html" not in silent.text
    assert Activity.objects.get(pk=quarrel.pk).title == "Một, của người kia"


@pytest.mark.parametrize("name", ["row", "edit"])
@pytest.mark.parametrize(
    "way, expected",
    [
        ("mine", [("Một, của tôi", "hằng tuần", "60 bài")]),
        ("theirs", [("Một, của người kia", "hằng tuần", "")]),
        ("both", [("Một, của người kia", "hằng tuần", ""), ("Một, của tôi", "", "60 bài")]),
    ],
)
def test_three_ways_on(plan, desk, quarrel, name, way, expected):
    """Keeping mine overwrites only what I touched."""
    desk.post(
        at(name, quarrel.pk), {**MINE, "version": 2, "base": 1, "resolve": way}, headers=HTMX if name == "row" else {}
    )

    found = plan.activities.order_by("position").values_list("title", "schedule_text", "expected_product")
    assert list(found)[: len(expected)] == expected
    assert plan.activities.count() == 2 + len(expected)


def test_what_was_not_taken_stays_in_the_history(plan, desk, quarrel):
    desk.post(at("row", quarrel.pk), {**MINE, "version": 2, "base": 1, "resolve": "theirs"})
    edit = RowEdit.objects.order_by("pk").last()

    assert (edit.action, edit.before["title"], edit.after["title"]) == (
        RowAction.CHANGE,
        "Một, của tôi",
        "Một, của người kia",
    )


def test_a_third_who_saves_meanwhile_is_shown_as_well(plan, desk, quarrel):
    by_another(plan, quarrel, title="Một, của người thứ ba")

    again = desk.post(at("row", quarrel.pk), {**MINE, "version": 2, "base": 1, "resolve": "mine"}, headers=HTMX)

    assert "của người thứ ba" in again.text and 'name="version" value="3"' in again.text
    assert 'name="base" value="1"' in again.text


@pytest.mark.parametrize("base", ["", "x", "99", "9" * 30])
def test_an_unknown_beginning_still_ends_in_a_choice(plan, desk, quarrel, base):
    answer = desk.post(at("row", quarrel.pk), {**MINE, "version": 2, "base": base, "resolve": "mine"}, headers=HTMX)

    assert answer.status_code == 200
    assert Activity.objects.get(pk=quarrel.pk).title == "Một, của tôi"


def test_the_same_words_by_both_are_no_quarrel(plan, desk, rows):
    by_another(plan, rows[0], title="Một chung")

    assert autosave(desk, at("row", rows[0].pk), version=1, title="Một chung").json()["version"] == 2


# Undoing what others have


def test_what_somebody_else_changed_is_not_undone(plan, desk, rows):
    desk.post(at("row", rows[0].pk), {"version": 1, "title": "Của tôi"})
    by_another(plan, rows[0], title="Của người kia")

    answer = desk.post(at("undo", plan.pk), follow=True)

    assert "Somebody else has changed it since" in answer.text
    assert titles(plan)[0] == ("1", "Của người kia")


def test_nothing_left_to_undo(plan, desk):
    assert "There is nothing left to undo." in desk.post(at("undo", plan.pk), follow=True).text


# The row's own page


def test_the_page_says_where_the_row_comes_from(plan, desk, rows, home):
    earlier = ActivityFactory(
        plan__locality=plan.locality, plan__number="12/KH-UBND", number="11", target_quantity=1050
    )
    earlier.assignments.create(role="lead", agency=home)
    Activity.objects.filter(pk=rows[0].pk).update(origin=earlier)
    by_another(plan, rows[0], schedule_text="quý III/2026")
    by_another(plan, rows[0], schedule_text="quý II/2026")

    page = desk.get(at("edit", rows[0].pk)).text

    assert "12/KH-UBND, 11" in page and "Sở Nội vụ; 1.050" in page
    assert "Trần Văn An changed time of completion; it was “quý III/2026”" in page
    assert "To mend: no lead agency" in page


def test_a_time_that_is_not_understood_says_what_that_means(plan, desk, rows):
    by_another(plan, rows[0], schedule_text="ngay sau khi công bố")

    page = desk.get(at("edit", rows[0].pk)).text

    assert "without a deadline the activity is never overdue" in page
    assert "Enter the deadline by date" in page


def test_nobody_else_edits(plan, rows):
    for person in (
        *(UserFactory(agency=plan.coordinating_agency, role=role) for role in Role if role != Role.COORDINATOR),
        UserFactory(agency__locality=plan.locality, role=Role.COORDINATOR),
    ):
        other = login(person)
        for name in ("edit", "row", "row_move", "row_remove"):
            assert other.post(at(name, rows[0].pk), {"title": "X", "version": 1}).status_code == 403
        for name in ("add", "row_add", "group_add", "paste", "undo", "import"):
            assert other.post(at(name, plan.pk), {"title": "X"}).status_code == 403
    assert titles(plan) == [("1", "Một"), ("2", "Hai"), ("3", "Ba")]
