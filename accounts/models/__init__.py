"""Who logs in, what the portal tells them, and what works for them in the background, by subject."""

from .job import Job, JobState
from .notification import Notification, NotificationKind, NotificationSettings
from .user import Role, SavedView, User, UserAct, UserEvent

__all__ = [
    "Job",
    "JobState",
    "Notification",
    "NotificationKind",
    "NotificationSettings",
    "Role",
    "SavedView",
    "User",
    "UserAct",
    "UserEvent",
]
