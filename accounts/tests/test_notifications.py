"""The bell: told once, in words, heard by whoever wants to hear it."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Job, Notification, NotificationKind, NotificationSettings, Role
from accounts.notifying import ALWAYS, news_of, sentence, tell
from agencies import clock as portal_clock

from .factories import NotificationFactory, NotificationSettingsFactory, UserFactory, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PERIOD = {"period": "Quý II/2026", "plan": "12/KH-UBND"}


@pytest.fixture
def person():
    return UserFactory()


def told(person, kind="approved", key="k", **facts):
    tell([person], kind, key=key, url="/updates/", at=portal_clock.now(), **{**PERIOD, **facts})


# Telling


def test_twice_the_same_is_once(person):
    told(person, by="A")
    told(person, by="B")
    told(person, key="other")

    assert sorted(Notification.objects.values_list("key", flat=True)) == ["k", "other"]
    assert Notification.objects.get(key="k").facts["by"] == "A"


def test_a_person_named_twice_hears_it_once(person):
    tell([person, person], "approved", key="k", url="/", at=portal_clock.now())

    assert Notification.objects.count() == 1


def test_nobody_is_told_nothing():
    tell([], "approved", key="k", url="/", at=portal_clock.now())

    assert Notification.objects.count() == 0


@pytest.mark.parametrize("kind", NotificationKind)
def test_what_is_muted_is_not_told_but_for_what_only_this_person_can_do(person, kind):
    NotificationSettingsFactory(person=person, muted=[kind])
    other = UserFactory()
    NotificationSettingsFactory(person=other, muted=[])

    tell([person, other], kind, key="k", url="/", at=portal_clock.now())

    heard = {each.person for each in Notification.objects.all()}
    assert heard == ({person, other} if kind in ALWAYS else {other})


def test_telling_many_asks_little(django_assert_max_num_queries):
    people = UserFactory.create_batch(20)

    with django_assert_max_num_queries(3):
        tell(people, "reminder", key="k", url="/", at=portal_clock.now(), days=2)

    assert Notification.objects.count() == 20


# In words


@pytest.mark.parametrize(
    "kind, facts, headline, detail",
    [
        ("returned", {"by": "Hạnh", "reason": "Thiếu"}, "Quý II/2026 was returned to you by Hạnh", "“Thiếu”"),
        ("returned", {"by": "Hạnh"}, "Quý II/2026 was returned to you by Hạnh", "12/KH-UBND"),
        ("approved", {"by": "Hạnh"}, "Quý II/2026 was approved by Hạnh", "12/KH-UBND"),
        ("submitted", {"agency": "Sở Tài chính"}, "Sở Tài chính sent Quý II/2026", "12/KH-UBND"),
        ("reminder", {"days": 2}, "Quý II/2026 is due in 2 days", "12/KH-UBND"),
        ("reminder", {"days": 1}, "Quý II/2026 is due in 1 day", "12/KH-UBND"),
        ("reminder", {"days": 0}, "Quý II/2026 is due today", "12/KH-UBND"),
        ("reminder", {"days": -3}, "Quý II/2026 is 3 days late", "12/KH-UBND"),
        (
            "extended",
            {"until": "2026-07-01", "by": "Hạnh"},
            "Quý II/2026 may be sent until 01/07/2026",
            "12/KH-UBND, allowed by Hạnh",
        ),
        (
            "asked",
            {"by": "Sơn", "subject": "Hoạt động 7", "answer_by": "21/9/2026"},
            "Sơn asks you to explain: Hoạt động 7",
            "Answer by 21/9/2026",
        ),
        (
            "answered",
            {"agency": "Sở Y tế", "subject": "Hoạt động 7", "act": "answered"},
            "Sở Y tế has explained: Hoạt động 7",
            "Sở Y tế",
        ),
        (
            "answered",
            {"agency": "Sở Y tế", "subject": "Hoạt động 7", "act": "?"},
            "News of the explanation: Hoạt động 7",
            "Sở Y tế",
        ),
        (
            "contributed",
            {"agency": "Đài PTTH", "activity": "Tọa đàm"},
            "Đài PTTH added its part to Tọa đàm",
            "Quý II/2026",
        ),
        (
            "refused_file",
            {"file": "a.pdf", "activity": "Tọa đàm"},
            "The file a.pdf was refused by the virus scan",
            "Tọa đàm",
        ),
        ("reminder", {"days": 13, "again": True}, "Quý II/2026: 13 days left to send it again", "12/KH-UBND"),
        ("reminder", {"days": 0, "again": True}, "Quý II/2026 is to be sent again today", "12/KH-UBND"),
        ("reminder", {"days": -1, "again": True}, "Quý II/2026 should have been sent again 1 day ago", "12/KH-UBND"),
        (
            "extended",
            {"act": "locked", "by": "Sơn"},
            "Quý II/2026 is locked: nothing can be changed any more",
            "12/KH-UBND, locked by Sơn",
        ),
        ("job", {"label": "Export", "subject": "61 đơn vị", "state": "done"}, "Done: Export", "61 đơn vị"),
        ("job", {"label": "Export", "subject": "", "state": "failed"}, "Failed: Export", ""),
    ],
)
def test_sentences(kind, facts, headline, detail):
    assert sentence(kind, {**PERIOD, **facts}) == (headline, detail)


@pytest.mark.parametrize("kind", NotificationKind)
def test_a_fact_that_is_missing_does_not_hide_the_rest(kind):
    [news] = news_of([NotificationFactory(kind=kind, facts={})])

    assert news.headline
    assert news.icon


# The pages


def test_the_bell_counts_what_has_not_been_read(person):
    NotificationFactory.create_batch(2, person=person)
    NotificationFactory(person=person, read_at=timezone.now())
    NotificationFactory()

    page = login(person).get(reverse("accounts:notification_settings"))

    assert page.context["frame"]["unread"] == 2
    assert (page.context["frame"]["tabs"][-1]["count"], page.context["frame"]["tabs"][-1]["hot"]) == (2, False)


def test_the_bell_opens_with_the_newest_few(person):
    NotificationFactory.create_batch(9, person=person)

    panel = login(person).get("/notifications/?part=bell", headers={"HX-Request": "true"})

    assert len(panel.context["news"]) == 8
    assert "<html" not in panel.text
    assert "Mark all 9 as read" in panel.text


def test_the_list_is_one_s_own_day_by_day(person, clock):
    clock(date(2026, 6, 15))
    for days, facts in ((0, {"by": "Hôm-nay"}), (1, {"by": "Hôm-qua"}), (3, {"by": "Lâu-rồi"})):
        at = datetime(2026, 6, 15, 5, tzinfo=timezone.get_current_timezone()) - timedelta(days=days)
        NotificationFactory(person=person, at=at, facts={**PERIOD, **facts})
    NotificationFactory(facts={"by": "Người khác"})

    page = login(person).get(reverse("accounts:notifications")).text

    parts = ["Today", "Hôm-nay", "Yesterday", "Hôm-qua", "12/06/2026", "Lâu-rồi"]
    assert [page.index(part) for part in parts] == sorted(page.index(part) for part in parts)
    assert "Người khác" not in page


def test_an_empty_list_says_what_will_come(person):
    assert "No notifications yet" in login(person).get(reverse("accounts:notifications")).text


def test_opening_reads_and_leads_on(person):
    first, second = NotificationFactory.create_batch(2, person=person)

    answer = login(person).get(reverse("accounts:notification", args=[first.pk]))

    assert answer.url == "/updates/"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.read_at is None, second.read_at is None) == (False, True)


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", ""])
def test_it_never_leads_elsewhere(person, url):
    told = NotificationFactory(person=person, url=url)

    assert login(person).get(reverse("accounts:notification", args=[told.pk])).url == "/notifications/"


def test_a_colleagues_are_not_there(person):
    told = NotificationFactory(person=UserFactory(agency=person.agency))

    assert login(person).get(reverse("accounts:notification", args=[told.pk])).status_code == 404
    login(person).post(reverse("accounts:notifications_read"))
    told.refresh_from_db()
    assert told.read_at is None


def test_all_are_marked_as_read(person):
    NotificationFactory.create_batch(3, person=person)

    login(person).post(reverse("accounts:notifications_read"))

    assert not Notification.objects.filter(read_at__isnull=True).exists()


# Wishes

HEARD = [kind for kind in NotificationKind.values if kind not in (*ALWAYS, NotificationKind.SUBMITTED)]


def test_who_reviews_nothing_is_not_asked_about_what_is_sent(person):
    reviewer = UserFactory(role=Role.COORDINATOR)

    def offered(of):
        form = login(of).get(reverse("accounts:notification_settings")).context["form"]
        return [kind for kind, _label in form.fields["heard"].choices]

    assert NotificationKind.SUBMITTED in offered(reviewer)
    assert NotificationKind.SUBMITTED not in offered(person)


def wish(person, **said):
    return login(person).post(reverse("accounts:notification_settings"), {"heard": HEARD, "phone": "", **said})


def test_without_wishes_everything_is_heard(person):
    page = login(person).get(reverse("accounts:notification_settings"))

    assert page.context["form"]["heard"].value() == HEARD
    assert page.context["form"]["by_mail"].value() is True


def test_wishes_are_kept(person):
    answer = wish(person, heard=["reminder", "job"], by_message="on", phone=" 0912.345 678")

    assert answer.status_code == 302
    kept = NotificationSettings.objects.get()
    assert (kept.person, kept.by_mail, kept.by_message, kept.phone) == (person, False, True, "0912345678")
    assert sorted(kept.muted) == sorted(set(HEARD) - {"reminder", "job"})
    wish(person, by_mail="on")
    assert NotificationSettings.objects.get().muted == []


@pytest.mark.parametrize("phone", ["12345", "0912345", "09123456789012", "không có", "+1 202 555 0100"])
def test_a_telephone_number_is_one(person, phone):
    answer = wish(person, phone=phone)

    assert answer.status_code == 422
    assert "A telephone number of Vietnam" in answer.text


@pytest.mark.parametrize("phone", ["0912345678", "+84 912 345 678", "(0200) 3812 345"])
def test_telephone_numbers(person, phone):
    assert wish(person, phone=phone).status_code == 302


def test_messages_need_a_number(person):
    answer = wish(person, by_message="on")

    assert answer.status_code == 422
    assert "Messages need a telephone number." in answer.text


def test_urgent_news_go_to_the_telephone_once(person, settings):
    settings.WEBHOOK_URL = "http://127.0.0.1:9/"
    NotificationSettingsFactory(person=person, by_message=True, phone="0912345678", muted=["reminder"])
    quiet = NotificationSettingsFactory(phone="0912345679").person
    everybody = [person, quiet, UserFactory()]

    for kind in ("returned", "returned", "approved", "reminder"):
        tell(everybody, kind, key=kind, url="/updates/", at=portal_clock.now(), **PERIOD)

    [job] = Job.objects.all()
    assert (job.kind, job.arguments["to"], job.arguments["event"]) == ("message", "0912345678", "returned")
    assert job.arguments["url"] == "https://portal.example/updates/"


def test_without_a_gateway_no_message_is_ordered(person):
    NotificationSettingsFactory(person=person, by_message=True, phone="0912345678")

    told(person, "returned")

    assert Job.objects.count() == 0
