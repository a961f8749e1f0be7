"""Agencies from Excel: what would change, all of it or nothing, and the person's own workbook back."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from agencies import importing
from agencies.importing import Outcome
from agencies.models import Agency, AgencyKind

from .factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory
from .workbooks import changed, read, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PAGE = "/agencies/import/"
HEADINGS = ("Mã", "Cơ quan", "Loại", "Cơ quan cấp trên", "Nhóm", "First day", "Last day")


@pytest.fixture
def world():
    """A locality with a committee, a department and a group, and its administrator's browser."""
    person = UserFactory(role=Role.ADMINISTRATOR, agency__slug="so-noi-vu", agency__name="Sở Nội vụ")
    locality = person.agency.locality
    committee = AgencyFactory(
        locality=locality, slug="ubnd", name="UBND tỉnh Minh Họa", kind=AgencyKind.PEOPLES_COMMITTEE
    )
    group = AgencyGroupFactory(locality=locality, name="Các sở, ban, ngành")
    GroupMembershipFactory(group=group, agency=person.agency)
    person.committee, person.group, person.browser = committee, group, login(person)
    return person


def upload(world, *rows, headings=HEADINGS):
    return world.browser.post(PAGE, {"file": workbook(headings, *rows)})


def preview(world, *rows, **more):
    response = upload(world, *rows, **more)
    assert response.status_code == 302, response.context["form"].errors
    return world.browser.get(response.url)


def write(world, page):
    return world.browser.post(PAGE, {"upload": page.context["upload"].token, "seen": page.context["preview"].digest})


def outcomes(page):
    return [row.outcome for row in page.context["preview"].rows]


def faults(page):
    return [dict(row.faults) for row in page.context["preview"].rows]


def test_new_agencies_with_their_place_and_groups(world):
    page = preview(
        world,
        ("", "Chi cục Văn thư", "Public service unit", "Sở Y tế", "", "01/3/2026", None),
        ("", "Sở Y tế", "department", "ubnd tinh minh hoa", "các sở ban ngành", None, None),
    )
    assert outcomes(page) == [Outcome.ADDED, Outcome.ADDED]
    assert not Agency.objects.filter(name="Sở Y tế").exists()

    response = write(world, page)

    assert response.url == reverse("agencies:list")
    health = Agency.objects.get(locality=world.agency.locality, name="Sở Y tế")
    archive = health.children.get()
    assert (health.slug, health.kind, health.parent, health.short_name) == (
        "so-y-te",
        AgencyKind.DEPARTMENT,
        world.committee,
        "Sở Y tế",
    )
    assert (archive.name, archive.kind, archive.valid_from) == (
        "Chi cục Văn thư",
        AgencyKind.PUBLIC_SERVICE_UNIT,
        date(2026, 3, 1),
    )
    assert health.groups.get() == world.group
    assert health.memberships.get().valid_from is None
    assert health.name_search == "so y te so y te"


def test_the_workbook_of_what_there_is_changes_nothing(world):
    content = world.browser.get(f"{PAGE}?template").content

    page = world.browser.get(world.browser.post(PAGE, {"file": changed(content, lambda sheet: None)}).url)

    assert outcomes(page) == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert not page.context["preview"].can_write
    assert write(world, page).status_code == 422


def test_an_agency_is_changed_by_its_code_and_an_empty_cell_changes_nothing(world):
    page = preview(world, ("so-noi-vu", "Sở Nội Vụ", "", "", "", "", "31/12/2030"))

    [row] = page.context["preview"].rows
    assert row.changed == ["name", "valid_to"]
    write(world, page)

    agency = Agency.objects.get(pk=world.agency.pk)
    assert (agency.name, agency.kind, agency.valid_to) == ("Sở Nội Vụ", AgencyKind.DEPARTMENT, date(2030, 12, 31))
    assert agency.groups.count() == 1
    assert agency.slug == "so-noi-vu"


def test_an_agency_is_joined_to_a_group_and_never_taken_out(world):
    other = AgencyGroupFactory(locality=world.agency.locality, name="Các cơ quan, đơn vị")

    page = preview(world, ("", "Sở Nội vụ", "", "", "Các cơ quan, đơn vị", None, None))
    assert page.context["preview"].rows[0].words["groups"] == "Các cơ quan, đơn vị; Các sở, ban, ngành"
    write(world, page)

    assert set(world.agency.groups.all()) == {world.group, other}
    assert other.memberships.get().valid_from == localdate()


