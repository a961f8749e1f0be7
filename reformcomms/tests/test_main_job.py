"""The main job in a real browser, on the real plan 271/KH-UBND of Bảo Lộc, at desktop and phone width.

The demo's clock stands at 10/09/2012, inside the plan's own third quarter.
"""

from io import BytesIO

import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from accounts.demo import create_demo_accounts
from accounts.models import User
from activities.catalogue import load_catalogues
from activities.completeness import activities_of
from activities.loading import load_plan, read_plan
from activities.models import ActivityProgress, QuarterlyUpdate, Status
from activities.planning.amending import begin_amendment
from activities.workflow import move
from agencies.clock import now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 780}}
FOCAL_POINT = "bao-loc.phong-van-hoa-thong-tin"


@pytest.fixture(params=WIDTHS)
def browser_context_args(browser_context_args, request):
    return {**browser_context_args, "viewport": WIDTHS[request.param], "has_touch": request.param == "phone"}


@pytest.fixture
def plan(transactional_db, settings):
    settings.DEBUG = True
    settings.TODAY = "2012-09-10"
    load_catalogues()
    plan, _created = load_plan(read_plan("bao-loc"))
    create_demo_accounts(plan.locality, plan.coordinating_agency)
    return plan


@pytest.fixture
def log_in(page, live_server, plan):
    page.on("dialog", lambda dialog: dialog.accept())

    def as_user(name):
        page.context.clear_cookies()
        page.goto(live_server.url)
        page.get_by_label("Tên đăng nhập").fill(name)
        page.get_by_label("Mật khẩu").fill("reformcomms-demo")
        page.get_by_role("button", name="Đăng nhập").click()
        return page

    return as_user


def third_quarter(plan):
    return plan.reporting_periods.get(ordinal=3)


def filled_update(plan, username=FOCAL_POINT):
    """An update of the third quarter with every line filled in, as the focal point would leave it."""
    user = User.objects.get(username=username)
    update = QuarterlyUpdate.objects.create(agency=user.agency, period=third_quarter(plan))
    for activity in activities_of(update):
        ActivityProgress.objects.create(
            update=update,
            activity=activity,
            state="in_progress",
            percent=60,
            words=f"Đã thực hiện hoạt động {activity.number} tại các phường, xã.",
        )
    return update


def submitted_update(plan, username=FOCAL_POINT):
    return move(filled_update(plan, username), "submit", by=User.objects.get(username=username), at=now())


def a_photo(path):
    Image.new("RGB", (320, 200), "#3b6ea5").save(path, "JPEG")
    return path


def test_the_coordinator_reads_the_whole_plan(log_in, live_server, plan):
    page = log_in("bao-loc.coordinator")
    page.goto(f"{live_server.url}/plans/?text=tuyen+truyen")
    page.get_by_role("link", name="Tuyên truyền cải cách hành chính năm 2012").click()

    data = read_plan("bao-loc")
    document = page.locator("article.doc")
    for part in ("legal_bases", "objectives", "requirements", "themes", "channels", "duties", "budget", "recipients"):
        for row in data[part]:
            expect(document).to_contain_text(row["text"])
    for activity in data["activities"]:
        expect(document).to_contain_text(f"Hoạt động {activity['code']}. {activity['title']}")
    expect(document).to_contain_text("Bùi Thắng")
    expect(document).to_contain_text("chưa nêu")
    expect(page.get_by_role("complementary")).to_contain_text("Phòng Nội vụ")
    expect(page.get_by_text("Bản dùng thử, hôm nay tính là 10/09/2012")).to_be_visible()


def test_the_list_of_plans_filters(log_in, live_server, plan):
    page = log_in("bao-loc.coordinator")
    page.goto(f"{live_server.url}/plans/")
    page.get_by_label("Năm", exact=True).select_option("2012")
    page.wait_for_url("**year=2012**")
    expect(page.get_by_role("link", name="Tuyên truyền cải cách hành chính năm 2012")).to_be_visible()
    page.get_by_label("Số hoặc tên").fill("khong co ke hoach nay")
    page.get_by_label("Số hoặc tên").press("Enter")
    expect(page.get_by_role("heading", name="Không có kế hoạch phù hợp")).to_be_visible()


