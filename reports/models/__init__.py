"""What leaves: reports from draft to seal, their signatures, the dossier of a year, what the public may read."""

from .dossier import (
    Band,
    CriteriaSet,
    Criterion,
    Dossier,
    DossierState,
    EvidenceTag,
    Formula,
    Measure,
    SelfScore,
)
from .ministry import MinistryColumn
from .public import PublicPage
from .report import (
    Confirmation,
    PartVersion,
    Report,
    ReportEvent,
    ReportKind,
    ReportPart,
    ReportStatus,
)
from .sealing import FileKind, SealedFile, Signature, SigningWay

__all__ = [
    "Band",
    "Confirmation",
    "CriteriaSet",
    "Criterion",
    "Dossier",
    "DossierState",
    "EvidenceTag",
    "FileKind",
    "Formula",
    "Measure",
    "MinistryColumn",
    "PartVersion",
    "PublicPage",
    "Report",
    "ReportEvent",
    "ReportKind",
    "ReportPart",
    "ReportStatus",
    "SealedFile",
    "SelfScore",
    "Signature",
    "SigningWay",
]
