"""The tree: under whom, by kind, one alone and several under a heading."""

from agencies.models import Agency, AgencyKind
from agencies.tree import build_tree


def agency(pk, name, kind=AgencyKind.DEPARTMENT, parent=None):
    return Agency(pk=pk, name=name, kind=kind, parent_id=parent)


def drawn(agencies):
    return [
        (level, str(node.heading) or node.agency.name) for top in build_tree(agencies) for level, node in top.lines()
    ]


def test_one_of_a_kind_stands_alone_and_several_under_a_heading(english):
    agencies = [
        agency(4, "Sở Nội vụ", parent=1),
        agency(3, "Sở Tài chính", parent=1),
        agency(2, "Văn phòng UBND tỉnh", AgencyKind.PC_OFFICE, parent=1),
        agency(1, "UBND tỉnh", AgencyKind.PEOPLES_COMMITTEE),
    ]

    assert drawn(agencies) == [
        (0, "UBND tỉnh"),
        (1, "Văn phòng UBND tỉnh"),
        (1, "Departments and boards"),
        (2, "Sở Nội vụ"),
        (2, "Sở Tài chính"),
    ]


def test_wards_and_communes_are_told_apart_by_their_own_word(english):
    communes = [
        agency(pk, f"UBND {name}", AgencyKind.COMMUNE_COMMITTEE)
        for pk, name in enumerate(["xã An Phú", "phường Kim Long", "xã Mường Lai", "Phường Yên Phú", "đặc khu Cát Hải"])
    ]

    assert drawn(communes) == [
        (0, "Wards"),
        (1, "UBND phường Kim Long"),
        (1, "UBND Phường Yên Phú"),
        (0, "Communes"),
        (1, "UBND xã An Phú"),
        (1, "UBND xã Mường Lai"),
        (0, "UBND đặc khu Cát Hải"),
    ]


def test_whose_parent_is_not_there_stands_at_the_top():
    assert drawn([agency(2, "Chi cục A", parent=1)]) == [(0, "Chi cục A")]


def test_a_heading_knows_everybody_below_it(english):
    [heading] = build_tree([agency(1, "Sở A"), agency(2, "Sở B"), agency(3, "Chi cục C", parent=1)])

    assert [each.pk for each in heading.agencies] == [1, 3, 2]


def test_nothing_is_no_tree():
    assert build_tree([]) == []
