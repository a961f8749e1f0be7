"""The province's plan: three years of statutory quarters, fifteen activities, in the form of a plan file."""

from typing import NamedTuple

from agencies.models import AgencyKind

from ...calendar import quarters_of
from .names import place_of, slug_of, units_of

PERIODS = 12
COMMUNES, DEPARTMENTS = "ubnd-cac-xa-phuong", "cac-so-ban-nganh"
COMMITTEE = "uy-ban-nhan-dan"


class Task(NamedTuple):
    """An activity: who leads and cooperates (slugs; a group where it is one), its channel and what counts its target.

    `rate` is what one lead produces in a quarter, about; `states` how it goes on over the years: "whole" goes on to the
    end, "early" is done in the first quarter, "late" begins in the last year.
    """

    title: str
    leads: tuple[str, ...]
    cooperating: tuple[str, ...]
    channel: str
    indicator: str
    unit: str
    rate: int
    course: str = "whole"


TASKS = (
    Task(
        "Ban hành văn bản hướng dẫn tuyên truyền cải cách hành chính giai đoạn",
        ("so-noi-vu",),
        ("van-phong-ubnd-tinh",),
        "directive_document",
        "PLAN-3",
        "văn bản",
        1,
        "early",
    ),
    Task(
        "Công bố, cập nhật và niêm yết danh mục thủ tục hành chính của tỉnh",
        ("van-phong-ubnd-tinh",),
        (DEPARTMENTS,),
        "public_posting",
        "POST-1",
        "đơn vị",
        160,
    ),
    Task(
        "Duy trì chuyên mục cải cách hành chính trên trang thông tin điện tử của cơ quan",
        (DEPARTMENTS,),
        (),
        "web_portal",
        "WEB-1",
        "tin, bài",
        9,
    ),
    Task(
        "Lắp đặt pano, băng rôn tuyên truyền trên các trục đường chính",
        ("so-van-hoa-the-thao-va-du-lich",),
        (COMMUNES,),
        "visual",
        "VIS-3",
        "tấm",
        60,
    ),
    Task(
        "Tuyên truyền cải cách hành chính trên hệ thống truyền thanh cơ sở",
        (COMMUNES,),
        ("so-van-hoa-the-thao-va-du-lich",),
        "loudspeaker",
        "LS-1",
        "tin, bài",
        18,
    ),
    Task(
        "Niêm yết công khai thủ tục hành chính tại nơi tiếp nhận hồ sơ",
        (COMMUNES,),
        ("trung-tam-phuc-vu-hanh-chinh-cong-tinh",),
        "public_posting",
        "POST-1",
        "đơn vị",
        1,
    ),
    Task(
        "Cấp phát tờ rơi, tờ gấp hướng dẫn nộp hồ sơ trực tuyến",
        (COMMUNES,),
        ("so-khoa-hoc-va-cong-nghe", "tinh-doan"),
        "visual",
        "VIS-7",
        "tờ",
        350,
    ),
    Task(
        "Tổ chức đối thoại với người dân, doanh nghiệp về thủ tục hành chính",
        (COMMUNES,),
        ("so-tu-phap",),
        "dialogue",
        "DLG-1",
        "buổi",
        2,
    ),
    Task(
        "Tổ chức hội nghị quán triệt, phổ biến nội dung cải cách hành chính trong cơ quan",
        (DEPARTMENTS,),
        ("so-noi-vu",),
        "conference",
        "MTG-1",
        "hội nghị",
        2,
    ),
    Task(
        "Mở chuyên mục cải cách hành chính trên sóng phát thanh, truyền hình",
        ("press",),
        ("so-noi-vu",),
        "broadcast",
        "TV-1",
        "chuyên mục",
        12,
    ),
    Task(
        "Đăng tin, bài về cải cách hành chính trên báo, tạp chí của tỉnh",
        ("press", "magazine"),
        ("so-van-hoa-the-thao-va-du-lich",),
        "press",
        "PRE-1",
        "tin, bài",
        40,
    ),
    Task(
        "Phát triển trang Zalo Official Account của chính quyền tỉnh",
        ("so-khoa-hoc-va-cong-nghe",),
        ("trung-tam-chuyen-doi-so",),
        "social_zalo_oa",
        "SOC-1",
        "người",
        2200,
    ),
    Task(
        "Tập huấn kỹ năng tuyên truyền cho báo cáo viên, tuyên truyền viên",
        ("so-noi-vu",),
        ("ban-tuyen-giao-va-dan-van-tinh-uy",),
        "training",
        "TRN-1",
        "lớp",
        2,
        "late",
    ),
    Task(
        "Chia sẻ tin, bài về cải cách hành chính trên trang Zalo của xã, phường",
        (COMMUNES,),
        ("trung-tam-chuyen-doi-so",),
        "social_zalo_oa",
        "SOC-2",
        "tin, bài",
        8,
    ),
    Task(
        "Tổ chức hội thi tìm hiểu cải cách hành chính",
        ("so-noi-vu", "tinh-doan"),
        ("hoi-lien-hiep-phu-nu-tinh", COMMUNES),
        "contest",
        "CON-2",
        "bài",
        120,
        "late",
    ),
)


