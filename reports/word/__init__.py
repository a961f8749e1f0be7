"""Paper to go on writing on: documents as Word files, set out as their PDF is."""

from .documents import plan_docx, report_docx
from .elements import FONT, LOOKS
from .letters import chasing_docx, explanation_docx

__all__ = ["FONT", "LOOKS", "chasing_docx", "explanation_docx", "plan_docx", "report_docx"]
