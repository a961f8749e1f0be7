"""The national list of output indicators, kept as rows that an administrator may edit.

Source: the consolidated indicator list of the field; about half of them were seen with quantities in result reports.
"""

from plans.catalogue import load_channels

from .models import Indicator

# code, Vietnamese, English, unit, unit in English, channels, stock?
INDICATORS = [
    ("PLAN-1", "Kế hoạch tuyên truyền CCHC đã ban hành", "Communication plans issued", "kế hoạch", "plans", (), False),
    ("PLAN-2", "Đơn vị đã ban hành kế hoạch riêng", "Units with a plan of their own", "đơn vị", "units", (), True),
    (
        "PLAN-3",
        "Văn bản chỉ đạo, định hướng",
        "Directive documents",
        "văn bản",
        "documents",
        ("directive_document",),
        False,
    ),
    (
        "WEB-1",
        "Tin, bài đăng trên cổng, trang thông tin điện tử",
        "Items on web portals",
        "tin, bài",
        "items",
        ("web_portal",),
        False,
    ),
    ("WEB-2", "Lượt truy cập chuyên mục CCHC", "Visits to the PAR section", "lượt", "visits", ("web_portal",), False),
    (
        "WEB-3",
        "Chuyên trang, chuyên mục đang duy trì",
        "Sections maintained",
        "chuyên mục",
        "sections",
        ("web_portal",),
        True,
    ),
    ("PRE-1", "Tin, bài trên báo", "Items in the press", "tin, bài", "items", ("press",), False),
    ("PRE-2", "Kỳ chuyên mục trên báo", "Column issues in the press", "kỳ", "issues", ("press",), False),
    (
        "TV-1",
        "Chuyên mục phát thanh, truyền hình",
        "Radio and television features",
        "chuyên mục",
        "features",
        ("broadcast",),
        False,
    ),
    ("TV-2", "Phóng sự", "Reportages", "phóng sự", "reportages", ("broadcast",), False),
    (
        "TV-3",
        "Chương trình đối thoại, tọa đàm trên sóng",
        "Dialogues on air",
        "cuộc",
        "programmes",
        ("broadcast", "dialogue"),
        False,
    ),
    ("TV-4", "Thời lượng phát sóng", "Air time", "phút", "minutes", ("broadcast",), False),
    (
        "LS-1",
        "Tin, bài trên hệ thống truyền thanh cơ sở",
        "Items on grassroots loudspeakers",
        "tin, bài",
        "items",
        ("loudspeaker",),
        False,
    ),
    ("LS-2", "Lượt phát thanh", "Loudspeaker broadcasts", "lượt", "broadcasts", ("loudspeaker",), False),
    (
        "LS-3",
        "Xã, phường có phát thanh về CCHC",
        "Communes broadcasting on PAR",
        "xã, phường",
        "communes",
        ("loudspeaker",),
        True,
    ),
    ("SOC-1", "Người quan tâm Zalo OA", "Zalo OA followers", "người", "followers", ("social_zalo_oa",), True),
    ("SOC-2", "Tin, bài đăng trên Zalo OA", "Items on Zalo OA", "tin, bài", "items", ("social_zalo_oa",), False),
    (
        "SOC-3",
        "Tin, bài trên Facebook, Fanpage",
        "Items on Facebook pages",
        "tin, bài",
        "items",
        ("social_facebook",),
        False,
    ),
    (
        "SOC-4",
        "Lượt tiếp cận, lượt xem",
        "Reach and views",
        "lượt",
        "views",
        ("social_zalo_oa", "social_facebook"),
        False,
    ),
    (
        "SOC-5",
        "Video, clip, infographic",
        "Videos, clips, infographics",
        "sản phẩm",
        "products",
        ("social_zalo_oa", "social_facebook"),
        False,
    ),
    ("VIS-1", "Pano", "Billboards", "tấm", "pieces", ("visual",), False),
    ("VIS-2", "Áp phích, tranh cổ động", "Posters", "tờ", "pieces", ("visual",), False),
    ("VIS-3", "Băng rôn", "Banners", "tấm", "pieces", ("visual",), False),
    ("VIS-4", "Phướn", "Streamers", "tấm", "pieces", ("visual",), False),
    ("VIS-5", "Khẩu hiệu", "Slogans", "khẩu hiệu", "slogans", ("visual",), False),
    (
        "VIS-6",
        "Lần thay đổi nội dung cổng chào, màn hình LED",
        "Changes of gate and LED contents",
        "lần",
        "times",
        ("visual",),
        False,
    ),
    ("VIS-7", "Tờ rơi, tờ gấp cấp phát", "Leaflets handed out", "tờ", "leaflets", ("visual",), False),
    ("VIS-8", "Suất xe loa, xe cổ động", "Loudspeaker car runs", "suất", "runs", ("visual",), False),
    ("MTG-1", "Hội nghị, hội thảo", "Conferences and workshops", "hội nghị", "conferences", ("conference",), False),
    ("MTG-2", "Cuộc tuyên truyền, phổ biến", "Communication sessions", "cuộc", "sessions", ("conference",), False),
    ("MTG-3", "Lượt người tham dự", "Attendances", "lượt người", "attendances", ("conference", "dialogue"), False),
    ("TRN-1", "Lớp tập huấn, bồi dưỡng", "Training classes", "lớp", "classes", ("training",), False),
    ("TRN-2", "Học viên", "Trainees", "người", "persons", ("training",), False),
    (
        "DLG-1",
        "Buổi tọa đàm, đối thoại với người dân, doanh nghiệp",
        "Dialogues with people and businesses",
        "buổi",
        "sessions",
        ("dialogue",),
        False,
    ),
    ("CON-1", "Hội thi, cuộc thi", "Contests", "cuộc", "contests", ("contest",), False),
    ("CON-2", "Bài dự thi, sáng kiến", "Entries and initiatives", "bài", "entries", ("contest",), False),
    ("CON-3", "Đơn vị tham gia cuộc thi", "Units taking part", "đơn vị", "units", ("contest",), False),
    ("PER-1", "Chương trình sân khấu hóa", "Stage performances", "chương trình", "shows", ("performance",), False),
    (
        "POST-1",
        "Đơn vị niêm yết công khai đầy đủ thủ tục hành chính",
        "Units posting all procedures",
        "đơn vị",
        "units",
        ("public_posting",),
        True,
    ),
    (
        "BUL-1",
        "Bản tin CCHC phát hành, chuyển tiếp",
        "Bulletins issued or passed on",
        "số",
        "issues",
        ("bulletin",),
        False,
    ),
    (
        "CD-1",
        "Nơi được cấp CD, tài liệu âm thanh",
        "Places given audio discs",
        "xã, phường, thị trấn",
        "communes",
        ("audio_disc",),
        False,
    ),
    ("TOUR-1", "Đoàn khảo sát, học tập kinh nghiệm", "Study tours", "đoàn", "tours", ("study_tour",), False),
    ("SUR-1", "Phiếu khảo sát thu về", "Survey forms returned", "phiếu", "forms", ("survey",), False),
    (
        "PC-1",
        "Cuộc họp báo có nội dung CCHC",
        "Press conferences on PAR",
        "cuộc",
        "conferences",
        ("press_conference",),
        False,
    ),
    (
        "HOT-1",
        "Phản ánh, kiến nghị qua đường dây nóng",
        "Petitions through the hotline",
        "lượt",
        "petitions",
        ("hotline",),
        False,
    ),
    ("FIN-1", "Kinh phí đã sử dụng", "Funds spent", "đồng", "đồng", (), False),
]


def load_catalogues():
    """Add the channels and indicators that are not there yet; rows an administrator changed stay as they are."""
    load_channels()
    known = set(Indicator.objects.values_list("code", flat=True))
    links = []
    for position, (code, name, name_en, unit, unit_en, channels, is_stock) in enumerate(INDICATORS, start=1):
        if code in known:
            continue
        indicator = Indicator.objects.create(
            code=code, name=name, name_en=name_en, unit=unit, unit_en=unit_en, is_stock=is_stock, position=position
        )
        links += [Indicator.channels.through(indicator_id=indicator.pk, channel_id=channel) for channel in channels]
    Indicator.channels.through.objects.bulk_create(links)
