"""Figures kept: a client's month as it was last computed, so that a report need not compute a whole month anew.

Kept figures are never the truth. What a batch of events touches is marked as due in the batch's own transaction; a reader
computes what is due himself, or everything where too much is. Lost or dropped, they are computed again from the facts.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from domain.ids import ClientId
from domain.local_time import Month
from projections import bulk
from projections.projection import METADATA, Projection, hold, text

MONTH_KEPT = sa.Table(
    "month_kept",
    METADATA,
    sa.Column("month", text(), primary_key=True),
    sa.Column("rules", text(), nullable=False, comment="by which its figures are served; empty before all are there"),
)
CLIENT_MONTH = sa.Table(
    "client_month",
    METADATA,
    sa.Column("month", text(), primary_key=True),
    sa.Column("rules", text(), primary_key=True, comment="digest of the rulebook"),
    sa.Column("client_id", text(), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False, comment="the facts were read as of it"),
    sa.Column("performed", sa.LargeBinary, nullable=False, comment="MessagePack"),
)
CLIENT_MONTH_DUE = sa.Table(
    "client_month_due",
    METADATA,
    sa.Column("month", text(), primary_key=True),
    sa.Column("client_id", text(), primary_key=True),
    sa.Column("since", sa.BigInteger, nullable=False, comment="the first event that touched it since it was computed"),
    sa.Column("until", sa.BigInteger, nullable=False, comment="the last one"),
)
KEPT_TABLES: Sequence[sa.Table] = (MONTH_KEPT, CLIENT_MONTH, CLIENT_MONTH_DUE)
_KEPT, _FIGURES, _DUE = MONTH_KEPT.c, CLIENT_MONTH.c, CLIENT_MONTH_DUE.c
CLIENTS_PER_QUERY_MAX = 500
EVERYONE = ClientId("*")
"""Stands in what is due for all clients: the catalogue of services changed, a unit has another provider."""
Client = tuple[str, ClientId]
"""A month and a client."""
Span = tuple[int, int]
"""The first and the last position."""


def kept_months(db: sa.Connection) -> dict[str, str]:
    """The months whose figures are kept, with the rules that they are served by (empty: not all are there yet)."""
    return dict(db.execute(sa.select(_KEPT.month, _KEPT.rules)).all())


def keep(db: sa.Connection, facts: Projection, month: Month) -> None:
    """Keep a month's figures from now on. Whatever is folded later marks what it touches; a fold that is under way is waited
    for, since it may have looked before."""
    hold(db, facts)
    if str(month) not in kept_months(db):
        db.execute(MONTH_KEPT.insert().values(month=str(month), rules=""))


def due_clients(db: sa.Connection, month: Month, position: int, client_id: ClientId | None = None) -> list[ClientId]:
    """The clients whose kept figures are not those of the position: touched since, or computed of later facts. Of all, or
    only whether this one is among them."""
    marked = (_DUE.month == str(month), _DUE.since <= position)
    touched = sa.select(_DUE.client_id).where(*marked, _DUE.client_id != EVERYONE)
    renewed_at = sa.select(_DUE.until).where(*marked, _DUE.client_id == EVERYONE).scalar_subquery()
    other = sa.or_(_FIGURES.position > position, _FIGURES.position < renewed_at)
    outdated = sa.select(_FIGURES.client_id).where(_FIGURES.month == str(month), other)
    if client_id is not None:
        touched, outdated = touched.where(_DUE.client_id == client_id), outdated.where(_FIGURES.client_id == client_id)
    return [ClientId(each) for each in db.scalars(sa.union(touched, outdated).order_by("client_id"))]


def clients_due(db: sa.Connection) -> int:
    """How many clients' months are marked as due, of all months that are kept; all clients of a month count as one."""
    return db.scalar(sa.select(sa.func.count()).select_from(CLIENT_MONTH_DUE)) or 0


def mark_due(db: sa.Connection, touched: Mapping[Client, Span]) -> None:
    """Say which events touched which clients' months, first and last; what is due already stays due since it was."""
    names = list(touched)
    since = dict[Client, int]()
    for start in range(0, len(names), CLIENTS_PER_QUERY_MAX):
        some = {client_id for _, client_id in names[start : start + CLIENTS_PER_QUERY_MAX]}
        for month, client_id, first in db.execute(
            sa.select(_DUE.month, _DUE.client_id, _DUE.since).where(_DUE.client_id.in_(some))
        ):
            since[month, client_id] = first
    rows = [(*name, since.get(name, first), last) for name, (first, last) in sorted(touched.items())]
    bulk.upsert(db, CLIENT_MONTH_DUE, rows)


def renew_all(db: sa.Connection, since: int, until: int) -> None:
    """Make all kept figures due that hold an event of these positions or later: events were folded late, whose facts none of
    them was computed from. Whoever computes figures at this moment waits, and then finds that they are none to keep."""
    db.execute(MONTH_KEPT.update().values(rules=_KEPT.rules))
    db.execute(CLIENT_MONTH.update().where(_FIGURES.position >= since).values(position=since - 1))
    stands = {
        month: (first, last)
        for month, first, last in db.execute(
            sa.select(_DUE.month, _DUE.since, _DUE.until).where(_DUE.client_id == EVERYONE)
        )
    }
    for month in kept_months(db):
        first, last = stands.get(month, (since, until))
        bulk.upsert(db, CLIENT_MONTH_DUE, [(month, EVERYONE, min(first, since), max(last, until))])
