from activities.models import Status  # noqa: F401

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
CASES = {}
ROLES = {}
PAGES = {}
OPEN = set()
