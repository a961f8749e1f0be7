"""The national catalogue of channels, kept as rows that an administrator may edit."""

from .models import Channel

# code, Vietnamese, English
CHANNELS = [
    ("press", "Báo chí", "Press"),
    ("broadcast", "Phát thanh, truyền hình", "Radio and television"),
    ("loudspeaker", "Truyền thanh cơ sở", "Grassroots loudspeakers"),
    ("web_portal", "Cổng, trang thông tin điện tử", "Web portals"),
    ("social_zalo_oa", "Zalo OA", "Zalo Official Account"),
    ("social_facebook", "Facebook, Fanpage", "Facebook pages"),
    ("visual", "Trực quan (pano, áp phích, băng rôn, tờ rơi)", "Visual (billboards, posters, banners, leaflets)"),
    ("audio_disc", "Đĩa CD, tài liệu âm thanh", "Audio discs"),
    ("conference", "Hội nghị, hội thảo", "Conferences and workshops"),
    ("training", "Tập huấn, bồi dưỡng", "Training"),
    ("dialogue", "Tọa đàm, đối thoại", "Dialogues and roundtables"),
    ("contest", "Hội thi, cuộc thi", "Contests"),
    ("performance", "Sân khấu hóa, sáng tác", "Performances and works of art"),
    ("campaign_drive", "Đợt ra quân, cao điểm", "Campaign drives"),
    ("survey", "Khảo sát, điều tra xã hội học", "Surveys"),
    ("study_tour", "Khảo sát, học tập kinh nghiệm", "Study tours"),
    ("public_posting", "Niêm yết công khai", "Public posting"),
    ("bulletin", "Bản tin", "Bulletins"),
    ("press_conference", "Họp báo", "Press conferences"),
    ("mainstreaming", "Lồng ghép", "Mainstreaming into other work"),
    ("mass_organisation", "Hoạt động của Mặt trận, đoàn thể", "Front and mass organisations"),
    ("directive_document", "Văn bản chỉ đạo, định hướng", "Directive documents"),
    ("hotline", "Đường dây nóng", "Hotline"),
]


def load_channels():
    """Add the channels that are not there yet; rows an administrator changed stay as they are."""
    Channel.objects.bulk_create(
        (
            Channel(code=code, name=name, name_en=name_en, position=position)
            for position, (code, name, name_en) in enumerate(CHANNELS, start=1)
        ),
        ignore_conflicts=True,
    )
