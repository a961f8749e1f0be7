"""Excel workbooks: the one door of openpyxl. Lists go out, filled-in tables come in, faults go back marked.

`write_table` and `write_workbook` make a workbook of plain rows; `read_table` reads what a person uploads, by the words
of its headings; `mark` gives them their own workbook back with the faulty cells marked. A column is described once
(`Column`) and serves both ways, so what was exported can be uploaded again. `write_form` makes a protected workbook to
fill in, `read_form` reads it.
"""

from .columns import Column, Kind
from .form import FormRow, Input, Rule, read_form, write_form
from .mark import mark
from .notes import given_out
from .read import Row, Table, read_table
from .write import Sheet, write_table, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

__all__ = [
    "XLSX",
    "Column",
    "FormRow",
    "Input",
    "Kind",
    "Row",
    "Rule",
    "Sheet",
    "Table",
    "given_out",
    "mark",
    "read_form",
    "read_table",
    "write_form",
    "write_table",
    "write_workbook",
]
