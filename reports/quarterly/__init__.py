"""The quarterly progress report: its object, its words, and how it is built."""

from .building import build_quarterly_report
from .heading import COMMITTEES, kind_word, period_words, plan_words, reporting_agency, signing_of
from .report import (
    PUNCTUALITY_WORDS,
    STATE_WORDS,
    ActivityLine,
    EvidenceLine,
    Heading,
    Paragraph,
    QuarterlyReport,
    Run,
    Section,
    SubmissionLine,
)

__all__ = [
    "COMMITTEES",
    "PUNCTUALITY_WORDS",
    "STATE_WORDS",
    "ActivityLine",
    "EvidenceLine",
    "Heading",
    "Paragraph",
    "QuarterlyReport",
    "Run",
    "Section",
    "SubmissionLine",
    "build_quarterly_report",
    "kind_word",
    "period_words",
    "plan_words",
    "reporting_agency",
    "signing_of",
]
