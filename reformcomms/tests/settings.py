"""Settings of the tests: the portal's own, deaf to the .env and the environment of the machine they run on."""

import os

os.environ.update(
    DEBUG="off",
    SECRET_KEY="tests-only-not-a-secret",
    SECURE="off",
    STATIC_MANIFEST="off",
    TODAY="",
    LANGUAGE_CODE="vi",
    TIME_ZONE="Asia/Ho_Chi_Minh",
    UPLOAD_MAX_MB="20",
    REPORT_FONT_DIR="",
    ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
    CSRF_TRUSTED_ORIGINS="",
    EMAIL_URL="consolemail://",
    EMAIL_FROM="portal@localhost",
    QUEUE_URL="",
    PORTAL_URL="https://portal.example",
    WEBHOOK_URL="",
    WEBHOOK_SECRET="",
)

from reformcomms.settings import *  # noqa: E402, F403
from reformcomms.settings import DATABASES, MIDDLEWARE  # noqa: E402

# Queries are counted to the last one: the day's own is asked for where it is tested.
MIDDLEWARE.remove("activities.middleware.NewDayMiddleware")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # The server may have been made with another encoding; the portal's database never is.
    DATABASES["default"]["TEST"] = {"CHARSET": "UTF8", "TEMPLATE": "template0"}
