"""Cells to values. Each reader raises `BadCellError` with the column and a code."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from api.csv_import.faults import BadCellError
from api.csv_import.mapping import FileMapping
from api.csv_import.table import RawRow
from domain.ids import ClientId, ServiceCode

SEPARATOR = ";"
PARTS_MAX = 20
MINUTES_MAX = 1_440
SERVICE_CODE_MAX = 64
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_MINUTES = re.compile(r"[0-9]{1,4}", re.ASCII)
Word = TypeVar("Word", bound=StrEnum)


class ServiceCell(NamedTuple):
    """One service of a cell. None: no minutes are written; it does not say for which of several clients it is."""

    code: ServiceCode
    minutes: int | None
    client_id: ClientId | None


class Cells:
    """The cells of one row, read by our columns' names, their values put into our words by the mapping."""

    def __init__(self, row: RawRow, mapping: FileMapping) -> None:
        self._cells, self._mapping = row.cells, mapping

    def has(self, column: str) -> bool:
        """Whether the file has the column at all: an empty cell says something, a missing column does not."""
        return column in self._cells

    def text(self, column: str) -> str:
        """The cell; empty where the file has no such column."""
        return self._in_our_words(column, self._cells.get(column, ""))

    def needed(self, column: str) -> str:
        """The cell, which must hold something."""
        if not (text := self.text(column)):
            raise BadCellError(column, "missing_field")
        return text

    def id(self, column: str) -> str:
        """A UUID."""
        return _uuid(column, self.needed(column))

    def optional_id(self, column: str) -> str | None:
        """A UUID, or nothing."""
        return _uuid(column, text) if (text := self.text(column)) else None

    def clients(self) -> tuple[ClientId, ...]:
        """The client, or a household's clients, each once."""
        self.needed("client")
        if not (found := self.ids("client")):  # nothing but separators
            raise BadCellError("client", "missing_field")
        return tuple(map(ClientId, found))

    def ids(self, column: str) -> tuple[str, ...]:
        """UUIDs, each once."""
        return tuple(dict.fromkeys(_uuid(column, self._in_our_words(column, part)) for part in self._parts(column)))

    def word(self, column: str, words: type[Word]) -> Word | None:
        """One of a closed list of words, or nothing."""
        text = self.text(column)
        try:
            return words(text) if text else None
        except ValueError:
            raise BadCellError(column, "unknown_value") from None

    def instant(self, column: str) -> datetime:
        """A moment, in UTC. Without an offset it is by the mapping's zone, unless that clock shows it twice or never."""
        text, form = self.needed(column), self._mapping.time_format
        try:
            at = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007  # zone below
            return (at if at.tzinfo else self._in_zone(column, at)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise BadCellError(column, "bad_time") from None

    def optional_instant(self, column: str) -> datetime | None:
        """A moment, or nothing."""
        return self.instant(column) if self.text(column) else None

    def services(self, clients: Sequence[ClientId]) -> tuple[ServiceCell, ...]:
        """`CODE:minutes;CODE:minutes@CLIENT`, of the row's clients; each code once for each. A lone client goes without
        saying."""
        found = [self._service(part, clients) for part in self._parts("services")]
        if len({(each.code, each.client_id) for each in found}) != len(found):
            raise BadCellError("services", "duplicate_service")
        return tuple(found)

    def _service(self, part: str, clients: Sequence[ClientId]) -> ServiceCell:
        what, at_sign, whose = part.rpartition("@")
        client_id = self._whose(whose.strip(), clients) if at_sign else (clients[0] if len(clients) == 1 else None)
        timed = what if at_sign else part
        name, colon, minutes = timed.rpartition(":")
        code = self._in_our_words("services", (name if colon else timed).strip())
        if not 0 < len(code) <= SERVICE_CODE_MAX:
            raise BadCellError("services", "missing_field" if not code else "too_long")
        return ServiceCell(ServiceCode(code), _minutes("services", minutes.strip()) if colon else None, client_id)

    def _whose(self, text: str, clients: Sequence[ClientId]) -> ClientId:
        client_id = ClientId(_uuid("services", self._in_our_words("client", text)))
        if client_id not in clients:
            raise BadCellError("services", "client_not_in_row")
        return client_id

    def _in_our_words(self, column: str, text: str) -> str:
        return self._mapping.values.get(column, {}).get(text, text)

    def _parts(self, column: str) -> list[str]:
        parts = [part.strip() for part in self.text(column).split(SEPARATOR)]
        if len(parts) > PARTS_MAX:
            raise BadCellError(column, "too_long")
        return [part for part in parts if part]

    def _in_zone(self, column: str, at: datetime) -> datetime:
        if not self._mapping.zone:
            raise BadCellError(column, "offset_missing")
        zone = ZoneInfo(self._mapping.zone)
        first, second = at.replace(tzinfo=zone, fold=0), at.replace(tzinfo=zone, fold=1)
        if first.utcoffset() != second.utcoffset():
            is_twice = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == at
            raise BadCellError(column, "time_twice" if is_twice else "time_never")
        return first


def _uuid(column: str, text: str) -> str:
    if not _UUID.fullmatch(text.lower()):
        raise BadCellError(column, "bad_id")
    return text.lower()


def _minutes(column: str, text: str) -> int:
    if not _MINUTES.fullmatch(text) or int(text) > MINUTES_MAX:
        raise BadCellError(column, "out_of_range")
    return int(text)
