"""How each agency does: three rates, their trend over the periods, its rank within its own group.

`board` counts all agencies of a plan at once, `card` says everything of one of them, `listing` and `workbook` print.
"""

from .board import Card, Group, Score, Scorecards, build_scorecards
from .card import Scorecard, build_scorecard

__all__ = ["Card", "Group", "Score", "Scorecard", "Scorecards", "build_scorecard", "build_scorecards"]
