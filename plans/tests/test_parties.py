"""Names of agencies and groups as people write them: found, told apart, kept literally, offered."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from accounts.tests.factories import UserFactory
from agencies.models import AgencyKind, Reorganisation, ReorganisationStatus, Succession
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory
from plans.models import PlanStatus
from plans.parties import Directory, PartiesField, Party, counted_on, once, pieces_of

from .factories import PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def plan():
    return PlanFactory(status=PlanStatus.DRAFT, issued_on=None)


def agency(plan, name, **facts):
    return AgencyFactory(locality=plan.locality, name=name, **facts)


@pytest.fixture
def culture(plan):
    return agency(plan, "Sở Văn hóa, Thể thao và Du lịch", short_name="Sở VHTTDL", symbol="SVHTTDL")


@pytest.fixture
def home(plan):
    return agency(plan, "Sở Nội vụ", symbol="SNV")


@pytest.fixture
def foreign(plan):
    return agency(plan, "Sở Ngoại vụ", symbol="SNgV")


@pytest.fixture
def communes(plan):
    group = AgencyGroupFactory(locality=plan.locality, name="UBND các xã, phường")
    for _each in range(3):
        GroupMembershipFactory(group=group)
    GroupMembershipFactory(group=group, valid_to=date(2025, 12, 31))
    GroupMembershipFactory(group=group, agency__valid_to=date(2025, 6, 30))
    return group


def ended(plan, successor=None):
    old = agency(plan, "Sở Thông tin và Truyền thông", short_name="Sở TTTT", valid_to=date(2025, 2, 28))
    if successor:
        change = Reorganisation.objects.create(
            locality=plan.locality,
            kind="merge",
            decision_number="01/NQ",
            effective_on=date(2025, 3, 1),
            status=ReorganisationStatus.APPLIED,
            by=UserFactory(agency=successor),
            created_at=datetime(2025, 3, 1, tzinfo=UTC),
            applied_at=datetime(2025, 3, 1, tzinfo=UTC),
        )
        Succession.objects.create(reorganisation=change, predecessor=old, successor=successor)
    return old


def read(plan, words, known=()):
    return Directory(plan).read(words, known)


# Reading


@pytest.mark.parametrize(
    "words",
    [
        "Sở Văn hóa, Thể thao và Du lịch",
        "so van hoa, the thao va du lich",
        "SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH.",
        "Sở VHTTDL",
        "svhttdl",
        "SVHTTVDL",
        "- Sở VHTTDL;",
        "Mời: Sở VHTTDL",
        "Sở VHTTDL (mời)",
    ],
)
def test_a_name_is_found_however_it_is_written(plan, culture, home, words):
    assert read(plan, words) == [Party(agency_id=culture.pk)]


def test_a_name_in_decomposed_letters_is_the_same(plan, home):
    import unicodedata

    assert read(plan, unicodedata.normalize("NFD", "Sở Nội vụ")) == [Party(agency_id=home.pk)]


def test_several_names_each_once_in_their_order(plan, culture, home, communes):
    words = "UBND các xã, phường (39); Sở Nội vụ\nSở VHTTDL; sở nội vụ"

    assert read(plan, words) == [Party(group_id=communes.pk), Party(agency_id=home.pk), Party(agency_id=culture.pk)]


def test_commas_part_names_only_where_every_piece_is_one(plan, culture, home, communes):
    assert read(plan, "Sở Nội vụ, Sở Văn hóa, Thể thao và Du lịch, UBND các xã, phường") == [
        Party(agency_id=home.pk),
        Party(agency_id=culture.pk),
        Party(group_id=communes.pk),
    ]
    assert read(plan, "Sở Nội vụ và Sở VHTTDL") == [Party(agency_id=home.pk), Party(agency_id=culture.pk)]
    assert read(plan, "Sở Nội vụ, các hội") == [Party(printed="Sở Nội vụ, các hội")]


def test_the_symbol_goes_before_initials(plan, home, foreign):
    assert read(plan, "SNV") == [Party(agency_id=home.pk)]
    assert read(plan, "SNgV") == [Party(agency_id=foreign.pk)]


def test_a_name_that_fits_several_is_asked(plan):
    for ward in ("An Bình", "An Phú"):
        agency(plan, f"UBND phường {ward}", short_name="UBND phường")

    with pytest.raises(ValidationError) as refusal:
        read(plan, "UBND phường")

    assert "UBND phường An Bình / UBND phường An Phú: write the full name" in refusal.value.messages[0]


def test_what_fits_nobody_is_kept_literally(plan, home):
    assert read(plan, "Thủ trưởng các cơ quan; Sở Nội vụ") == [
        Party(printed="Thủ trưởng các cơ quan"),
        Party(agency_id=home.pk),
    ]


def test_the_words_the_plan_prints_name_their_party_again(plan, communes):
    known = [Party(group_id=communes.pk, printed="Chủ tịch UBND các phường, xã")]

    assert read(plan, "chủ tịch UBND các phường, xã", known) == known


def test_an_agency_that_exists_goes_before_one_that_is_no_more(plan):
    old, new = agency(plan, "Sở Xây dựng", valid_to=date(2025, 2, 28)), agency(plan, "Sở Xây dựng")

    assert read(plan, "Sở Xây dựng") == [Party(agency_id=new.pk)]
    new.delete()
    assert read(plan, "Sở Xây dựng") == [Party(agency_id=old.pk)]


def test_another_localitys_agency_is_only_words(plan):
    AgencyFactory(name="Sở Nội vụ tỉnh bạn")

    assert read(plan, "Sở Nội vụ tỉnh bạn") == [Party(printed="Sở Nội vụ tỉnh bạn")]


def test_a_name_without_end_is_refused(plan):
    with pytest.raises(ValidationError, match="at most 300 characters"):
        read(plan, "Sở " + "x" * 400)


def test_very_many_commas_do_not_take_long(plan, home):
    assert read(plan, "Sở Nội vụ, " * 20 + "các hội")[0].printed.startswith("Sở Nội vụ, Sở")
    with pytest.raises(ValidationError):
        read(plan, ", ".join(["a"] * 5000))


# Showing


def test_a_group_counts_its_members_on_the_plans_day(plan, communes):
    assert Directory(plan).named(Party(group_id=communes.pk)).label == "UBND các xã, phường (3)"


@pytest.mark.parametrize(
    "issued_on, day",
    [(None, date(2026, 1, 1)), (date(2026, 1, 15), date(2026, 1, 15)), (date(2025, 12, 1), date(2026, 1, 1))],
)
def test_the_plans_day(plan, issued_on, day):
    plan.issued_on = issued_on

    assert counted_on(plan) == day


def test_who_is_invited_says_so(plan):
    youth = agency(plan, "Tỉnh Đoàn", kind=AgencyKind.MASS_ORGANISATION)

    assert Directory(plan).named(Party(agency_id=youth.pk)).label == "Tỉnh Đoàn (invited)"


def test_an_ended_agency_says_since_when_and_who_carries_on(plan):
    successor = agency(plan, "Sở Khoa học và Công nghệ")
    old = ended(plan, successor)
    named = Directory(plan).named(Party(agency_id=old.pk))

    assert (named.fault, named.repair) == ("No longer since 01/03/2025", "replaced by Sở Khoa học và Công nghệ")
    assert named.successor == successor


def test_of_a_time_when_it_existed_an_agency_is_no_fault(plan):
    plan.period_start = date(2024, 1, 1)

    assert Directory(plan).named(Party(agency_id=ended(plan).pk)).fault == ""


# Offering


def offered(plan, words):
    found = Directory(plan).suggest(words)
    return [option.label for option in found.agencies], [option.label for option in found.groups]


def test_suggestions_as_one_types(plan, culture, home, communes):
    assert offered(plan, "so van hoa") == (["Sở Văn hóa, Thể thao và Du lịch"], [])
    assert offered(plan, "vhttdl")[0] == ["Sở Văn hóa, Thể thao và Du lịch"]
    assert offered(plan, "thttdl")[0] == []
    assert offered(plan, "svhttd")[0] == ["Sở Văn hóa, Thể thao và Du lịch"]
    assert offered(plan, "xa phuong") == ([], ["UBND các xã, phường (3)"])
    assert offered(plan, "  ") == ([], [])


def test_the_symbol_itself_comes_first(plan, home, foreign):
    assert offered(plan, "snv")[0] == ["Sở Nội vụ", "Sở Ngoại vụ"]


def test_a_suggestion_says_who_answers_and_marks_what_matched(plan, home):
    UserFactory(agency=home, full_name="Trần Quốc Bảo", role=Role.FOCAL_POINT)

    [option] = Directory(plan).suggest("so noi").agencies

    assert option.sub == "Focal point: Trần Quốc Bảo"
    assert option.pieces == (("Sở Nội", True), (" vụ", False))
    assert option.value == f"@a{home.pk}"


def test_an_ended_agency_is_offered_last_and_says_so(plan):
    successor = agency(plan, "Sở Thông tin mới")
    ended(plan, successor)

    first, last = Directory(plan).suggest("so thong tin").agencies

    assert first.label == "Sở Thông tin mới"
    assert last.sub == "No longer since 01/03/2025; replaced by Sở Thông tin mới"


def test_an_agency_still_to_come_is_not_offered(plan):
    agency(plan, "Sở Tương lai", valid_from=date(2027, 1, 1))

    assert offered(plan, "so tuong lai") == ([], [])


def test_a_directory_asks_five_times_whatever_their_number(plan, culture, communes):
    AgencyFactory.create_batch(30, locality=plan.locality)
    ended(plan, culture)

    with CaptureQueriesContext(connection) as asked:
        directory = Directory(plan)
        directory.suggest("so")
        directory.read("Sở VHTTDL; UBND các xã, phường")
        directory.named(Party(group_id=communes.pk))

    assert len(asked) <= 5


@pytest.mark.parametrize("name, typed", [("Sở Nội vụ", ["so"]), ("", ["x"]), ("(Sở)", []), ("A - B", ["a", "b"])])
def test_pieces_put_together_are_the_name(name, typed):
    assert "".join(words for words, _match in pieces_of(name, typed)) == name


def test_once():
    one, other = Party(agency_id=1, printed="x"), Party(agency_id=2)

    assert once([one, other, Party(agency_id=1)]) == [one, other]


# The form field


def form_of(plan, data=None, known=()):
    class Form(forms.Form):
        lead = PartiesField(required=False)

    form = Form(data, initial={"lead": list(known)})
    form.fields["lead"].open_to(Directory(plan), known, "/ask/")
    return form


def posted(words):
    data = QueryDict(mutable=True)
    data["lead"] = words
    return data


def test_tokens_and_names_together(plan, home, culture, communes):
    form = form_of(plan, posted(f"@a{home.pk}|Sở Nội vụ\n@g{communes.pk}\nsvhttdl\n@=Hội | nọ"))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["lead"] == [
        Party(agency_id=home.pk),
        Party(group_id=communes.pk),
        Party(agency_id=culture.pk),
        Party(printed="Hội | nọ"),
    ]


def test_a_token_keeps_the_words_the_plan_prints(plan, communes):
    known = [Party(group_id=communes.pk, printed="Chủ tịch các xã")]

    form = form_of(plan, posted(f"@g{communes.pk}"), known)

    assert form.is_valid() and form.cleaned_data["lead"] == known


@pytest.mark.parametrize("token", ["@a999999", "@g999999", "@x1", "@a", "@=", "@a1;drop", "@a" + "9" * 30])
def test_a_token_of_nobody_is_refused(plan, token):
    form = form_of(plan, posted(token))

    assert "Select a valid choice" in form.errors["lead"][0]


def test_another_localitys_token_is_refused(plan):
    form = form_of(plan, posted(f"@a{AgencyFactory().pk}"))

    assert "Select a valid choice" in form.errors["lead"][0]


def test_what_was_typed_comes_back(plan, home):
    shown = str(form_of(plan, posted("Sở Nội vụ; Hội nọ"))["lead"])

    assert ">Sở Nội vụ; Hội nọ</textarea>".replace(">", ">\n", 1) in shown or "Sở Nội vụ; Hội nọ</textarea>" in shown
    assert f"@a{home.pk}" in shown
    assert 'data-parties="/ask/"' in shown


def test_hostile_names_are_only_words(plan):
    shown = str(form_of(plan, posted("@=</textarea><script>alert(1)</script>"))["lead"])

    assert "<script>" not in shown


def test_parties_that_did_not_change(plan, home):
    known = [Party(agency_id=home.pk)]

    assert not form_of(plan, posted("Sở Nội vụ"), known).has_changed()
    assert form_of(plan, posted("Hội nọ"), known).has_changed()
