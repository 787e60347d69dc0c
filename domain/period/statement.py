"""A closed month's statement: the basis that was closed, as bytes that never change.

The same position, rulebooks and calculation version make the same bytes: JSON with sorted names, without floats, without
who closed it and when. Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from itertools import chain

import msgspec

from domain.ids import ProviderId, UnitId
from domain.log import NewStatement
from domain.period.adjustment import Adjustment
from domain.period.sections import Line
from domain.period.values import Accountable

FORMAT = "visitledger.statement/1"
_ENCODER = msgspec.json.Encoder(order="sorted")


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose month it is, what it was computed from, its lines by section, and what earlier months are adjusted by in it."""

    format: str = FORMAT
    month: str
    unit_id: UnitId
    provider_id: ProviderId
    ledger_id: str
    epoch: int
    position: int
    """The month holds what the log says at or below it."""
    event_id: str
    rulebook_versions: tuple[str, ...]
    calculation_version: int
    sections: Mapping[str, Sequence[Line]]
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def accountable(self) -> Accountable:
        """Whose month it is."""
        return Accountable(self.unit_id, self.provider_id)


def statement_bytes(statement: Statement) -> bytes:
    """Write the statement in its one form."""
    return _ENCODER.encode(statement)


def read_statement(content: bytes) -> Statement:
    """Read a stored statement."""
    return msgspec.json.decode(content, type=Statement)


def without_clients(content: bytes, hidden: Collection[str]) -> bytes:
    """A statement as it is told to somebody from whom some clients are hidden: without the lines that name them, or a visit of
    theirs. As it was where there is none; else its bytes have another digest than the one that it goes by."""
    statement = read_statement(content)
    lines = [*chain(*statement.sections.values()), *chain(*(each.lines for each in statement.adjustments))]
    theirs = [line for line in lines if line.get("client_id") in hidden]
    if not theirs:
        return content
    visits = {line["visit_id"] for line in theirs if "visit_id" in line}

    def told(lines: Sequence[Line]) -> tuple[Line, ...]:
        return tuple(
            each for each in lines if each.get("client_id") not in hidden and each.get("visit_id") not in visits
        )

    return statement_bytes(
        msgspec.structs.replace(
            statement,
            sections={name: told(lines) for name, lines in statement.sections.items()},
            adjustments=tuple(msgspec.structs.replace(each, lines=told(each.lines)) for each in statement.adjustments),
        )
    )


def digest_of(content: bytes) -> str:
    """Give the SHA-256 of a statement's bytes, in hexadecimal."""
    return sha256(content).hexdigest()


def kept(content: bytes) -> NewStatement:
    """The statement as it is kept beside the log."""
    return NewStatement(digest_of(content), content)