def quarters_until(day):
    """Twelve statutory quarters, oldest first; the last is the one being reported on `day`.

    That is the one that runs, or until its consolidated report is due the one before.
    """
    begun = [quarter for quarter in quarters_of(day.year - 4, day.year + 1) if quarter.starts_on <= day]
    return begun[-PERIODS - 1 : -1] if begun[-2].consolidated_due_on >= day else begun[-PERIODS:]


def plan_file(seed, day):
    """The province and its plan as `loading.load_plan` reads it; the last of its periods is being reported on `day`."""
    place, quarters, units = place_of(seed), quarters_until(day), units_of(seed)
    first, last = quarters[0], quarters[-1]
    years = f"{first.year}-{last.year}"
    slugs = {
        "press": slug_of(f"Báo và phát thanh, truyền hình {place}"),
        "magazine": slug_of(f"Tạp chí Văn nghệ {place}"),
    }
    by_kind = {kind: [unit["slug"] for unit in units if unit["kind"] == kind] for kind in AgencyKind.values}
    departments = [slug for kind in ("pc_office", "department", "public_service_unit") for slug in by_kind[kind]]
    return {
        "locality": {"slug": slug_of(place), "name": f"Tỉnh {place}", "place_name": place, "level": "province"},
        "agencies": [
            {
                "slug": COMMITTEE,
                "name": f"Ủy ban nhân dân tỉnh {place}",
                "short_name": "UBND tỉnh",
                "symbol": "UBND",
                "kind": "peoples_committee",
            },
            *units,
        ],
        "groups": [
            {"slug": DEPARTMENTS, "name": "Các sở, ban, ngành", "members": departments},
            {"slug": COMMUNES, "name": "UBND các xã, phường", "members": by_kind["commune_committee"]},
            {
                "slug": "cac-phuong",
                "name": "UBND các phường",
                "members": [slug for slug in by_kind["commune_committee"] if slug.startswith("phuong-")],
            },
        ],
        "plan": {
            "key": f"tinh-{slug_of(place)}-{seed}",
            "number": f"{20 + seed}/KH-UBND",
            "title": f"Thông tin, tuyên truyền cải cách hành chính tỉnh {place} giai đoạn {years}",
            "issued_on": first.starts_on,
            "place": place,
            "issuing_agency": COMMITTEE,
            "coordinating_agency": "so-noi-vu",
            "period_start": first.starts_on,
            "period_end": last.ends_on,
            "period_text": f"giai đoạn {years}",
            "status": "issued",
            "signatory": {"authority": "TM. ỦY BAN NHÂN DÂN", "title": "CHỦ TỊCH", "name": "Lương Gia Huy"},
        },
        "audiences": ["Cán bộ, công chức, viên chức", "Người dân", "Doanh nghiệp"],
        "activities": [_activity(number, task, slugs, first, last) for number, task in enumerate(TASKS, start=1)],
        "reporting": [
            {
                "text": "Định kỳ hằng quý, các cơ quan, đơn vị báo cáo kết quả về Sở Nội vụ.",
                "frequencies": ["quarterly"],
            }
        ],
    }


def _activity(number, task, slugs, first, last):
    leads = len([slug for slug in task.leads if slug != "tinh-doan"])
    heads = {COMMUNES: 141, DEPARTMENTS: 20}.get(task.leads[0], leads)
    quarters = {"early": 1, "late": 4}.get(task.course, PERIODS)
    target = task.rate * heads * (1 if task.indicator in STOCKS else quarters)
    return {
        "code": number,
        "title": task.title,
        "channels": [task.channel],
        "indicator": task.indicator,
        "target_quantity": target,
        "target_unit": task.unit,
        "expected_product": "",
        "schedule": "continuous" if task.course == "whole" else "one_off",
        "schedule_text": "Thường xuyên" if task.course == "whole" else "",
        "start": None,
        "deadline": first.ends_on if task.course == "early" else last.ends_on,
        "lead": [_party(slug, slugs) for slug in task.leads],
        "cooperating": [_party(slug, slugs) for slug in task.cooperating],
    }


STOCKS = ("SOC-1", "POST-1")  # the last number counts, nothing is added up


def _party(slug, slugs):
    return {"group": slug} if slug in (COMMUNES, DEPARTMENTS) else {"agency": slugs.get(slug, slug)}