def test_the_focal_point_reports_a_quarter(log_in, plan, tmp_path):
    page = log_in(FOCAL_POINT)
    expect(page.get_by_role("heading", name="Việc của tôi")).to_be_visible()
    expect(page.locator("main")).to_contain_text("còn 7 ngày")
    page.get_by_role("button", name="Nhập: Quý III/2012, 271/KH-UBND").click()

    saved = page.locator("[data-sheet-saved]")
    update = QuarterlyUpdate.objects.get()
    first, second = activities_of(update)
    one, two = (page.locator(f"#activity-{activity.pk}") for activity in (first, second))

    one.get_by_label("Trạng thái").select_option("in_progress")
    one.get_by_label("Tỷ lệ thực hiện (%)").fill("101")
    one.get_by_label("Kết quả", exact=True).fill("Niêm yết công khai 212 thủ tục hành chính tại 11 phường, xã.")
    expect(one.locator(".err:visible")).to_contain_text("từ 0 đến 100")
    expect(one.get_by_label("Kết quả", exact=True)).to_have_value(
        "Niêm yết công khai 212 thủ tục hành chính tại 11 phường, xã."
    )

    one.get_by_label("Tỷ lệ thực hiện (%)").fill("75")
    one.get_by_label("Tin, bài đăng trên cổng, trang thông tin điện tử", exact=True).fill("1.250")
    one.locator("input[type=file]").set_input_files(a_photo(tmp_path / "Niêm yết tại phường 1.jpg"))
    expect(one.locator("[data-items] > li")).to_have_count(1)
    one.locator(".evidence-add summary").click()
    one.locator("[name=url]").fill("https://baoloc.example/cchc/tin-1")
    one.locator("[name=caption]").fill("Bảng niêm yết tại Phường 1")
    one.locator(".evidence-add details button").click()
    expect(one.locator(".ev").get_by_text("Bảng niêm yết tại Phường 1")).to_be_visible()
    expect(saved).to_contain_text("Đã lưu lúc")
    page.reload()
    expect(one.get_by_label("Tin, bài đăng trên cổng, trang thông tin điện tử", exact=True)).to_have_value("1.250")

    page.get_by_role("button", name="Gửi báo cáo").click()
    expect(two.locator(".err:visible")).to_contain_text("Hoạt động IV.2")
    assert QuarterlyUpdate.objects.get().status == Status.DRAFT

    two.get_by_label("Trạng thái").select_option("done")
    two.get_by_label("Ngày hoàn thành").fill("05/9/2012")
    two.get_by_label("Kết quả", exact=True).fill("Treo 12 pano tại trung tâm thành phố.")
    two.locator("[name=no_evidence_reason]").fill("Ảnh chụp chưa gửi về.")
    page.get_by_label("Khó khăn, vướng mắc, nguyên nhân").fill("Kinh phí cấp chậm.")
    page.get_by_role("button", name="Gửi báo cáo").click()
    expect(page.locator(".messages")).to_contain_text("Đã gửi", timeout=15_000)
    update.refresh_from_db()
    assert (update.status, update.first_submitted_at.year) == (Status.SUBMITTED, 2012)

    page.goto(f"{page.url.split('/updates/')[0]}{update.get_absolute_url()}")
    expect(page.get_by_role("button", name="Gửi báo cáo")).to_have_count(0)
    answer = page.goto(f"{page.url}activities/{activities_of(update)[0].pk}/")
    assert answer.status == 403
    expect(page.locator("main")).to_contain_text("đã gửi")


