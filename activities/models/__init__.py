"""What is to be done and what was done, by subject."""

from .activity import Activity, ActivityGroup, Assignment, AssignmentRole, Indicator, ScheduleKind
from .attachment import Attachment, EvidenceKind, ScanState
from .contribution import Contribution, ContributionEvidence
from .explanation import Explanation, ExplanationEvidence, ExplanationMessage, ExplanationStatus, MessageKind
from .guard import PeriodLocked, lock_lifted, writing_at
from .period import (
    BASE_KINDS,
    CONSOLIDATED_KINDS,
    ConsolidatedPeriod,
    Extension,
    PeriodAct,
    PeriodEvent,
    PeriodKind,
    ReportingPeriod,
    ReportingRules,
)
from .reminder import Digest, LetterState, Reminder
from .review import ReviewComment
from .star import Star
from .update import (
    ActivityProgress,
    Evidence,
    OutputCount,
    ProgressState,
    QuarterlyUpdate,
    Status,
    UpdateEvent,
)

__all__ = [
    "BASE_KINDS",
    "CONSOLIDATED_KINDS",
    "Activity",
    "ActivityGroup",
    "ActivityProgress",
    "Assignment",
    "AssignmentRole",
    "Attachment",
    "ConsolidatedPeriod",
    "Contribution",
    "ContributionEvidence",
    "Digest",
    "Evidence",
    "EvidenceKind",
    "Explanation",
    "ExplanationEvidence",
    "ExplanationMessage",
    "ExplanationStatus",
    "Extension",
    "Indicator",
    "LetterState",
    "MessageKind",
    "OutputCount",
    "PeriodAct",
    "PeriodEvent",
    "PeriodKind",
    "PeriodLocked",
    "ProgressState",
    "QuarterlyUpdate",
    "Reminder",
    "ReportingPeriod",
    "ReportingRules",
    "ReviewComment",
    "ScanState",
    "ScheduleKind",
    "Star",
    "Status",
    "UpdateEvent",
    "lock_lifted",
    "writing_at",
]
