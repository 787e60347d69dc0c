"""What an import answers: one result for each row, and for a complete file the visits that it does not hold."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

from domain.access.whose import Mention, named_in
from domain.import_plan import Change

Status = Literal["accepted", "known", "rejected"]
Fate = Literal["to_cancel", "cancelled", "kept"]


class RowResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of the row that begins on `line`. `known`: the ledger holds it already. `rejected`: nothing of it is
    stored, `column` (one of ours) and `code` say why. `match` is why a registration was taken for that visit, or none."""

    line: int
    status: Status
    column: str = ""
    code: str = ""
    visit_id: str = ""
    changes: tuple[str, ...] = ()
    match: str = ""
    minutes_apart: int | None = None
    position: int | None = None


class MissingVisit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A visit of the unit and period that a complete file does not hold."""

    visit_id: str
    client_id: str
    starts_at: datetime
    status: Fate
    code: str = ""
    position: int | None = None


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer. `stored` False: a rehearsal, nothing was stored. `position` is the last of what is; 0 for nothing."""

    digest: str
    """SHA-256 of the file, the first 16 hexadecimal digits: as plans name their file."""
    stored: bool
    position: int
    accepted: int
    known: int
    rejected: int
    results: tuple[RowResult, ...]
    missing: tuple[MissingVisit, ...] = ()


def told_of(report: ImportReport) -> set[Mention]:
    """The visits that an answer tells of without their being new: matched, changed, known already, or not in the file."""
    told = (row.visit_id for row in report.results if row.match or row.status == "known" or _is_changed(row))
    return {("visit", visit_id) for visit_id in told} | named_in(report.missing)


def _is_changed(row: RowResult) -> bool:
    return bool(row.changes) and Change.PLANNED not in row.changes


def report(
    digest: str, results: Iterable[RowResult], missing: Iterable[MissingVisit] = (), *, stored: bool
) -> ImportReport:
    """Add it up, in the order of the file. A rehearsal's positions were never given out, and are left out."""
    rows = sorted(results, key=lambda result: result.line)
    visits = tuple(missing)
    if not stored:
        rows = [msgspec.structs.replace(row, position=None) for row in rows]
    times = Counter(row.status for row in rows)
    return ImportReport(
        digest=digest,
        stored=stored,
        position=max([0, *(each.position or 0 for each in rows), *(each.position or 0 for each in visits)]),
        accepted=times["accepted"],
        known=times["known"],
        rejected=times["rejected"],
        results=tuple(rows),
        missing=visits,
    )
