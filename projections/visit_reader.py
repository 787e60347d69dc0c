"""Whole visits: which ones a question means, and everything believed of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from domain.facts import (
    ApprovalGiven,
    Attendance,
    ExcessApproved,
    Fact,
    PlannedVisit,
    ServiceRegistered,
    VisitFacts,
    VisitFailed,
)
from domain.ids import ClientId, VisitId
from domain.values import Period
from domain.visit.concerned import ClientVisit
from projections.among import among, named
from projections.asked import AS_OF, Asked
from projections.believed import (
    SPAN,
    Condition,
    Number,
    Span,
    believed,
    columns,
    holds_in,
    read,
    read_among,
    span_of,
)
from projections.holding import DAY

OfVisit = TypeVar("OfVisit", PlannedVisit, Attendance, ServiceRegistered, VisitFailed, ApprovalGiven, ExcessApproved)
VisitIds = sa.Select[str]
"""A query for the ids of visits, to stand inside another one."""
OF_VISITS: Sequence[type[Fact]] = (
    PlannedVisit,
    Attendance,
    ServiceRegistered,
    VisitFailed,
    ApprovalGiven,
    ExcessApproved,
)
"""All that is known of a visit, in the order in which it explains one."""


class FactsOf(Protocol):
    """Gives the facts of one class about the visits that are put together, in any order."""

    def __call__(self, fact_class: type[OfVisit], /) -> list[OfVisit]: ...


PLACING: Sequence[type[Fact]] = (PlannedVisit, Attendance, ServiceRegistered, VisitFailed)
"""The facts that put a visit into a period, and to a client, worker and unit."""


def placed(db: sa.Connection, as_of: int, period: Period | None, about: Mapping[str, str]) -> set[VisitId]:
    """Find the visits that any one fact puts into the period and to every subject named: by `client`, `worker`, `unit`."""
    ids = sa.union(*(_placed_by(fact_class, as_of, period, about) for fact_class in PLACING))
    return {VisitId(visit_id) for visit_id in db.scalars(ids)}


def visits_of(
    as_of: Number, period: Period | Span | None, client_ids: Collection[ClientId] | sa.BindParameter[Any]
) -> VisitIds:
    """Name the visits that concern clients on the days of a period, by the index of clients. Wider than the period by up to
    a day at each end, since days are UTC's."""
    c = columns(ClientVisit)
    conditions = [believed(ClientVisit, as_of), among(c.client_id, client_ids)]
    if period is not None:
        conditions.append(on_days_of(period))
    return sa.select(c.visit_id).where(*conditions).distinct()


def on_days_of(period: Period | Span) -> Condition:
    """Told of on a UTC day that the period touches; a day is short, so an index need not be read from its beginning."""
    starts, ends = span_of(period)
    c = columns(ClientVisit)
    return sa.and_(c.holds_from > starts - DAY, c.holds_from < ends)


_VISITS_OF = Asked(visits_of(AS_OF, SPAN, named("client_ids")))


def find_visits(db: sa.Connection, as_of: int, period: Period, client_ids: Collection[ClientId]) -> list[VisitId]:
    """Find the visits that concern clients on the days of a period."""
    values = {"as_of": as_of, "client_ids": list(client_ids), **span_of(period)._asdict()}
    return [VisitId(visit_id) for (visit_id,) in _VISITS_OF.rows(db, **values)]


def read_visits(db: sa.Connection, as_of: int, visit_ids: Collection[VisitId] | None) -> list[VisitFacts]:
    """Read everything believed of these visits, or of all, in the order of their ids."""

    def facts(fact_class: type[OfVisit]) -> list[OfVisit]:
        if visit_ids is None:
            return read(db, fact_class, believed(fact_class, as_of), in_order=False)
        return read_among(db, fact_class, as_of, {"visit_id": visit_ids}, in_order=False)

    return whole_visits(facts)


def whole_visits(facts: FactsOf) -> list[VisitFacts]:
    """Put visits together from the facts of each class, in the order of their ids."""
    planned = {plan.visit_id: plan for plan in facts(PlannedVisit)}
    attendances = _by_visit(facts(Attendance), "starts_at", "attendance_id")
    services = _by_visit(facts(ServiceRegistered), "at", "fact_id")
    failures = _by_visit(facts(VisitFailed), "at", "fact_id")
    approvals = _by_visit(facts(ApprovalGiven), "role")
    excess = _by_visit(facts(ExcessApproved), "client_id", "is_extra")
    ids = sorted({*planned, *attendances, *services, *failures, *approvals, *excess})
    of_each = (map(found.get, ids, repeat(())) for found in (attendances, services, failures, approvals, excess))
    return list(map(VisitFacts, ids, map(planned.get, ids), *of_each))


def _placed_by(fact_class: type[Fact], as_of: int, period: Period | None, about: Mapping[str, str]) -> VisitIds:
    conditions = [believed(fact_class, as_of), *(_speaks_of(fact_class, *subject) for subject in about.items())]
    if period is not None:
        conditions.append(holds_in(fact_class, period))
    if "client" in about:
        conditions.append(columns(fact_class).visit_id.in_(visits_of(as_of, None, [ClientId(about["client"])])))
    return sa.select(columns(fact_class).visit_id).where(*conditions)


def _speaks_of(fact_class: type[Fact], kind: str, subject_id: str) -> Condition:
    """Whether a fact names the subject: in a column of its own, in a list of ids (JSON), or not at all."""
    c = columns(fact_class)
    if f"{kind}_id" in c:
        return c[f"{kind}_id"] == subject_id
    if f"{kind}_ids" in c:
        return c[f"{kind}_ids"].contains(f'"{subject_id}"', autoescape=True)
    return sa.false()


def _by_visit(facts: Iterable[OfVisit], *order: str) -> dict[VisitId, tuple[OfVisit, ...]]:
    """Put each visit's facts together, in the order of some fields: most visits have one, which needs no sorting."""
    groups: defaultdict[VisitId, list[OfVisit]] = defaultdict(list)
    for fact in facts:
        groups[fact.visit_id].append(fact)
    in_order = attrgetter(*order)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=in_order)
    return dict(zip(groups, map(tuple, groups.values()), strict=True))
