from activities.models import Status

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
STAFF = {"the coordinator", "another coordinator", "the leader", "the administrator"}
EVERYBODY = STAFF | {"the agency", "another agency"}

CASES = {
    "reports:dashboard_xlsx": (GET, None),
    "reports:evidence": (GET, None),
    "reports:star": (POST, lambda world: [[world.activity.pk]]),
}
ROLES = {
    "reports:dashboard": STAFF,
    "reports:dashboard_xlsx": STAFF,
    "reports:evidence": STAFF,
    "reports:star": EVERYBODY,
}
PAGES = {
    "dashboard of all plans": ("leader", Status.SUBMITTED, lambda world: "/dashboard/?plan=in-force"),
    "dashboard of an earlier day": ("leader", Status.SUBMITTED, lambda world: "/dashboard/?as_of=2026-06-14"),
    "dashboard as a workbook": ("leader", Status.SUBMITTED, lambda world: "/dashboard/dashboard.xlsx"),
    "reported work and its evidence": ("leader", Status.SUBMITTED, lambda world: "/dashboard/evidence/"),
    "activities as of an earlier day": (
        "leader",
        Status.SUBMITTED,
        lambda world: f"/activities/?plan=in-force&state=on-track&as_of=2026-06-14&of={world.period.pk}",
    ),
    "submissions of all plans": ("coordinator", Status.SUBMITTED, lambda world: "/updates/?plan=in-force&show=sent"),
}
OPEN = set()
