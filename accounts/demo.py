"""Accounts to try the portal with: one for each role of a locality and one for each agency, all with one password."""

from functools import cache

from django.contrib.auth.hashers import make_password
from django.db import transaction

from .models import Role, User

PASSWORD = "reformcomms-demo"
FICTIONAL = "minh-hoa"
PEOPLES_COMMITTEE = "uy-ban-nhan-dan"

# The real localities' accounts are named for their post: nobody is invented there.
POSTS = {Role.COORDINATOR: "Cán bộ tổng hợp", Role.LEADER: "Lãnh đạo", Role.ADMINISTRATOR: "Quản trị"}

# The fictional province has people.
PEOPLE = {
    "coordinator": "Nguyễn Thị Hạnh",
    "leader": "Đặng Văn Sơn",
    "admin": "Vũ Đức Thắng",
    "so-tai-chinh": "Lê Minh Tuấn",
    "so-van-hoa-the-thao-va-du-lich": "Trần Quốc Bảo",
}
FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ"]
WOMEN = ["Lan", "Hương", "Thu", "Mai", "Hằng", "Yến", "Nga", "Phượng", "Thảo", "Liên", "Nhung", "Vân", "Trang"]
MEN = ["Hùng", "Cường", "Dũng", "Nam", "Long", "Thành", "Hải", "Quang", "Khánh", "Toàn", "Phúc", "Lâm", "Tiến"]


@transaction.atomic
def create_demo_accounts(locality, coordinating_agency):
    """Give `locality` its demo accounts; those it has, by username, stay as people made them.

    Returns:
        How many were created: `<locality>.coordinator`, `.leader`, `.admin` and `<locality>.<agency>`.
    """
    wanted = _accounts(locality, coordinating_agency)
    known = set(User.objects.filter(username__in=wanted).values_list("username", flat=True))
    missing = [user for username, user in wanted.items() if username not in known]
    for user in missing:
        user.password = _password()
    User.objects.bulk_create(missing)
    return len(missing)


def _accounts(locality, coordinating_agency):
    """Every demo account of the locality, unsaved: {username: User}."""
    agencies = {agency.slug: agency for agency in locality.agencies.order_by("pk")}
    posts = [
        ("coordinator", coordinating_agency, Role.COORDINATOR),
        ("leader", agencies[PEOPLES_COMMITTEE], Role.LEADER),
        ("admin", coordinating_agency, Role.ADMINISTRATOR),
        *((slug, agency, Role.FOCAL_POINT) for slug, agency in agencies.items() if _reports(agency)),
    ]
    names = _people([name for name, *_ in posts]) if locality.slug == FICTIONAL else {}
    return {
        f"{locality.slug}.{name}": User(
            username=f"{locality.slug}.{name}",
            full_name=names.get(name) or POSTS.get(role) or f"Đầu mối {agency.name}"[:150],
            email=f"{name}@{locality.slug}.example",
            agency=agency,
            role=role,
        )
        for name, agency, role in posts
    }


def _reports(agency):
    """Every agency has a focal point but the People's Committee, unless a plan has it lead an activity."""
    return agency.slug != PEOPLES_COMMITTEE or agency.assignments.filter(role="lead").exists()


def _people(names):
    """A person for each account of the fictional province, always the same: {name: full name}."""
    people = {}
    for place, name in enumerate(names):
        family = FAMILIES[place % len(FAMILIES)]
        given = (WOMEN, MEN)[place % 2][place // 2 % 13]
        people[name] = PEOPLE.get(name) or f"{family} {('Thị', 'Văn')[place % 2]} {given}"
    return people


@cache
def _password():
    """The password, hashed once: hashing is slow on purpose."""
    return make_password(PASSWORD)
