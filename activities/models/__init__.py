"""What is to be done and what was done, by subject: `activity`, `period`, `update`."""

from .activity import Activity, ActivityGroup, Assignment, AssignmentRole, Indicator, ScheduleKind
from .period import PeriodKind, ReportingPeriod
from .update import (
    ActivityProgress,
    Evidence,
    EvidenceKind,
    OutputCount,
    ProgressState,
    QuarterlyUpdate,
    Status,
    UpdateEvent,
)

__all__ = [
    "Activity",
    "ActivityGroup",
    "ActivityProgress",
    "Assignment",
    "AssignmentRole",
    "Evidence",
    "EvidenceKind",
    "Indicator",
    "OutputCount",
    "PeriodKind",
    "ProgressState",
    "QuarterlyUpdate",
    "ReportingPeriod",
    "ScheduleKind",
    "Status",
    "UpdateEvent",
]
