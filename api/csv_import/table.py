"""Bytes to rows. What is wrong with the file as a whole refuses all of it; what is wrong with a row rejects that row."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.csv_import.faults import BadCellError, UnusableFileError
from api.csv_import.mapping import Columns, FileMapping
from api.rendering import TRIGGERS

FILE_BYTES_MAX = 10 * 1024 * 1024
ROWS_MAX = 100_000
COLUMNS_MAX = 64
CELL_CODE_POINTS_MAX = 2_000
KEY_CODE_POINTS_MAX = 128
REJECT_COLUMNS = ("rejected_line", "rejected_column", "rejected_code")
"""Columns of a reject file, passed over when it is mended and imported."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAK = re.compile("[\t\n\r]")


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file: the line it begins on, its fields, and the cells by our columns' names."""

    line: int
    fields: Sequence[str]
    cells: Mapping[str, str]
    fault: BadCellError | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file that could be read."""

    header: Sequence[str]
    rows: Sequence[RawRow]


def read_table(content: bytes, mapping: FileMapping, columns: Columns) -> Table:
    """Read a whole file before anything of it is stored. Raises `UnusableFileError`."""
    if len(content) > FILE_BYTES_MAX:
        raise UnusableFileError("too_large", "")
    records = list(_records(_decoded(content, mapping.encoding), mapping.delimiter))
    if len(records) < 2:  # noqa: PLR2004  # a header and one row
        raise UnusableFileError("empty_file", "")
    if len(records) > ROWS_MAX:
        raise UnusableFileError("too_large", "")
    header = [name.strip() for name in records[0][1]]
    names = _names(header, mapping, columns)
    return Table(header, _rows(records[1:], names))


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise UnusableFileError("bad_encoding", "") from None
    if "\0" in text:
        raise UnusableFileError("not_text", "")
    if text.startswith("\ufeff"):
        raise UnusableFileError("bad_encoding", "/mapping/encoding")
    return text


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on. Blank lines are none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error:
        raise UnusableFileError("bad_csv", f"/line/{line}") from None


def _names(header: Sequence[str], mapping: FileMapping, columns: Columns) -> list[str]:
    """Our name for each column of the file; empty for one that is passed over."""
    if len(header) > COLUMNS_MAX:
        raise UnusableFileError("too_many_columns", "/line/1")
    ours = {mapping.theirs(name): name for name in columns.names}
    for at, name in enumerate(header, start=1):
        if Counter(header)[name] > 1:
            raise UnusableFileError("column_twice", f"/line/1/field/{at}")
        if name not in ours and name not in REJECT_COLUMNS and mapping.other_columns == "refuse":
            raise UnusableFileError("column_unknown", f"/line/1/field/{at}")
    for name in columns.required:
        if mapping.theirs(name) not in header:
            raise UnusableFileError("column_missing", f"/column/{name}")
    return [ours.get(name, "") for name in header]


def _rows(records: Sequence[tuple[int, list[str]]], names: Sequence[str]) -> list[RawRow]:
    rows, keys = [], set[str]()
    for line, fields in records:
        row = _row(line, fields, names)
        key = row.cells.get("key", "")
        if row.fault is None and key in keys:
            row = RawRow(line, fields, row.cells, BadCellError("key", "duplicate_key"))
        keys.add(key)
        rows.append(row)
    return rows


def _row(line: int, fields: Sequence[str], names: Sequence[str]) -> RawRow:
    if len(fields) != len(names):
        return RawRow(line, fields, {}, BadCellError("", "field_count"))
    cells = {name: _unguarded(field.strip()) for name, field in zip(names, fields, strict=True) if name}
    for name, cell in cells.items():
        if code := _fault_of(name, cell):
            return RawRow(line, fields, cells, BadCellError(name, code))
    return RawRow(line, fields, cells)


def _fault_of(name: str, cell: str) -> str:
    """The code of what is wrong with a cell whatever it means; empty for nothing. Only a reason may have line breaks."""
    if _CONTROL.search(cell) or (name != "reason" and _BREAK.search(cell)):
        return "bad_text"
    if len(cell) > (KEY_CODE_POINTS_MAX if name in ("key", "visit_key") else CELL_CODE_POINTS_MAX):
        return "too_long"
    return "missing_field" if name == "key" and not cell else ""


def _unguarded(cell: str) -> str:
    """A text as it was before somebody put an apostrophe before it, lest a spreadsheet run it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(TRIGGERS) else cell
