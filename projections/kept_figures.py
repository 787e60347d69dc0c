"""The figures that are kept of a month: written by whoever computes them, read by the reports."""

from collections.abc import Collection, Iterable, Sequence

import msgspec
import sqlalchemy as sa

from domain.household_month import HouseholdMonth
from domain.ids import ClientId
from domain.local_time import Month
from domain.performed_time import PerformedMinutes
from projections import bulk
from projections.bulk import Row
from projections.kept_months import CLIENT_MONTH, CLIENT_MONTH_DUE, CLIENTS_PER_QUERY_MAX, MONTH_KEPT

_KEPT, _FIGURES, _DUE = MONTH_KEPT.c, CLIENT_MONTH.c, CLIENT_MONTH_DUE.c
_CLIENT = 2
"""Where the client stands in a row."""


class KeptMinutes(PerformedMinutes, frozen=True, kw_only=True, array_like=True):
    """A row of performed time as it is stored: without the names of its fields."""


_encode = msgspec.msgpack.Encoder().encode
_performed_from = msgspec.msgpack.Decoder(list[KeptMinutes]).decode


class MonthFigures(msgspec.Struct, kw_only=True):
    """Figures of some clients' month. `done` of `clients` are computed by the rules in force: as long as not all are, the
    others are shown by those that were in force before."""

    performed: list[PerformedMinutes] = msgspec.field(default_factory=list)
    done: int = 0
    clients: int = 0


def read_figures(
    db: sa.Connection,
    month: Month,
    position: int,
    rules: Sequence[str],
    *,
    client_id: ClientId | None,
    without: Collection[ClientId],
) -> MonthFigures | None:
    """Read the kept figures of a month, of all clients or one, but for some: by the first of the rules that each client has
    any by. None where somebody has put figures of a later position there meanwhile."""
    wanted = sa.select(CLIENT_MONTH).where(_FIGURES.month == str(month), _FIGURES.rules.in_(rules))
    if client_id is not None:
        wanted = wanted.where(_FIGURES.client_id == client_id)
    rows = [row for row in db.execute(wanted) if row.client_id not in without]
    if any(row.position > position for row in rows):
        return None
    found = MonthFigures()
    for row in {row.client_id: row for row in sorted(rows, key=lambda row: -rules.index(row.rules))}.values():
        found.performed += _performed_from(row.performed)
    if len(rules) > 1:
        found.done, found.clients = progress(db, month, rules[-1])
    return found


def progress(db: sa.Connection, month: Month, rules: str) -> tuple[int, int]:
    """How many clients' figures are computed by the rules, and of how many."""
    done = sa.func.count(_FIGURES.client_id.distinct()).filter(_FIGURES.rules == rules)
    counted = sa.select(done, sa.func.count(_FIGURES.client_id.distinct())).where(_FIGURES.month == str(month))
    computed, clients = db.execute(counted).one()
    return computed, clients


def without_figures(db: sa.Connection, month: Month, rules: str, client_ids: Iterable[ClientId]) -> list[ClientId]:
    """Those of the clients of whom nothing is kept by the rules."""
    kept = sa.select(_FIGURES.client_id).where(_FIGURES.month == str(month), _FIGURES.rules == rules)
    known = set(db.scalars(kept))
    return [client_id for client_id in client_ids if client_id not in known]


def hold_month(db: sa.Connection, month: Month) -> bool:
    """Be the one who writes figures of a month, until the transaction ends; says whether the month is kept."""
    held = db.execute(MONTH_KEPT.update().where(_KEPT.month == str(month)).values(rules=_KEPT.rules))
    return held.rowcount > 0


def write_figures(db: sa.Connection, month: Month, rows: Sequence[Row], position: int, *, anew: bool) -> None:
    """Keep figures that were computed as of a position, in the transaction of `hold_month`. `anew`: because they were due, so
    that those by other rules are out of date too. What was touched after the position stays due."""
    for start in range(0, len(rows), CLIENTS_PER_QUERY_MAX):
        by_client = {ClientId(str(row[_CLIENT])): row for row in rows[start : start + CLIENTS_PER_QUERY_MAX]}
        theirs = sa.and_(_FIGURES.month == str(month), _FIGURES.client_id.in_(by_client))
        for newer in db.scalars(sa.select(_FIGURES.client_id).distinct().where(theirs, _FIGURES.position > position)):
            del by_client[ClientId(newer)]
        bulk.upsert(db, CLIENT_MONTH, list(by_client.values()))
        if anew:
            db.execute(CLIENT_MONTH.delete().where(theirs, _FIGURES.position < position))
            due = sa.and_(_DUE.month == str(month), _DUE.client_id.in_(by_client))
            db.execute(CLIENT_MONTH_DUE.delete().where(due, _DUE.until <= position))
            db.execute(CLIENT_MONTH_DUE.update().where(due, _DUE.since <= position).values(since=position + 1))


def serve_by(db: sa.Connection, month: Month, rules: str) -> None:
    """Serve a month by these rules, now that every client's figures are there, and drop those by others."""
    db.execute(MONTH_KEPT.update().where(_KEPT.month == str(month)).values(rules=rules))
    db.execute(CLIENT_MONTH.delete().where(_FIGURES.month == str(month), _FIGURES.rules != rules))


def figure_rows(figures: HouseholdMonth, rules: str, position: int) -> list[Row]:
    """Lay figures out, a row for each client, also for one who has none."""
    performed: dict[ClientId, list[KeptMinutes]] = {client_id: [] for client_id in figures.client_ids}
    for row in figures.performed:
        performed[row.client_id].append(KeptMinutes(**msgspec.structs.asdict(row)))
    month = str(figures.month)
    return [(month, rules, each, position, _encode(performed[each])) for each in sorted(figures.client_ids)]
