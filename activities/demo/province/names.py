"""What the province is called, and its units: fictional names that read like real ones."""

from agencies.models import AgencyKind
from agencies.vietnamese import fold

from ..quarters import chance

PROVINCES = ("Thanh Giang", "Sơn Hải", "Phú Lâm", "An Khánh", "Hòa Minh", "Đông Giang", "Vĩnh Sơn", "Tân Hưng")
FIRST = (
    "An Bình Cẩm Châu Đại Đình Đông Đồng Đức Gia Hải Hòa Hoàng Hồng Hưng Kim Lạc Liên Long Lương Mai Minh Mỹ Nam Nghĩa "
    "Ngọc Nhân Phú Phúc Phước Quảng Quế Sơn Tam Tân Tây Thạch Thái Thanh Thiện Thượng Thủy Tiên Trung Trường Vân Văn "
    "Vạn Việt Vĩnh Xuân Yên"
).split()
SECOND = (
    "An Bằng Bình Cường Dương Điền Đô Giang Hà Hải Hậu Hòa Hội Hưng Khánh Khê Lạc Lâm Lập Lễ Lộc Lợi Minh Mỹ Ninh "
    "Phong Phú Phương Quang Sơn Tân Thành Thắng Thịnh Thọ Thuận Thủy Tiến Trạch Trì Vinh Xá"
).split()
DEPARTMENTS = (
    ("Văn phòng UBND tỉnh", "Văn phòng UBND tỉnh", "VP", AgencyKind.PC_OFFICE),
    ("Sở Nội vụ", "Sở Nội vụ", "SNV", AgencyKind.DEPARTMENT),
    ("Sở Tài chính", "Sở Tài chính", "STC", AgencyKind.DEPARTMENT),
    ("Sở Khoa học và Công nghệ", "Sở KH&CN", "SKHCN", AgencyKind.DEPARTMENT),
    ("Sở Văn hóa, Thể thao và Du lịch", "Sở VHTTDL", "SVHTTDL", AgencyKind.DEPARTMENT),
    ("Sở Tư pháp", "Sở Tư pháp", "STP", AgencyKind.DEPARTMENT),
    ("Sở Xây dựng", "Sở Xây dựng", "SXD", AgencyKind.DEPARTMENT),
    ("Sở Nông nghiệp và Môi trường", "Sở NN&MT", "SNNMT", AgencyKind.DEPARTMENT),
    ("Sở Công Thương", "Sở Công Thương", "SCT", AgencyKind.DEPARTMENT),
    ("Sở Y tế", "Sở Y tế", "SYT", AgencyKind.DEPARTMENT),
    ("Sở Giáo dục và Đào tạo", "Sở GD&ĐT", "SGDĐT", AgencyKind.DEPARTMENT),
    ("Sở Dân tộc và Tôn giáo", "Sở DT&TG", "SDTTG", AgencyKind.DEPARTMENT),
    ("Sở Ngoại vụ", "Sở Ngoại vụ", "SNgV", AgencyKind.DEPARTMENT),
    ("Thanh tra tỉnh", "Thanh tra tỉnh", "TTr", AgencyKind.DEPARTMENT),
    ("Ban Quản lý các khu công nghiệp", "BQL các khu công nghiệp", "BQLKCN", AgencyKind.DEPARTMENT),
    ("Ban Quản lý khu kinh tế", "BQL khu kinh tế", "BQLKKT", AgencyKind.DEPARTMENT),
    ("Trung tâm Phục vụ hành chính công tỉnh", "TT Phục vụ HCC", "TTPVHCC", AgencyKind.PUBLIC_SERVICE_UNIT),
    ("Trung tâm Chuyển đổi số", "TT Chuyển đổi số", "TTCĐS", AgencyKind.PUBLIC_SERVICE_UNIT),
    ("Trung tâm Xúc tiến đầu tư", "TT Xúc tiến đầu tư", "TTXTĐT", AgencyKind.PUBLIC_SERVICE_UNIT),
    ("Chi cục Văn thư, Lưu trữ", "CC Văn thư, Lưu trữ", "CCVTLT", AgencyKind.PUBLIC_SERVICE_UNIT),
)
PRESS = (
    ("Báo và phát thanh, truyền hình {place}", "Báo và PT, TH", "BPTTH", AgencyKind.PRESS),
    ("Tạp chí Văn nghệ {place}", "Tạp chí Văn nghệ", "TCVN", AgencyKind.PRESS),
)
OTHERS = (
    ("Ban Tuyên giáo và Dân vận Tỉnh ủy", "Ban TG&DV Tỉnh ủy", "BTGDVTU", AgencyKind.PARTY_BODY),
    ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh", "Ủy ban MTTQ Việt Nam tỉnh", "MTTQ", AgencyKind.MASS_ORGANISATION),
    ("Tỉnh Đoàn", "Tỉnh Đoàn", "TĐTN", AgencyKind.MASS_ORGANISATION),
    ("Hội Liên hiệp Phụ nữ tỉnh", "Hội LHPN tỉnh", "HLHPN", AgencyKind.MASS_ORGANISATION),
    ("Hội Nông dân tỉnh", "Hội Nông dân tỉnh", "HND", AgencyKind.MASS_ORGANISATION),
    ("Liên đoàn Lao động tỉnh", "LĐLĐ tỉnh", "LĐLĐ", AgencyKind.MASS_ORGANISATION),
    ("Bưu điện tỉnh", "Bưu điện tỉnh", "BĐT", AgencyKind.ENTERPRISE),
)
WARDS, RURAL = 45, 96
UNITS = len(DEPARTMENTS) + len(PRESS) + len(OTHERS) + WARDS + RURAL  # 170


def place_of(seed):
    """The province's name: one of PROVINCES, numbered from the second time round on."""
    turn, index = divmod(seed - 1, len(PROVINCES))
    return PROVINCES[index] + (f" {turn + 1}" if turn else "")


def slug_of(name):
    """An address name: without accents, words joined by hyphens."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in fold(name)).split())


def units_of(seed):
    """The 170 units of the province, as rows of a plan file: {slug, name, short_name, symbol, kind, parent}."""
    place = place_of(seed)
    rows = [
        {
            "slug": slug_of(name.format(place=place)),
            "name": name.format(place=place),
            "short_name": short_name,
            "symbol": symbol,
            "kind": kind.value,
            "parent": "uy-ban-nhan-dan" if kind in UNDER_THE_COMMITTEE else None,
        }
        for name, short_name, symbol, kind in (*DEPARTMENTS, *PRESS, *OTHERS)
    ]
    names = sorted(
        (f"{first} {second}" for first in FIRST for second in SECOND if first != second),
        key=lambda name: chance("commune", seed, name),
    )
    names = list(
        {slug_of(name): name for name in reversed(names)}.values()
    )  # two that differ in accents alone are one address
    rows += [_commune("phường", name) for name in names[:WARDS]]
    return rows + [_commune("xã", name) for name in names[WARDS : WARDS + RURAL]]


UNDER_THE_COMMITTEE = (AgencyKind.PC_OFFICE, AgencyKind.DEPARTMENT, AgencyKind.PUBLIC_SERVICE_UNIT)


def _commune(kind, name):
    return {
        "slug": slug_of(f"{kind} {name}"),
        "name": f"UBND {kind} {name}",
        "short_name": f"{kind.capitalize()} {name}",
        "symbol": "UBND",
        "kind": AgencyKind.COMMUNE_COMMITTEE.value,
        "parent": "uy-ban-nhan-dan",
    }