def test_a_return_a_correction_and_an_approval(log_in, live_server, plan):
    update = submitted_update(plan)
    page = log_in("bao-loc.coordinator")
    page.get_by_role("link", name="Duyệt từng báo cáo").click()
    page.get_by_role("button", name="Trả lại vòng 1").click()
    expect(page.locator("#return .err")).to_contain_text("lý do")
    page.get_by_label("Lời gửi đơn vị").fill("Hoạt động IV.2: ghi rõ số pano đã treo.")
    page.get_by_role("button", name="Trả lại vòng 1").click()
    expect(page.get_by_role("status")).to_contain_text("Đã trả lại Phòng Văn hóa - Thông tin")

    log_in(FOCAL_POINT)
    expect(page.locator("blockquote")).to_contain_text("ghi rõ số pano đã treo")
    page.get_by_role("link", name="Sửa và gửi lại").click()
    corrected = page.locator(f"#activity-{update.progress_rows.get(activity__number='IV.2').activity_id}")
    corrected.get_by_label("Kết quả", exact=True).fill("Treo 12 pano tại trung tâm thành phố và 6 phường.")
    page.get_by_role("button", name="Gửi lại báo cáo").click()
    expect(page.locator(".messages")).to_contain_text("Đã gửi", timeout=15_000)

    log_in("bao-loc.coordinator")
    page.goto(f"{live_server.url}{update.get_absolute_url()}")
    history = page.get_by_role("region", name="Các vòng gửi và rà soát")
    history.get_by_text("Nội dung đã gửi ở vòng 1").click()
    expect(history).to_contain_text("Đã thực hiện hoạt động IV.2 tại các phường, xã.")
    page.locator(f"a[href='/review/{update.pk}/']").click()
    page.locator("[data-approve]").click()
    expect(page.get_by_role("status")).to_contain_text("Đã duyệt")
    update.refresh_from_db()
    assert update.status == Status.APPROVED
    assert list(update.events.exclude(move="begin").values_list("move", "round")) == [
        ("submit", 1),
        ("return", 1),
        ("submit", 2),
        ("approve", 2),
    ]


def test_the_leader_sees_who_is_late_and_clicks_through(log_in, live_server, plan):
    update = submitted_update(plan)
    page = log_in("bao-loc.leader")
    expect(page).to_have_url(f"{live_server.url}/dashboard/")
    main = page.locator("main")
    expect(main).to_contain_text("Chưa giao chủ trì")
    expect(main).to_contain_text("Trung tâm VH-TT thành phố")
    page.locator("main a[href*='state=unassigned']:visible").first.click()
    expect(page.locator("main")).to_contain_text("Mời Ủy ban Mặt trận Tổ quốc Việt Nam thành phố")
    page.goto(f"{live_server.url}/updates/")
    page.get_by_role("link", name="Phòng Văn hóa - Thông tin").first.click()
    expect(page).to_have_url(f"{live_server.url}{update.get_absolute_url()}")
    assert page.goto(f"{live_server.url}/review/{update.pk}/").status == 403


def test_the_quarterly_report_on_screen_and_as_pdf(log_in, live_server, plan):
    update = submitted_update(plan)
    move(update, "approve", by=User.objects.get(username="bao-loc.coordinator"), at=now())
    page = log_in("bao-loc.leader")
    page.goto(f"{live_server.url}/reports/")
    page.locator(f"main a[href='/periods/{third_quarter(plan).pk}/report/']").first.click()
    expect(page.locator("main")).to_contain_text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    expect(page.locator("main")).to_contain_text("đã thực hiện hoạt động IV.2 tại các phường, xã")

    answer = page.request.get(f"{live_server.url}/periods/{third_quarter(plan).pk}/report.pdf")
    assert answer.ok and answer.headers["content-type"] == "application/pdf"
    with pdfplumber.open(BytesIO(answer.body())) as pdf:
        text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "đã thực hiện hoạt động IV.2 tại các phường, xã" in text
    assert "quý III năm 2012" in text


OWN_PAGES = "plans activities updates dashboard reports calendar agencies".split()
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


LEADERS_PAGES = "scorecards channels coverage timeline dashboard/summary dossiers criteria check".split()
DRAFT_PAGES = ["edit/?part=themes", "facts/", "activities/", "check/", "changes/"]


def test_every_page_fits_the_screen_stays_home_and_meets_wcag(log_in, live_server, plan):
    update = submitted_update(plan)
    page = log_in("bao-loc.coordinator")
    draft = begin_amendment(plan, by=User.objects.get(username="bao-loc.coordinator"), at=now())
    away = []
    page.on("request", lambda request: request.url.startswith((live_server.url, "data:")) or away.append(request.url))
    paths = [f"/{name}/" for name in OWN_PAGES] + [
        plan.get_absolute_url(),
        f"{plan.get_absolute_url()}versions/",
        *(f"{draft.get_absolute_url()}{address}" for address in DRAFT_PAGES),
        plan.activities.first().get_absolute_url(),
        f"{draft.activities.first().get_absolute_url()}edit/",
        update.get_absolute_url(),
        f"/periods/{third_quarter(plan).pk}/report/",
        *(f"/{name}/" for name in LEADERS_PAGES),
        "/plans/999999/",
    ]
    for path in paths:
        page.goto(live_server.url + path)
        assert page.evaluate(SIDEWAYS) == 0, path
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    assert away == []
