"""The same rows as JSON or CSV. A spreadsheet must show what a cell says, never run it."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from fastapi import Query, Response
from fastapi.responses import FileResponse

from domain.access.entry import Doing
from domain.access.whose import Whose

Format = Annotated[Literal["json", "csv"], Query(description="JSON with what the answer says of itself, or CSV rows.")]

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a text for a formula, in narrow and full width (OWASP ASVS 5.0, 1.2.10)."""

MEDIA_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
Row = Mapping[str, Any]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Told(Response):
    """An answer that says whose data is in it: it leaves once that is entered in the access log (see `api.entering`)."""

    def __init__(
        self,
        content: str | bytes,
        *,
        whose: Whose,
        doing: Doing = Doing.READ,
        form: str = "json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(content, headers=dict(headers or {}), media_type=MEDIA_TYPES[form])
        self.whose, self.form = whose, form
        self.doing = Doing.EXPORT if form == "csv" else doing


class ToldFile(FileResponse):
    """Likewise a file."""

    def __init__(self, path: Path, *, whose: Whose, form: str, media_type: str, filename: str) -> None:
        super().__init__(path, media_type=media_type, filename=filename)
        self.whose, self.form, self.doing = whose, form, Doing.EXPORT


def answer(
    about: Mapping[str, object], rows: Sequence[Row], form: str, *, whose: Whose, next_cursor: str | None = None
) -> Told:
    """Answer with rows, and with whose they are. CSV says in headers what JSON says beside the rows."""
    if form == "csv":
        headers = {
            "X-Complete-Through": str(about["complete_through"]),
            "Content-Disposition": 'attachment; filename="visitledger.csv"',
        }
        if about.get("parked_streams"):
            headers["X-Parked-Streams"] = str(about["parked_streams"])
        if about.get("recomputing"):
            headers["X-Recomputing"] = "true"
        if next_cursor:
            headers["X-Next-Cursor"] = next_cursor
        return Told(to_csv(rows), whose=whose, form=form, headers=headers)
    body = {**about, "rows": rows} | ({"next_cursor": next_cursor} if next_cursor else {})
    return Told(_ENCODER.encode(body), whose=whose, doing=Doing.LIST)


def to_csv(rows: Iterable[Row]) -> str:
    """Write rows as RFC 4180, the first row's names as header. An empty list is an empty text."""
    out = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, fieldnames=list(row), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow({name: cell(value) for name, value in row.items()})
    return out.getvalue()


def cell(value: object) -> str:
    """One cell: numbers bare, lists joined by spaces, a text that would run as a formula behind an apostrophe."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case list() | tuple() | frozenset() | set():
            return cell(" ".join(str(part) for part in value))
        case _:
            text = str(value)
            return f"'{text}" if text.startswith(TRIGGERS) else text
