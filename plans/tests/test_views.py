"""The rows of a plan's parts in a browser without scripts, with htmx, and while they are saved as one types."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import RequestFactory
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from plans import views
from plans.forms import PARTS, PlanForm
from plans.models import ContentTheme, PlanStatus, Requirement, RowAction, RowEdit

from .factories import PART_FACTORIES, AudienceFactory, ContentThemeFactory, PlanFactory, RequirementFactory
from .test_forms import ROW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HOSTILE = "<script>alert(1)</script>\"'&{{ 7|add:7 }}"
HTMX = {"HX-Request": "true"}
AUTOSAVE = {"X-Autosave": "1"}
PART = "requirements"


@pytest.fixture
def plan():
    return PlanFactory(status=PlanStatus.DRAFT)


@pytest.fixture
def coordinator(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


@pytest.fixture
def me(coordinator):
    return login(coordinator)


@pytest.fixture
def colleague(plan):
    person = UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR, full_name="Trần Văn An")
    return login(person)


def address(name, plan, part=PART, row=None):
    return reverse(f"plans:part_{name}", args=[plan.pk, part, *([row.pk] if row else [])])


def save(me, plan, row, text, *, version=1, headers=None, part=PART, **more):
    data = {**ROW[part], "text": text, "version": version, **more}
    return me.post(address("edit", plan, part, row), data, headers=headers)


def workspace(plan):
    return reverse("plans:edit", args=[plan.pk])


def texts(plan, part=PART):
    return list(PARTS[part][0].objects.filter(plan=plan).order_by("position").values_list("text", flat=True))


# Without scripts: full pages that return to the row


@pytest.mark.parametrize("part", PARTS)
def test_a_row_of_each_part_is_added_edited_and_removed(part, plan, me):
    model = PARTS[part][0]

    added = me.post(address("add", plan, part), ROW[part])
    assert added.url == f"{workspace(plan)}?part={part}#{part}"
    row = model.objects.get(plan=plan)
    assert ROW[part]["text"] in me.get(added.url).text

    shown = me.get(f"{workspace(plan)}?part={part}&row={row.pk}")
    assert f'action="{address("edit", plan, part, row)}"' in shown.text
    edited = save(me, plan, row, "Nội dung sửa", part=part, then="done")
    assert edited.url == f"{workspace(plan)}?part={part}#{part}"
    row.refresh_from_db()
    assert (row.text, row.position, row.version) == ("Nội dung sửa", 1, 2)

    removed = me.post(address("remove", plan, part, row))
    assert not model.objects.exists()
    page = me.get(removed.url).text
    assert "Row removed: Nội dung sửa" in page
    [edit] = RowEdit.objects.filter(action=RowAction.REMOVE)
    assert me.post(address("undo", plan, part), {"edit": edit.pk}).url == removed.url
    assert texts(plan, part) == ["Nội dung sửa"]


def test_saving_can_go_on_with_a_new_row_below(plan, me):
    first, last = RequirementFactory(plan=plan, text="một"), RequirementFactory(plan=plan, text="ba")

    response = save(me, plan, first, "một", then="new")

    assert response.url == f"{workspace(plan)}?part={PART}&new={first.pk}#{PART}-{first.pk}"
    page = me.get(response.url).text
    action = f"{address('add', plan)}?after={first.pk}"
    assert f'action="{action}"' in page
    me.post(action, {"text": "hai"})
    assert texts(plan) == ["một", "hai", "ba"]
    assert last.pk


@pytest.mark.parametrize("then, expected", [("up", ["hai", "một", "ba"]), ("down", ["một", "ba", "hai"])])
def test_the_arrow_buttons_save_and_move(then, expected, plan, me):
    rows = [RequirementFactory(plan=plan, text=text, code="") for text in ("một", "hai", "ba")]

    response = save(me, plan, rows[1], "hai", code="", then=then)

    assert parse_qs(urlsplit(response.url).query) == {"part": [PART], "row": [str(rows[1].pk)]}
    assert response.url.endswith(f"#{PART}-{rows[1].pk}")
    assert texts(plan) == expected


def test_the_first_row_goes_no_higher_and_the_last_no_lower(plan, me):
    rows = [RequirementFactory(plan=plan, text=text) for text in ("một", "hai")]

    save(me, plan, rows[0], "một", then="up")
    save(me, plan, rows[1], "hai", then="down")

    assert texts(plan) == ["một", "hai"]


def test_the_numbers_of_the_document_stay_with_their_places(plan, me):
    rows = [RequirementFactory(plan=plan, text=text, code=f"II.{n}") for n, text in enumerate(("một", "hai"), start=1)]

    me.post(address("move", plan, PART, rows[1]), {"to": 1})

    assert list(Requirement.objects.order_by("position").values_list("code", "text")) == [
        ("II.1", "hai"),
        ("II.2", "một"),
    ]


def test_a_new_row_begins_with_the_next_number(plan, me):
    RequirementFactory(plan=plan, code="II.9")

    page = me.get(f"{workspace(plan)}?part={PART}&new=end")

    assert 'value="II.10"' in page.text


@pytest.mark.parametrize("part", PARTS)
def test_a_refused_row_comes_back_with_what_was_typed(part, plan, me):
    data = {**ROW[part], "text": "", "code": HOSTILE[:20], "bearer_as_printed": HOSTILE, "target": HOSTILE}

    response = me.post(address("add", plan, part), data)

    assert response.status_code == 200
    assert "This field is required." in response.text
    assert "<script>alert(1)" not in response.text
    assert not PARTS[part][0].objects.exists()


def test_a_refused_change_keeps_its_version(plan, me, colleague):
    """Otherwise the next try would silently overwrite what others saved since."""
    row = RequirementFactory(plan=plan)
    save(colleague, plan, row, "An sửa")

    response = save(me, plan, row, "", version=1)

    assert '<input type="hidden" name="version" value="1">' in response.text


def test_hostile_words_are_only_words(plan, coordinator, me):
    for part in PARTS:
        form = PARTS[part][1]({**ROW[part], "text": HOSTILE}, plan=plan, user=coordinator)
        assert form.is_valid(), form.errors
        assert form.save().text == HOSTILE

    for page in (plan.get_absolute_url(), workspace(plan), f"{workspace(plan)}?part={PART}"):
        shown = me.get(page).text
        assert "<script>alert(1)" not in shown
        assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;{{ 7|add:7 }}") >= len(PARTS)


# Who may


@pytest.mark.parametrize("who", ["focal_point", "leader", "administrator", "another coordinator"])
def test_nobody_else_writes_on_a_plan(who, plan):
    if who == "another coordinator":
        person = UserFactory(agency__locality=plan.locality, role=Role.COORDINATOR)
    else:
        person = UserFactory(agency=plan.coordinating_agency, role=who)
    me = login(person)
    row = AudienceFactory(plan=plan)

    for name in ("add", "edit", "remove", "move", "undo", "paste"):
        target = address(name, plan, "audiences", None if name in ("add", "undo", "paste") else row)
        response = me.post(target, ROW["audiences"])

        assert response.status_code == 403
        assert "Only the plan&#x27;s coordinator edits it" in response.text
        assert me.post(target, ROW["audiences"], headers=AUTOSAVE).json()["sentence"].startswith("Only the")
    assert me.get(address("history", plan, "audiences", row)).status_code == 403
    assert me.get(workspace(plan)).status_code == 403
    assert list(plan.audiences.values_list("text", flat=True)) == [row.text]


VIEWS = (
    (views.part_add, ()),
    (views.part_paste, ()),
    (views.part_undo, ()),
    (views.part_edit, ("row",)),
    (views.part_move, ("row",)),
    (views.part_remove, ("row",)),
)


@pytest.mark.parametrize("part", PARTS)
def test_no_part_is_open_to_others(part, plan):
    row = PART_FACTORIES[part](plan=plan)
    request = RequestFactory().post("/", {})
    request.user, request.htmx = UserFactory(agency=plan.coordinating_agency), False

    for view, more in VIEWS:
        with pytest.raises(PermissionDenied):
            view(request, pk=plan.pk, part=part, **({"row_pk": row.pk} if more else {}))


@pytest.mark.parametrize("status", [status for status in PlanStatus if status != PlanStatus.DRAFT])
@pytest.mark.parametrize("name", ["add", "edit", "remove", "move", "undo", "paste"])
def test_a_plan_that_is_no_draft_stays_as_it_is(status, name, plan, me):
    row = AudienceFactory(plan=plan, text="Nhân dân")
    type(plan).objects.filter(pk=plan.pk).update(status=status)
    target = address(name, plan, "audiences", None if name in ("add", "undo", "paste") else row)
    typed = {"text": "Chữ vừa gõ", "lines": "Chữ vừa gõ", "then": "add"}

    response = me.post(target, typed)

    assert response.status_code == 403
    assert "This plan has been issued and is read only" in response.text
    assert "Chữ vừa gõ" in response.text  # given back, to copy
    assert me.post(target, typed, headers=AUTOSAVE).status_code == 403
    assert me.post(target, typed, headers=HTMX).json()["sentence"].startswith("This plan has been issued")
    assert texts(plan, "audiences") == ["Nhân dân"]


def test_the_workspace_of_an_issued_plan_leads_to_its_amendment(plan, me):
    type(plan).objects.filter(pk=plan.pk).update(status=PlanStatus.ISSUED)

    response = me.get(workspace(plan))

    assert response.status_code == 403
    assert "change it by an amendment" in response.text
    assert f'href="{plan.get_absolute_url()}"' in response.text
    assert me.get(f"{workspace(plan)}?part={PART}", headers=HTMX).status_code == 403


@pytest.mark.parametrize("part", ["activities_", "plans", "x"])
def test_a_part_nobody_knows_is_not_found(part, plan, me):
    with pytest.raises(NoReverseMatch):
        address("add", plan, part)
    assert me.post(f"/plans/{plan.pk}/{part}/add/").status_code == 404
    assert me.get(f"{workspace(plan)}?done={part}", headers=HTMX).status_code == 404


def test_a_row_of_another_plan_is_not_found(plan, me):
    other = PlanFactory(locality=plan.locality, status=PlanStatus.DRAFT)

    for part, factory in PART_FACTORIES.items():
        sibling = factory(plan=other)
        for name in ("edit", "remove", "move"):
            assert me.post(address(name, plan, part, sibling), ROW[part]).status_code == 404, (part, name)
        assert me.get(address("history", plan, part, sibling)).status_code == 404


@pytest.mark.parametrize("name", ["add", "edit", "remove", "move", "undo", "paste"])
def test_writing_is_a_post(name, plan, me):
    row = RequirementFactory(plan=plan)

    assert me.get(address(name, plan, PART, None if name in ("add", "undo", "paste") else row)).status_code == 405
    assert Requirement.objects.exists()


def test_tools_are_shown_to_those_who_may_use_them(plan, me, coordinator):
    row = RequirementFactory(plan=plan)
    tool = f"{workspace(plan)}?part={PART}&amp;row={row.pk}#{PART}-{row.pk}"
    leader = UserFactory(agency=coordinator.agency, role=Role.LEADER)

    assert tool in me.get(plan.get_absolute_url()).text
    assert tool not in login(leader).get(plan.get_absolute_url()).text


def test_a_theme_with_sub_themes_is_not_removed(plan, me):
    above = ContentThemeFactory(plan=plan)
    below = ContentThemeFactory(plan=plan, parent=above)

    response = me.post(address("remove", plan, "themes", above), follow=True)
    assert "This theme has sub-themes" in response.text
    assert "This theme has sub-themes" in me.post(address("remove", plan, "themes", above), headers=HTMX).text
    assert set(plan.themes.all()) == {above, below}


# With htmx: the section alone, at the place where one was


def test_a_part_opens_and_closes_in_its_place(plan, me):
    row = RequirementFactory(plan=plan)

    opened = me.get(f"{workspace(plan)}?part={PART}&row={row.pk}", headers=HTMX)
    assert opened.text.startswith('\n<section class="part is-open" id="requirements"') or "<html" not in opened.text
    assert opened["HX-Replace-Url"] == f"{workspace(plan)}?part={PART}&row={row.pk}#{PART}-{row.pk}"
    closed = me.get(f"{workspace(plan)}?done={PART}", headers=HTMX)
    assert "is-open" not in closed.text
    assert closed["HX-Replace-Url"] == workspace(plan)


def test_after_a_write_the_section_is_answered_and_the_page_told(plan, me):
    row = RequirementFactory(plan=plan)

    response = save(me, plan, row, "mới", headers=HTMX, then="new")

    assert (response.status_code, response["HX-Trigger"]) == (200, "rows-changed")
    assert "<html" not in response.text
    assert f"?after={row.pk}" in response.text


def test_what_is_missing_is_read_again(plan, me):
    RequirementFactory(plan=plan)
    current = {"HX-Current-URL": f"http://testserver{workspace(plan)}?part={PART}"}

    page = me.get(reverse("plans:readiness", args=[plan.pk]), headers=HTMX | current).text

    assert 'id="missing"' in page
    assert 'hx-swap-oob="true"' in page
    assert "Being edited" in page


def test_a_row_that_is_gone_opens_nothing(plan, me):
    assert me.get(f"{workspace(plan)}?part={PART}&row=987654&new=x{'9' * 40}").status_code == 200


# While one types


def test_what_is_typed_is_saved_with_its_version(plan, me, clock):
    row = RequirementFactory(plan=plan)

    answer = save(me, plan, row, "đang gõ", headers=AUTOSAVE).json()

    assert answer["version"] == 2
    assert answer["saved"].startswith("Saved at ")
    assert answer["action"] == address("edit", plan, PART, row)
    assert texts(plan) == ["đang gõ"]


def test_a_new_row_is_made_once_however_often_it_is_sent(plan, me):
    data = {"text": "đang", "key": "abc", "version": 0}

    first = me.post(address("add", plan), data, headers=AUTOSAVE).json()
    again = me.post(address("add", plan), {**data, "text": "đang gõ"}, headers=AUTOSAVE).json()

    assert first["action"] == again["action"]
    assert (first["version"], again["version"]) == (1, 2)
    assert texts(plan) == ["đang gõ"]


def test_a_mistake_is_said_beside_its_field(plan, me):
    row = RequirementFactory(plan=plan)

    response = save(me, plan, row, "", headers=AUTOSAVE)

    assert response.status_code == 422
    assert response.json() == {"errors": {"text": "This field is required."}}


# Two people


@pytest.mark.parametrize("headers, status", [(None, 409), (AUTOSAVE, 409), (HTMX, 200)])
def test_the_second_is_shown_both_versions(headers, status, plan, me, colleague):
    row = RequirementFactory(plan=plan, text="Kết hợp công nghệ thông tin", code="1")
    save(colleague, plan, row, "Kết hợp nền tảng số")

    response = save(me, plan, row, "Kết hợp trí tuệ nhân tạo", headers=headers)

    assert response.status_code == status
    assert "Trần Văn An changed this row at" in response.text
    assert "<ins>nền tảng số</ins>" in response.text
    assert "<ins>trí tuệ nhân tạo</ins>" in response.text
    assert 'name="text" value="Kết hợp trí tuệ nhân tạo"' in response.text
    assert 'name="version" value="2"' in response.text
    assert texts(plan) == ["Kết hợp nền tảng số"]


@pytest.mark.parametrize(
    "choice, expected",
    [("mine", ["Bản của tôi"]), ("theirs", ["Bản của An"]), ("both", ["Bản của An", "Bản của tôi", "khác"])],
)
def test_whatever_one_chooses_both_versions_stay_in_the_history(choice, expected, plan, me, colleague):
    row = RequirementFactory(plan=plan, text="Bản đầu")
    if choice == "both":
        RequirementFactory(plan=plan, text="khác")
    save(colleague, plan, row, "Bản của An")

    save(me, plan, row, "Bản của tôi", version=2, then=choice)

    assert texts(plan) == expected
    history = "".join(
        me.get(address("history", plan, PART, each)).text for each in Requirement.objects.filter(plan=plan)
    )
    for version in ("An", "tôi"):
        assert f"của {version}<" in history or f">{version}<" in history


def test_other_fields_that_differ_are_shown_too(plan, me, colleague):
    row = ContentThemeFactory(plan=plan, text="Dịch vụ công")
    audience = AudienceFactory(plan=plan, text="Doanh nghiệp")
    save(colleague, plan, row, "Dịch vụ công trực tuyến", part="themes", audiences=[audience.pk])

    page = save(me, plan, row, "Dịch vụ công", part="themes", is_focus="").text

    assert "Doanh nghiệp" in page
    assert "Audiences: not stated" in page.replace('<span class="dim">', "").replace("</span>", "")


@pytest.mark.parametrize("headers, status", [(None, 409), (AUTOSAVE, 409), (HTMX, 200)])
def test_a_row_removed_meanwhile_gives_the_words_back(headers, status, plan, me, colleague):
    row = RequirementFactory(plan=plan)
    colleague.post(address("remove", plan, PART, row))

    response = save(me, plan, row, "Chữ của tôi", headers=headers)

    assert response.status_code == status
    assert "Trần Văn An removed this row at" in response.text
    assert 'name="text" value="Chữ của tôi"' in response.text
    me.post(address("add", plan), {"text": "Chữ của tôi", "then": "done"})
    assert texts(plan) == ["Chữ của tôi"]


def test_removing_and_moving_what_is_gone_only_shows_the_part(plan, me, colleague):
    row = RequirementFactory(plan=plan)
    colleague.post(address("remove", plan, PART, row))

    assert me.post(address("remove", plan, PART, row)).status_code == 302
    assert me.post(address("move", plan, PART, row), {"to": "1"}).status_code == 302


def test_an_undo_that_would_lose_others_words_is_refused_in_words(plan, me, colleague):
    me.post(address("add", plan), {"text": "của tôi"})
    [edit] = RowEdit.objects.all()
    save(colleague, plan, Requirement.objects.get(), "An sửa")

    page = me.post(address("undo", plan), {"edit": edit.pk}, follow=True).text

    assert "undoing would lose their words" in page
    assert texts(plan) == ["An sửa"]


# Pasting


def test_pasted_rows_are_shown_before_they_are_added(plan, me):
    RequirementFactory(plan=plan, text="Thường xuyên")
    lines = "- Thường xuyên;\n+ Kịp thời\na) Rộng khắp"

    shown = me.post(address("paste", plan), {"lines": lines, "then": "look"})
    assert "Understood as 2 new rows" in shown.text
    assert "1 repeated" in shown.text
    assert lines.replace("\n", "\r\n") in shown.text or "Rộng khắp</textarea>" in shown.text
    assert texts(plan) == ["Thường xuyên"]

    added = me.post(address("paste", plan), {"lines": lines, "then": "add"})
    assert added.url == f"{workspace(plan)}?part={PART}#{PART}"
    assert texts(plan) == ["Thường xuyên", "Kịp thời", "Rộng khắp"]
    assert "2 rows added" in me.get(added.url).text

    me.post(address("paste", plan), {"lines": lines, "then": "add", "anyway": ["1"]})
    assert texts(plan)[3:] == ["Thường xuyên;"]


def test_a_paste_is_previewed_in_place(plan, me):
    response = me.post(address("paste", plan), {"lines": "một\nhai", "then": "look"}, headers=HTMX)

    assert "Add 2 rows" in response.text
    assert "<section" not in response.text


def test_pasted_duties_are_of_one_kind(plan, me):
    me.post(address("paste", plan, "duties"), {"lines": "Theo dõi\nKiểm tra", "then": "add", "kind": "monitor"})

    assert {duty.kind for duty in plan.duties.all()} == {"monitor"}


def test_hostile_input_is_only_input(plan, me):
    me.post(address("paste", plan), {"lines": "a\x00b\x0bc", "then": "add", "anyway": "x" * 999, "kind": "\x00"})
    assert texts(plan) == ["ab", "c"]
    row = Requirement.objects.first()
    for hidden in ("9" * 50, "-1", "1.5", "\x00", "x"):
        assert save(me, plan, row, "x", version=hidden, key=hidden, headers=AUTOSAVE).status_code in (200, 409)
        assert me.post(address("move", plan, PART, row), {"to": hidden}).status_code == 302
        assert me.post(address("undo", plan), {"edit": hidden or "1"}).status_code == 302
        added = me.post(f"{address('add', plan)}?after={hidden[:1]}", {"text": "y", "key": hidden}, headers=AUTOSAVE)
        assert added.status_code == 200


def test_who_loses_a_race_for_an_audience_is_told(plan, me, monkeypatch):
    def taken(*_args, **_more):
        raise IntegrityError

    monkeypatch.setattr(views, "add_rows", taken)

    page = me.post(address("paste", plan, "audiences"), {"lines": "Người dân", "then": "add"}, follow=True).text

    assert "Somebody changed the same thing at this very moment." in page


def test_the_cross_removes_whatever_was_typed(plan, me):
    row = RequirementFactory(plan=plan)

    save(me, plan, row, "", then="remove")

    assert texts(plan) == []


def test_nothing_pasted_adds_nothing(plan, me):
    for lines in ("", "\n \n", "-"):
        assert me.post(address("paste", plan), {"lines": lines, "then": "add"}).status_code == 200
    assert texts(plan) == []


# History


def test_the_history_of_a_row_says_who_did_what(plan, me, colleague):
    me.post(address("add", plan), {"text": "Bản đầu"})
    row = Requirement.objects.get()
    save(colleague, plan, row, "Bản hai", code="3")
    me.post(address("remove", plan, PART, row))

    page = me.get(address("history", plan, PART, row)).text

    for words in ("Added", "Changed", "Removed", "Trần Văn An", "<del>đầu</del>", "<ins>hai</ins>"):
        assert words in page
    assert "Numbering in the document" in page


def test_a_row_nobody_touched_has_no_history_yet(plan, me):
    row = RequirementFactory(plan=plan)

    assert "Nobody has changed this row" in me.get(address("history", plan, PART, row)).text
    assert me.get(f"/plans/{plan.pk}/{PART}/987654/history/").status_code == 404


# The page as a whole


def test_the_workspace_shows_the_document_in_its_order(plan, me):
    for part, factory in PART_FACTORIES.items():
        factory(plan=plan, text=f"Nội dung của {part}")

    page = me.get(workspace(plan)).text

    order = [*list(PARTS)[:6], "activities", "duties", "reporting_duties", "budget_lines", "recipients"]
    places = [page.index(f'<section class="part" id="{part}"') for part in order]
    assert places == sorted(places)
    assert "10/11 parts written" in page
    for part in PART_FACTORIES:
        assert f"Nội dung của {part}" in page


def test_an_empty_part_opens_with_a_new_row(plan, me):
    page = me.get(f"{workspace(plan)}?part={PART}").text

    assert f'action="{address("add", plan)}?after=end"' in page
    assert "Nothing written yet." in page


def test_who_is_writing_now_is_shown(plan, me, colleague):
    colleague.post(address("add", plan), {"text": "một"})
    RowEdit.objects.update(at=timezone.now() - timedelta(minutes=5))

    assert "Trần Văn An" in me.get(workspace(plan)).text


def test_two_plans_do_not_carry_out_each_other(plan, coordinator):
    child = PlanFactory(locality=plan.locality, issuing_agency=plan.issuing_agency, parent=plan)
    form = PlanForm({"parent": child.pk}, instance=plan, user=coordinator)

    assert "carries out this one" in form.errors["parent"][0]


def test_a_plan_with_its_parts_can_be_deleted_whole(plan):
    ContentThemeFactory(plan=plan, parent=ContentThemeFactory(plan=plan))

    plan.delete()

    assert not ContentTheme.objects.exists()


def test_the_list_offers_a_new_plan_to_coordinators(me, coordinator):
    assert reverse("plans:add") in me.get(reverse("plans:list")).text
    leader = UserFactory(agency=coordinator.agency, role=Role.LEADER)
    assert reverse("plans:add") not in login(leader).get(reverse("plans:list")).text


def test_the_activities_keep_their_own_addresses(plan):
    assert resolve(f"/plans/{plan.pk}/activities/add/").url_name == "add"


def test_great_keys_are_written_without_dots(plan, coordinator):
    draft = PlanFactory(
        pk=2_345_678, locality=plan.locality, coordinating_agency=coordinator.agency, status=PlanStatus.DRAFT
    )
    rows = {part: factory(pk=3_456_789, plan=draft) for part, factory in PART_FACTORIES.items()}
    ContentThemeFactory(pk=4_567_890, plan=draft, parent=rows["themes"])
    me = login(coordinator)

    pages = [
        me.get(f"{workspace(draft)}?part={part}{place}").text
        for part in PARTS
        for place in ("&row=3456789", "&new=3456789", "")
    ]
    pages.append(save(me, draft, rows[PART], "mới", version=9).text)
    pages.append(me.get(address("history", draft, PART, rows[PART])).text)

    for page in pages:
        for key in ("2.345.678", "3.456.789", "4.567.890", "2,345,678", "3,456,789"):
            assert key not in page, page[max(page.find(key) - 80, 0) : page.find(key) + 20]
