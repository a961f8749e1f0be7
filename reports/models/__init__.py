"""What leaves: reports from draft to seal, their signatures, the dossier of a year, what the public may read."""

from .dossier import (
    Band,
    CriteriaSet,
    Criterion,
    Dossier,
    DossierDocument,
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
from .sealing import CONFIRMED, UNCONFIRMED, FileKind, SealedFile, Signature, SignerCheck, SigningWay
from .watching import Comparison, Damage, DamageKind

__all__ = [
    "CONFIRMED",
    "UNCONFIRMED",
    "Band",
    "Comparison",
    "Confirmation",
    "CriteriaSet",
    "Criterion",
    "Damage",
    "DamageKind",
    "Dossier",
    "DossierDocument",
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
    "SignerCheck",
    "SigningWay",
]
