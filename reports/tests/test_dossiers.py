"""Dossiers on screen: who may what, what is proposed and missing, how a score is explained, and how it is closed."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.attachment_forms import AttachmentForm
from activities.models import Evidence, ProgressState, Status
from activities.tests.factories import (
    TODAY,
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    EvidenceFactory,
    make_world,
    moment,
)
from plans.tests.factories import ChannelFactory, PlanFileFactory
from reports.dossier.attaching import attach_documents
from reports.dossier.criteria import begin_prepared, prepared_sets
from reports.dossier.demo import load_demo_dossier
from reports.dossier.moving import TRANSITIONS, move, save_score
from reports.dossier.page import build_page, with_documents
from reports.dossier.proposing import proposals, take, take_all, untag
from reports.models import CriteriaSet, Dossier, DossierDocument, EvidenceTag, SelfScore

from .cases.dossiers import CASES
from .rows import ReportFactory
from .rows_of_dossiers import CriteriaSetFactory, CriterionFactory, DossierFactory, SelfScoreFactory, tagged

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DUE = "2026-06-01"


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


@pytest.fixture
def world():
    """An approved update of one agency; a dossier by one criterion: the share of the activities due that are done."""
    world = make_world(Status.APPROVED)
    world.dossier = DossierFactory(plan=world.plan, begun_by=world.coordinator)
    world.criterion = CriterionFactory(set=world.dossier.criteria)
    return world


def periods_of(world):
    return list(world.plan.reporting_periods.all())


def page_of(world, today=TODAY, **chosen):
    rows = with_documents(Dossier.objects.filter(pk=world.dossier.pk)).select_related("plan__locality", "criteria")
    return build_page(rows.get(), periods_of(world), today=today, **chosen)


def with_activities(world, done, of):
    """`of` activities due on 1/6, of which `done` are done."""
    for place in range(of):
        activity = ActivityFactory(plan=world.plan, deadline=DUE, number=f"A{place + 1}")
        AssignmentFactory(activity=activity, agency=world.agency)
        state = ProgressState.DONE if place < done else ProgressState.IN_PROGRESS
        ActivityProgressFactory(update=world.update, activity=activity, state=state)


def move_it(world, name, by=None):
    return move(world.dossier, name, by=by or world.coordinator, at=moment(), periods=periods_of(world))


# Strangers and roles


@pytest.mark.parametrize("role", Role)
def test_another_localitys_dossier_is_not_there(world, role):
    stranger = login(UserFactory(role=role))

    for name, (methods, arguments) in CASES.items():
        for each in arguments(world) if arguments else ():
            for method in methods:
                assert getattr(stranger, method)(reverse(name, args=each)).status_code == 404, f"{method} {name}"


def test_the_list_shows_a_stranger_nothing(world):
    stranger = login(UserFactory(role=Role.COORDINATOR))
    CriteriaSet.objects.update(title="Bộ của tỉnh khác")

    assert world.plan.title not in stranger.get(reverse("reports:dossiers")).content.decode()
    assert "Bộ của tỉnh khác" not in stranger.get(reverse("reports:criteria_sets")).content.decode()


def test_a_focal_point_reads_no_dossier(world):
    browser = login(world.focal_point)

    for name in ("reports:dossiers", "reports:criteria_sets"):
        assert browser.get(reverse(name)).status_code == 403
    assert browser.get(reverse("reports:dossier", args=[world.dossier.pk])).status_code == 403


def test_leaders_read_and_write_nothing(world):
    browser = login(world.leader)
    address = reverse("reports:criterion", args=[world.dossier.pk, world.criterion.pk])

    assert browser.get(address).status_code == 200
    assert 'name="missing_reason"' not in browser.get(address).content.decode()
    assert browser.post(address, {"version": 0}).status_code == 403
    assert browser.post(reverse("reports:dossiers"), {"plan": world.plan.pk, "year": 2026}).status_code == 403
    assert browser.post(reverse("reports:criteria_sets"), {"year": 2026, "source": "province"}).status_code == 403
    assert browser.post(reverse("reports:criteria_set", args=[world.dossier.criteria_id])).status_code == 403
    assert not SelfScore.objects.exists()


@pytest.mark.parametrize("name", TRANSITIONS)
def test_only_its_coordinator_moves_a_dossier(world, name):
    elsewhere = UserFactory(agency__locality=world.locality, role=Role.COORDINATOR)

    for person in (world.leader, world.administrator, world.focal_point, elsewhere):
        with pytest.raises(PermissionDenied):
            move_it(world, name, by=person)


def test_evidence_of_another_locality_is_not_taken(world):
    foreign = EvidenceFactory(progress=make_world(Status.APPROVED).line)
    browser = login(world.coordinator)

    browser.post(
        reverse("reports:tag", args=[world.dossier.pk, world.criterion.pk]), {"do": "take", "evidence": [foreign.pk]}
    )

    assert not EvidenceTag.objects.exists()


def test_a_criterion_of_another_set_is_not_there(world):
    other = CriterionFactory(set=CriteriaSetFactory(locality=world.locality))
    browser = login(world.coordinator)

    assert browser.get(reverse("reports:criterion", args=[world.dossier.pk, other.pk])).status_code == 404
    assert browser.post(reverse("reports:tag", args=[world.dossier.pk, other.pk])).status_code == 404


# Beginning


def test_a_dossier_is_begun_for_a_plan_and_a_year_once():
    world = make_world(Status.APPROVED)
    criteria = CriteriaSetFactory(locality=world.locality)
    browser, facts = login(world.coordinator), {"plan": world.plan.pk, "year": 2026}

    response = browser.post(reverse("reports:dossiers"), facts)
    again = browser.post(reverse("reports:dossiers"), facts)

    dossier = Dossier.objects.get()
    assert response.url == reverse("reports:dossier", args=[dossier.pk])
    assert (dossier.plan, dossier.year, dossier.criteria) == (world.plan, 2026, criteria)
    assert again.status_code == 422
    assert "has a dossier for this year already" in again.content.decode()


def test_without_criteria_of_the_year_it_says_what_to_do():
    world = make_world(Status.APPROVED)

    response = login(world.coordinator).post(reverse("reports:dossiers"), {"plan": world.plan.pk, "year": 2026})

    assert response.status_code == 422
    assert "begin a set first" in response.content.decode()


# Measured


@pytest.mark.parametrize("done, of, points", [(4, 5, 0), (5, 5, 100), (9, 10, 90)])
def test_the_share_of_activities_done_gives_the_points(world, done, of, points):
    with_activities(world, done, of)

    row = page_of(world).rows[0]

    assert row.points == points
    assert (row.measured.part, row.measured.whole) == (done, of)


def test_below_the_floor_the_page_says_so_and_what_would_help(world):
    with_activities(world, 4, 5)

    page = login(world.coordinator).get(reverse("reports:dossier", args=[world.dossier.pk])).content.decode()

    assert "4/5 activities due by 15/06/2026 are done, 80,0%, below the floor of 90%." in page
    assert "With activity A5 done it is 5/5: 1,0 points." in page
    assert "now here: 80,0%" in page
    assert "1,0 points at 1 (below the floor of 90%)" in page


def test_what_is_below_its_floor_is_not_said_to_be_ready_and_does_not_hinder_closing(world):
    with_activities(world, 4, 5)

    page = page_of(world)

    assert (page.ready, page.roots[0].ready_count) == (0, 0)
    assert page.roots[0].is_explained == (not page.blocking)


def test_what_is_not_due_yet_or_was_cancelled_is_not_counted(world):
    with_activities(world, 1, 1)
    ActivityFactory(plan=world.plan, deadline="2026-12-15")
    ActivityFactory(plan=world.plan, deadline=None)
    ActivityFactory(plan=world.plan, deadline=DUE, cancelled_on="2026-05-01")

    assert page_of(world).rows[0].measured[:2] == (1, 1)


def test_what_is_not_approved_does_not_count(world):
    with_activities(world, 1, 1)
    world.plan.reporting_periods.get().updates.update(status=Status.SUBMITTED)

    assert page_of(world).rows[0].measured[:2] == (0, 1)


def test_targets_and_punctuality_are_measured(world):
    world.activity.target_quantity = 10
    world.activity.save()
    world.line.quantity_done = 10
    world.line.save()
    targets = CriterionFactory(set=world.dossier.criteria, measure="targets_reached")
    on_time = CriterionFactory(set=world.dossier.criteria, measure="reported_on_time")

    rows = {row.criterion: row for row in page_of(world, today=world.period.locks_on).rows}

    assert rows[targets].measured[:2] == (1, 1)
    assert rows[on_time].measured[:2] == (1, 1)


def test_nothing_due_asks_for_a_score_by_hand(world):
    page = page_of(world)

    assert page.rows[0].points is None
    assert page.blocking == [page.rows[0]]


def test_a_sum_adds_up_what_is_below_it(world):
    top = CriterionFactory(set=world.dossier.criteria, formula="sum", measure="", floor=None, most=200)
    world.criterion.parent = top
    world.criterion.save()
    with_activities(world, 5, 5)

    page = page_of(world)

    assert [(row.criterion, row.depth) for row in page.rows] == [(top, 0), (world.criterion, 1)]
    assert (page.points, page.most) == (100, 200)


# Evidence


def evidence_criterion(world, **facts):
    kept = {"formula": "all_or_nothing", "measure": "evidence_there", "floor": None, "most": 25}
    return CriterionFactory(set=world.dossier.criteria, **kept | facts)


def test_proposed_is_what_the_channels_of_the_criterion_brought(world):
    channel = ChannelFactory()
    world.activity.channels.add(channel)
    criterion = evidence_criterion(world, channels=[channel])
    other = ActivityProgressFactory(update=world.update, activity=ActivityFactory(plan=world.plan))
    mine, theirs = EvidenceFactory(progress=world.line), EvidenceFactory(progress=other)

    assert list(proposals(world.dossier, criterion)) == [mine]
    assert list(proposals(world.dossier, criterion, everything=True)) == [mine, theirs]
    assert list(proposals(world.dossier, criterion, everything=True, words=theirs.url[-8:])) == [theirs]


@pytest.mark.parametrize(
    "facts", [{"removed_at": moment()}, {"scan": "refused"}, {"status": Status.SUBMITTED}, {"year": 2025}]
)
def test_what_does_not_stand_is_not_proposed_and_does_not_count(world, facts):
    criterion = evidence_criterion(world)
    tagged(world.dossier, criterion, EvidenceFactory(progress=world.line))
    assert page_of(world).rows[1].pieces == 1

    if "status" in facts:
        world.plan.reporting_periods.get().updates.update(**facts)
    elif "year" in facts:
        world.plan.reporting_periods.update(**facts)
    else:
        Evidence.objects.update(**facts)

    row = page_of(world).rows[1]
    assert (row.pieces, row.points, len(row.missing)) == (0, 0, 1)
    assert not proposals(world.dossier, criterion, everything=True).exists()


def test_all_that_is_proposed_is_taken_by_one_press(world):
    channel = ChannelFactory()
    world.activity.channels.add(channel)
    criterion = evidence_criterion(world, channels=[channel])
    EvidenceFactory.create_batch(3, progress=world.line)

    login(world.coordinator).post(reverse("reports:tag", args=[world.dossier.pk, criterion.pk]), {"do": "all"})

    assert EvidenceTag.objects.filter(criterion=criterion, is_left_out=False).count() == 3
    assert page_of(world).rows[1].points == 25


def test_what_was_left_out_is_not_proposed_again_until_it_is_asked_for(world):
    criterion, item = evidence_criterion(world), EvidenceFactory(progress=world.line)
    facts = {"by": world.coordinator, "at": moment()}

    take(world.dossier, criterion, [item.pk], is_left_out=True, **facts)
    assert not proposals(world.dossier, criterion, everything=True)
    assert page_of(world).rows[1].pieces == 0

    untag(world.dossier, criterion, [item.pk])
    assert proposals(world.dossier, criterion, everything=True).get() == item


def test_a_closed_dossier_takes_nothing(world):
    criterion, item = evidence_criterion(world), EvidenceFactory(progress=world.line)
    Dossier.objects.update(state="closed", closed_at=moment(), closed_by=world.coordinator)

    with pytest.raises(ValidationError):
        take(world.dossier, criterion, [item.pk], by=world.coordinator, at=moment())
    with pytest.raises(ValidationError):
        untag(world.dossier, criterion, [item.pk])
    with pytest.raises(ValidationError):
        take_all(world.dossier, criterion, everything=True, by=world.coordinator, at=moment())


def test_each_kind_of_evidence_that_is_wanted_needs_its_own(world):
    criterion = evidence_criterion(world, evidence_wanted="Ảnh màn hình\nLịch phát")
    item = EvidenceFactory(progress=world.line)
    facts = {"by": world.coordinator, "at": moment()}

    take(world.dossier, criterion, [item.pk], **facts)
    assert [each.key for each in page_of(world).rows[1].missing] == ["Ảnh màn hình", "Lịch phát"]

    take(world.dossier, criterion, [item.pk], proves="Lịch phát", **facts)
    assert [each.key for each in page_of(world).rows[1].missing] == ["Ảnh màn hình"]

    with pytest.raises(ValidationError):
        take(world.dossier, criterion, [item.pk], proves="Nothing of the kind", **facts)


def test_one_kind_of_evidence_takes_any_piece(world):
    criterion = evidence_criterion(world, evidence_wanted="Đường dẫn")
    tagged(world.dossier, criterion, EvidenceFactory(progress=world.line))

    assert page_of(world).rows[1].missing == ()


def test_the_signed_plan_and_the_issued_reports_prove_what_wants_them(world):
    evidence_criterion(world, wants_plan=True, wants_reports=True)
    assert [each.key for each in page_of(world).rows[1].missing] == [":plan", ":reports"]

    PlanFileFactory(plan=world.plan)
    ReportFactory(period=world.period, is_issued=True)

    row = page_of(world).rows[1]
    assert (row.missing, row.pieces, row.points) == ((), 2, 25)


# Score and explanation


def post_score(world, criterion=None, **typed):
    address = reverse("reports:criterion", args=[world.dossier.pk, (criterion or world.criterion).pk])
    return login(world.coordinator).post(address, {"version": 0, **typed})


def test_points_by_hand_need_an_explanation(world):
    refused = post_score(world, points="0,8")

    assert refused.status_code == 422
    assert "Points given by hand need an explanation." in refused.content.decode()

    post_score(world, points="0,8", explanation="Theo ví dụ của hướng dẫn.")
    assert page_of(world).rows[0].points == 80


@pytest.mark.parametrize("points", ["1,01", "-1", "một", "0,255"])
def test_points_beyond_the_most_or_no_points_are_refused(world, points):
    assert post_score(world, points=points, explanation="x").status_code == 422
    assert not SelfScore.objects.exists()


def test_points_by_hand_stand_beside_what_was_measured(world):
    with_activities(world, 4, 5)
    post_score(world, points="0,8", explanation="Theo ví dụ của hướng dẫn.")

    row = page_of(world).rows[0]
    said = login(world.leader).get(reverse("reports:dossier", args=[world.dossier.pk])).content.decode()

    assert (row.computed, row.points) == (0, 80)
    assert "Scored by hand: 0,8; what was measured gives 0." in said


def test_who_saved_meanwhile_is_told_and_nothing_is_lost(world):
    facts = {"points": 50, "explanation": "Đã chấm", "by": world.administrator}
    SelfScoreFactory(dossier=world.dossier, criterion=world.criterion, **facts)

    response = post_score(world, points="0,8", explanation="Ý của tôi")

    said = response.content.decode()
    assert response.status_code == 409
    assert "Nguyễn Thị Hạnh saved this at 09:00, while you were typing." in said
    assert "Ý của tôi" in said and "Đã chấm" in said
    assert SelfScore.objects.get().points == 50

    post_score(world, points="0,8", explanation="Ý của tôi", version=response.context["form"]["version"].value())
    assert SelfScore.objects.get().points == 80  # theirs has been seen, mine is kept


def test_a_page_that_does_not_say_what_it_showed_overwrites_nothing(world):
    address = reverse("reports:criterion", args=[world.dossier.pk, world.criterion.pk])

    assert login(world.coordinator).post(address, {"points": "0,5", "explanation": "x"}).status_code == 409


# Closing


def test_missing_evidence_without_a_reason_blocks_the_closing(world):
    with_activities(world, 5, 5)
    criterion = evidence_criterion(world, code="2")
    browser, address = login(world.coordinator), reverse("reports:dossier_move", args=[world.dossier.pk, "close"])
    tagged(world.dossier, world.criterion, EvidenceFactory(progress=world.line))

    refused = browser.post(address, follow=True).content.decode()
    world.dossier.refresh_from_db()
    assert world.dossier.state == "open"
    assert "2: 1 kind of evidence is missing without a reason" in refused

    post_score(world, criterion, missing_reason="Màn hình hỏng từ tháng 3.")
    browser.post(address)

    world.dossier.refresh_from_db()
    assert world.dossier.state == "closed"


def test_a_reason_does_not_cover_what_goes_missing_later(world):
    criterion = evidence_criterion(world, evidence_wanted="Ảnh\nLịch phát")
    item = EvidenceFactory(progress=world.line)
    tagged(world.dossier, criterion, item, proves="Ảnh")
    post_score(world, criterion, missing_reason="Chưa có lịch.")
    assert page_of(world).rows[1].is_explained

    untag(world.dossier, criterion, [item.pk])

    assert not page_of(world).rows[1].is_explained


def closed(world):
    with_activities(world, 4, 5)
    tagged(world.dossier, world.criterion, EvidenceFactory(progress=world.line))
    world.dossier = move_it(world, "close")
    return world


def test_a_closed_dossier_keeps_the_score_it_was_closed_with(world):
    closed(world)
    world.update.progress_rows.filter(activity__number="A5").update(
        state=ProgressState.DONE, percent=100, completed_on="2026-06-10"
    )

    assert page_of(world).points == 0
    world.dossier = move_it(world, "reopen")
    assert page_of(world).points == 100


def test_a_closed_dossier_is_only_read(world):
    closed(world)
    browser = login(world.coordinator)
    address = reverse("reports:criterion", args=[world.dossier.pk, world.criterion.pk])

    assert browser.post(address, {"version": 0}).status_code == 403
    assert browser.post(reverse("reports:tag", args=[world.dossier.pk, world.criterion.pk])).status_code == 403
    assert 'name="evidence"' not in browser.get(address).content.decode()
    with pytest.raises(ValidationError):
        typed = {"version": 0, "points": None, "explanation": "", "missing_reason": ""}
        save_score(world.dossier, world.criterion, typed, missing=[], by=world.coordinator, at=moment())


def test_what_is_kept_of_the_measures_is_plain_data(world):
    closed(world)

    assert json.loads(json.dumps(world.dossier.measured)) == {"activities_done": [4, 5, ["A5"]]}


# Criteria


@pytest.mark.parametrize("key", ["province", "commune"])
def test_a_prepared_set_adds_up_and_says_it_was_not_compared(key, world):
    new = begin_prepared(world.locality, 2027, key, by=world.administrator, at=moment())
    rows = list(new.criteria.all())

    for row in rows:
        if row.formula == "sum":
            assert sum(child.most for child in rows if child.parent_id == row.pk) == row.most, row
    assert len(rows) == len(prepared_sets()[key]["criteria"])
    assert new.checked_note == ""
    page = login(world.leader).get(reverse("reports:criteria_set", args=[new.pk])).content.decode()
    assert "have not been compared with the Ministry of Home Affairs" in page


def typed_criterion(row=None, **changes):
    facts = {"code": "1", "title": "Mức độ", "most": "1,0", "formula": "bands", "measure": "activities_done"}
    facts |= {"floor": "80", "bands": "100: 1,0\n80: share", "needs_evidence": "on", "do": "criterion"}
    return facts | changes


def write(world, criteria_set, criterion=None, **changes):
    from reports.dossier.criteria_page import fingerprint

    address = reverse("reports:criteria_set", args=[criteria_set.pk])
    if criterion:
        changes = {"was": fingerprint(criterion), **changes}
        address = f"{address}?criterion={criterion.pk}"
    return login(world.administrator).post(address, typed_criterion(**changes))


def test_a_set_in_use_is_not_changed_saving_makes_the_next_version(world):
    with_activities(world, 4, 5)
    old = world.dossier.criteria

    write(world, old, world.criterion, code=world.criterion.code)

    new = CriteriaSet.objects.get(ordinal=2, locality=world.locality)
    assert new.criteria.get().floor == 80
    world.criterion.refresh_from_db()
    assert (world.criterion.floor, page_of(world).points) == (90, 0)


def test_the_dossier_moves_to_the_new_version_with_all_it_has(world):
    with_activities(world, 4, 5)
    item = EvidenceFactory(progress=world.line)
    tagged(world.dossier, world.criterion, item)
    SelfScoreFactory(dossier=world.dossier, criterion=world.criterion, explanation="Đã nêu", points=None)
    write(world, world.dossier.criteria, world.criterion, code=world.criterion.code)

    login(world.coordinator).post(reverse("reports:dossier_move", args=[world.dossier.pk, "renew"]))

    world.dossier.refresh_from_db()
    row = page_of(world).rows[0]
    assert world.dossier.criteria.ordinal == 2
    assert (row.points, row.pieces, row.criterion.own_explanation) == (80, 1, "Đã nêu")


def renewed_meanwhile(world):
    """(the dossier as somebody read it before it was put on the next version, evidence one may take)."""
    before, item = Dossier.objects.get(pk=world.dossier.pk), EvidenceFactory(progress=world.line)
    tagged(world.dossier, world.criterion, item)
    write(world, world.dossier.criteria, world.criterion, code=world.criterion.code)
    move_it(world, "renew")
    return before, item


def taken(dossier, criterion, item, facts):
    take(dossier, criterion, [item.pk], **facts)


def taken_off(dossier, criterion, item, facts):
    untag(dossier, criterion, [item.pk])


def added(dossier, criterion, item, facts):
    form = AttachmentForm({"url": "https://minhhoa.example/tin"})
    assert form.is_valid()
    attach_documents(dossier, criterion, form, **facts)


def scored(dossier, criterion, item, facts):
    typed = {"version": 0, "points": None, "explanation": "Đã nêu", "missing_reason": ""}
    save_score(dossier, criterion, typed, missing=[], **facts)


@pytest.mark.parametrize("act", [taken, taken_off, added, scored])
def test_nothing_is_put_under_criteria_the_dossier_has_left(world, act):
    before, item = renewed_meanwhile(world)

    with pytest.raises(ValidationError, match="next version of its criteria meanwhile"):
        act(before, world.criterion, item, {"by": world.coordinator, "at": moment()})

    assert EvidenceTag.objects.get().criterion.set == Dossier.objects.get().criteria != before.criteria
    assert not DossierDocument.objects.exists() and not SelfScore.objects.exists()


def test_a_new_version_that_lacks_what_is_used_is_refused(world):
    tagged(world.dossier, world.criterion, EvidenceFactory(progress=world.line))
    CriteriaSetFactory(locality=world.locality)

    with pytest.raises(ValidationError, match=f"hold evidence or words: {world.criterion.code}"):
        move_it(world, "renew")
    assert EvidenceTag.objects.get().criterion == world.criterion


def test_a_set_in_no_use_is_changed_in_place(world):
    free = CriteriaSetFactory(locality=world.locality, year=2027)

    write(world, free)
    write(world, free, code="1.1", title="Con")
    write(world, free, free.criteria.get(code="1"), formula="sum", most="2,5")

    assert [(row.code, row.parent and row.parent.code) for row in free.criteria.all()] == [("1", None), ("1.1", "1")]
    page = login(world.administrator).get(reverse("reports:criteria_set", args=[free.pk])).content.decode()
    assert "The sub-criteria add up to 1,0, not to 2,5." in page


def test_who_changed_a_criterion_meanwhile_is_not_overwritten(world):
    free = CriteriaSetFactory(locality=world.locality, year=2027)
    criterion = CriterionFactory(set=free, title="Bản của tôi")

    response = write(world, free, criterion, was="0" * 64, code=criterion.code)

    assert response.status_code == 422
    criterion.refresh_from_db()
    assert criterion.title == "Bản của tôi"


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"bands": "90"}, "Write a band as"),
        ({"bands": "101: 1,0"}, "Write a band as"),
        ({"bands": "90: 1,0\n90: 0,5"}, "Two bands cannot begin at the same percentage."),
        ({"bands": "90: 1,5"}, "A band cannot give more than the most points."),
        ({"bands": ""}, "Write at least one band."),
        ({"measure": ""}, "Say what is measured"),
        ({"code": "2.1"}, "There is no criterion 2 to stand under."),
        ({"code": "a"}, "Write the number as 1, 1.2 or 1.2.3."),
        ({"most": "0"}, "worth more than 0 points"),
        ({"floor": "101"}, "100"),
    ],
)
def test_what_is_no_criterion_is_refused(world, changes, sentence):
    free = CriteriaSetFactory(locality=world.locality, year=2027)

    response = write(world, free, **changes)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not free.criteria.exists()


def test_a_number_is_given_once(world):
    free = CriteriaSetFactory(locality=world.locality, year=2027)
    CriterionFactory(set=free, code="1")

    assert write(world, free, code="1").status_code == 422


def test_removing_takes_what_is_below_along(world):
    free = CriteriaSetFactory(locality=world.locality, year=2027)
    top = CriterionFactory(set=free, code="1", formula="sum", measure="", floor=None)
    CriterionFactory(set=free, code="1.1", parent=top)

    write(world, free, top, do="remove")

    assert not free.criteria.exists()


def test_a_set_is_begun_from_a_prepared_one_or_from_another(world):
    browser, address = login(world.coordinator), reverse("reports:criteria_sets")

    browser.post(address, {"year": 2027, "source": "commune"})
    first = CriteriaSet.objects.get(year=2027)
    browser.post(address, {"year": 2028, "source": f"set-{first.pk}"})

    second = CriteriaSet.objects.get(year=2028)
    assert (first.by, second.by) == (world.coordinator, world.coordinator)
    assert [row.code for row in second.criteria.all()] == [row.code for row in first.criteria.all()]
    assert second.criteria.get(code="4.1").parent.code == "4"
    assert second.criteria.get(code="4.1").bands.count() == 2


def test_the_demo_has_a_dossier_with_what_the_channels_brought():
    world = make_world(Status.APPROVED)
    world.activity.channels.add(ChannelFactory(code="web_portal"))
    EvidenceFactory.create_batch(2, progress=world.line)
    told = {"by": world.coordinator, "at": moment()}

    made = [load_demo_dossier(world.plan, year, **told) for year in (2026, 2026, 2020)]

    assert made == [True, False, False]
    assert EvidenceTag.objects.filter(criterion__code="1.3.2").count() == 2


def test_the_printed_self_score_says_the_same_as_the_screen(world):
    import subprocess

    with_activities(world, 4, 5)
    response = login(world.leader).get(reverse("reports:dossier_pdf", args=[world.dossier.pk]))

    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=response.content, capture_output=True).stdout
    words = " ".join(text.decode().split())
    assert response["Content-Type"] == "application/pdf"
    assert "0/1,0 điểm" in words
    assert "80,0%" in words and "dưới sàn 90%" in words
    assert "chưa đối chiếu với văn bản của Bộ Nội vụ" in words
