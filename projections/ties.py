"""Who must be computed together: clients of one visit, and clients of one home."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from domain.facts import Membership
from domain.ids import ClientId
from domain.presence import NOBODY
from domain.values import Period
from domain.visit.concerned import ClientVisit
from projections.among import among, named
from projections.asked import AS_OF, Asked
from projections.believed import SPAN, Number, Span, believed, columns, holds_in, span_of
from projections.visit_reader import on_days_of, visits_of

HOUSEHOLD = "household"
Pairs = sa.Select[Any]
"""A query for what is shared, and who shares it."""


def all_ties(db: sa.Connection, as_of: int, period: Period) -> list[tuple[ClientId, ...]]:
    """The clients of each visit that has several, and those of each household."""
    asked = (_sharing_visits(as_of, period), _sharing_homes(as_of, period))
    return [tie for query in asked for tie in _together(db.execute(query))]


def ties_of(
    db: sa.Connection, as_of: int, period: Period, client_ids: Collection[ClientId]
) -> list[tuple[ClientId, ...]]:
    """The same of the visits that concern some clients, and of their homes."""
    span = span_of(period)._asdict()
    visits = _VISITS_OF.rows(db, as_of=as_of, client_ids=[each for each in client_ids if each != NOBODY], **span)
    homes = _HOMES_OF.rows(db, as_of=as_of, client_ids=list(client_ids), **span)
    return [*_together(visits), *_together(homes)]


def _sharing_visits(as_of: Number, period: Period | Span, client_ids: sa.BindParameter[Any] | None = None) -> Pairs:
    c = columns(ClientVisit)
    told = [believed(ClientVisit, as_of), on_days_of(period)]
    if client_ids is not None:
        told.append(c.visit_id.in_(visits_of(as_of, period, client_ids)))
    shared = sa.select(c.visit_id).where(*told).group_by(c.visit_id)
    shared = shared.having(sa.func.min(c.client_id) < sa.func.max(c.client_id))
    return sa.select(c.visit_id, c.client_id).where(believed(ClientVisit, as_of), c.visit_id.in_(shared)).distinct()


def _sharing_homes(as_of: Number, period: Period | Span, client_ids: sa.BindParameter[Any] | None = None) -> Pairs:
    c = columns(Membership)
    held = [believed(Membership, as_of), holds_in(Membership, period), c.kind == HOUSEHOLD]
    if client_ids is not None:
        homes = sa.select(c.group_id).where(*held, among(c.person_id, client_ids))
        held = [*held, c.group_id.in_(homes)]
    return sa.select(c.group_id, c.person_id).where(*held).distinct()


_VISITS_OF = Asked(_sharing_visits(AS_OF, SPAN, named("client_ids")))
_HOMES_OF = Asked(_sharing_homes(AS_OF, SPAN, named("client_ids")))


def _together(pairs: Iterable[Sequence[str]]) -> list[tuple[ClientId, ...]]:
    groups = defaultdict[str, list[ClientId]](list)
    for what, client_id in pairs:
        groups[what].append(ClientId(client_id))
    return [tuple(group) for group in groups.values()]
