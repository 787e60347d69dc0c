"""A statement as rows of one table, for spreadsheets: every line, then those that settle earlier months."""

from collections.abc import Iterator

from api.rendering import Row
from domain.period.statement import Statement

TREATMENT = "closed"
"""Of the month's own lines, beside `adjustment` and `late`."""


def statement_rows(statement: Statement) -> list[Row]:
    """Each line with its month and section; every row has the same columns."""
    rows = list(_rows(statement))
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name) for name in names} for row in rows]


def _rows(statement: Statement) -> Iterator[Row]:
    for section, lines in sorted(statement.sections.items()):
        for line in lines:
            yield {"month": statement.month, "section": section, "treatment": TREATMENT, **line}
    for adjustment in statement.adjustments:
        for line in adjustment.lines:
            yield {"month": adjustment.month, **line}
