"""The reject file: every row that was not stored, as it stood, with the reason. Mended, it is imported like any other."""

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

from api.csv_import.mapping import FileMapping
from api.csv_import.report import RowResult
from api.csv_import.table import REJECT_COLUMNS, Table
from api.rendering import cell

OWNER_ONLY = 0o600
"""Rows may hold personal data."""


def reject_path(path: Path) -> Path:
    """Where the rejected rows of a file go: beside it."""
    return path.with_name(f"{path.stem}.rejected.csv")


def write_rejects(path: Path, table: Table, results: Sequence[RowResult], mapping: FileMapping) -> int:
    """Write the rejected rows in the file's own form, and give how many. With none, no file is written."""
    rejected = {result.line: result for result in results if result.status == "rejected"}
    if not rejected:
        return 0
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mapping.delimiter, lineterminator="\r\n")
    kept = [at for at, name in enumerate(table.header) if name not in REJECT_COLUMNS]
    writer.writerow([*REJECT_COLUMNS, *(table.header[at] for at in kept)])
    for row in table.rows:
        if row.line in rejected:
            why = rejected[row.line]
            fields = row.fields if len(row.fields) != len(table.header) else [row.fields[at] for at in kept]
            writer.writerow([row.line, why.column, why.code, *(cell(field) for field in fields)])
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with open(descriptor, "wb") as file:
        file.write(out.getvalue().encode(mapping.encoding))
    return len(rejected)