FAULTY = {
    "no name": (("", "", "department", "", "", None, None), {"name"}),
    "a code nobody has": (("so-la", "Sở Lạ", "department", "", "", None, None), {"code"}),
    "no kind": (("", "Sở Y tế", "", "", "", None, None), {"kind"}),
    "a kind that is none": (("", "Sở Y tế", "sở to", "", "", None, None), {"kind"}),
    "a parent nobody is": (("", "Sở Y tế", "department", "Bộ Y tế", "", None, None), {"parent"}),
    "its own parent": (("", "Sở Y tế", "department", "Sở Y tế", "", None, None), {"parent"}),
    "a group that is none": (("", "Sở Y tế", "department", "", "Nhóm lạ", None, None), {"groups"}),
    "no such day": (("", "Sở Y tế", "department", "", "", "31/9/2026", None), {"valid_from"}),
    "an end before the beginning": (("", "Sở Y tế", "department", "", "", "01/3/2026", "28/2/2026"), {"valid_to"}),
    "a name without end": (("", "Sở " + "y" * 400, "department", "", "", None, None), {"name"}),
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_faulty_row_holds_up_all_the_others(world, case):
    row, keys = FAULTY[case]
    page = preview(world, ("", "Sở Công Thương", "department", "", "", None, None), row)

    assert outcomes(page) == [Outcome.ADDED, Outcome.FAULTY]
    assert set(faults(page)[1]) == keys
    for sentence in faults(page)[1].values():
        assert sentence in page.text.replace("&#x27;", "'").replace("&quot;", '"')
    assert write(world, page).status_code == 422
    assert not Agency.objects.filter(name="Sở Công Thương").exists()


def test_one_agency_in_two_rows(world):
    page = preview(
        world,
        ("", "Sở Y tế", "department", "", "", None, None),
        ("", "SỞ Y TẾ", "department", "", "", None, None),
        ("so-noi-vu", "Sở Nội vụ", "", "", "", None, None),
        ("", "Sở Nội vụ", "", "", "", None, None),
    )

    assert [set(each) for each in faults(page)] == [set(), {"name"}, set(), {"name"}]


def test_nobody_comes_to_stand_under_themselves(world):
    page = preview(
        world,
        ("", "Sở A", "department", "Sở B", "", None, None),
        ("", "Sở B", "department", "Sở C", "", None, None),
        ("", "Sở C", "department", "Sở A", "", None, None),
    )
    assert [set(each) for each in faults(page)] == [{"parent"}] * 3

    world.agency.parent = world.committee
    world.agency.save()
    page = preview(world, ("ubnd", "UBND tỉnh Minh Họa", "", "Sở Nội vụ", "", None, None))
    assert [set(each) for each in faults(page)] == [{"parent"}]


def test_a_correction_does_not_take_anothers_name(world):
    page = preview(world, ("so-noi-vu", "UBND tỉnh Minh Họa", "", "", "", None, None))

    assert [set(each) for each in faults(page)] == [{"name"}]


def test_agencies_of_other_localities_are_not_there(world):
    stranger = AgencyFactory(name="Sở Ngoại vụ", slug="so-ngoai-vu")
    foreign = AgencyGroupFactory(name="Nhóm ngoài")
    AgencyFactory(name="Sở Tư pháp", locality=foreign.locality)

    page = preview(
        world,
        (stranger.slug, "Sở Ngoại vụ", "", "", "", None, None),
        ("", "Sở X", "department", "Sở Tư pháp", foreign.name, None, None),
    )

    assert [set(each) for each in faults(page)] == [{"code", "kind"}, {"parent", "groups"}]


def test_the_faulty_cells_come_back_marked_in_the_persons_own_workbook(world):
    page = preview(world, ("", "Sở Công Thương", "department", "", "", None, None), *[FAULTY["no such day"][0]])

    marked = world.browser.get(f"{PAGE}?upload={page.context['upload'].token}&marked")

    assert marked.headers["Content-Disposition"] == 'attachment; filename="danh-sach.xlsx"'
    sheet = read(marked.content)["Sheet"]
    assert "There is no such day" in sheet["F3"].comment.text
    assert sheet["B2"].comment is None and sheet["B2"].value == "Sở Công Thương"


def test_rows_by_outcome(world):
    page = preview(world, *[FAULTY["no such day"][0]], ("", "Sở Công Thương", "department", "", "", None, None))

    shown = world.browser.get(f"{PAGE}?upload={page.context['upload'].token}&show=added")

    assert "Sở Công Thương" in shown.text and "31/9/2026" not in shown.text
    assert "31/9/2026" in world.browser.get(f"{PAGE}?upload={page.context['upload'].token}&show=nonsense").text


def test_what_the_workbook_leaves_out_stays(world):
    page = preview(world, ("", "Sở Công Thương", "department", "", "", None, None))

    assert page.context["preview"].left == ["Sở Nội vụ", "UBND tỉnh Minh Họa"]
    write(world, page)
    assert Agency.objects.filter(locality=world.agency.locality).count() == 3


def test_what_changed_meanwhile_is_looked_at_again(world):
    page = preview(world, ("", "Sở Công Thương", "department", "", "", None, None))
    AgencyFactory(locality=world.agency.locality, name="Sở Công Thương", slug="so-cong-thuong")

    response = write(world, page)

    assert response.status_code == 422
    assert "rows have changed since you looked" in response.text
    assert Agency.objects.filter(name="Sở Công Thương").count() == 1


def test_it_is_written_once(world):
    page = preview(world, ("", "Sở Công Thương", "department", "", "", None, None))
    write(world, page)

    assert write(world, page).status_code == 404
    assert Agency.objects.filter(name="Sở Công Thương").count() == 1
    assert [each.written for each in world.browser.get(PAGE).context["rounds"]] == [True]


def test_a_workbook_taken_over_at_this_very_moment_is_not_there(world, monkeypatch):
    page = preview(world, ("", "Sở Công Thương", "department", "", "", None, None))
    upload = page.context["upload"]
    upload.forget()
    monkeypatch.setattr(importing, "kept", lambda *args, **kwargs: upload)

    assert write(world, page).status_code == 404


def test_nobody_else_sees_or_writes_the_upload(world):
    page = preview(world, ("", "Sở Công Thương", "department", "", "", None, None))
    colleague = login(UserFactory(role=Role.ADMINISTRATOR, agency=world.agency))

    assert colleague.get(f"{PAGE}?upload={page.context['upload'].token}").status_code == 404
    assert (
        colleague.post(
            PAGE, {"upload": page.context["upload"].token, "seen": page.context["preview"].digest}
        ).status_code
        == 404
    )
    assert world.browser.get(f"{PAGE}?upload=../../x").status_code == 404


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.FOCAL_POINT, Role.LEADER])
def test_only_administrators_import(role):
    browser = login(UserFactory(role=role))

    assert browser.get(PAGE).status_code == browser.get(f"{PAGE}?template").status_code == 403
    assert browser.post(PAGE, {"file": workbook(HEADINGS)}).status_code == 403


@pytest.mark.parametrize(
    "file, said",
    [
        (None, "Choose the workbook."),
        (SimpleUploadedFile("a.xlsx", b""), "The workbook is empty."),
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04 no"), "not an Excel workbook"),
        (SimpleUploadedFile("a.xlsx", b"x" * 5_000_001), "larger than 5 MB"),
        (workbook(("Tên", "Gì đó"), ("Sở Y tế", "x")), None),
        (workbook(("Gì đó",), ("x",)), "Agency"),
    ],
)
def test_what_is_no_such_workbook_is_said_beside_the_field(world, file, said):
    if file:
        file.seek(0)
    response = world.browser.post(PAGE, {"file": file} if file else {})

    assert response.status_code == (422 if said else 302)
    assert not said or said in str(response.context["form"].errors["file"])


def test_a_thousand_rows(world, django_assert_max_num_queries):
    rows = [
        ("", f"Cơ quan số {n}", "department", "UBND tỉnh Minh Họa", "Các sở, ban, ngành", None, None)
        for n in range(1000)
    ]

    with django_assert_max_num_queries(40):
        page = preview(world, *rows)
    write(world, page)

    assert world.group.members.count() == 1001
    assert upload(world, *rows, rows[0]).status_code == 422


WITH_HEADS = ("Mã", "Cơ quan", "Thủ trưởng", "Chức vụ", "Email thủ trưởng", "Điện thoại")


def test_who_heads_an_agency_and_where_one_calls_it(world):
    page = preview(
        world,
        ("so-noi-vu", "Sở Nội vụ", "Đinh Quang Vinh", "Giám đốc", "vinh@minhhoa.example", "0200 3812 345"),
        headings=WITH_HEADS,
    )
    write(world, page)

    agency = Agency.objects.get(pk=world.agency_id)
    assert (agency.head_name, agency.head_title) == ("Đinh Quang Vinh", "Giám đốc")
    assert (agency.head_email, agency.phone) == ("vinh@minhhoa.example", "0200 3812 345")


def test_an_address_that_is_none_is_refused(world):
    page = preview(world, ("so-noi-vu", "Sở Nội vụ", "", "", "vinh.minhhoa", ""), headings=WITH_HEADS)

    assert [list(each) for each in faults(page)] == [["head_email"]]


def test_empty_cells_keep_the_head(world):
    Agency.objects.filter(pk=world.agency_id).update(head_name="Đinh Quang Vinh", phone="0200 3812 345")

    page = preview(world, ("so-noi-vu", "Sở Nội vụ", "", "Giám đốc", "", ""), headings=WITH_HEADS)
    write(world, page)

    agency = Agency.objects.get(pk=world.agency_id)
    assert (agency.head_name, agency.head_title, agency.phone) == ("Đinh Quang Vinh", "Giám đốc", "0200 3812 345")
