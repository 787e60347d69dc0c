"""Whose visits a report is asked for: a client's, a worker's, a unit's, or everybody's."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from api.reached import require_reached
from api.reading import View, ViewDep
from domain.facts import VisitFacts
from domain.ids import ClientId, UnitId, WorkerId
from domain.values import Period

Id = Annotated[str | None, Query(pattern="^[0-9a-f-]{36}$")]


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """None: no matter which."""

    client_id: ClientId | None
    worker_id: WorkerId | None
    unit_id: UnitId | None

    @property
    def is_open(self) -> bool:
        """Whether everybody's visits are asked for."""
        return not (self.client_id or self.worker_id or self.unit_id)

    def visits(self, view: View, period: Period) -> list[VisitFacts]:
        """Read the visits of a period, whole, as believed at the view's position."""
        return view.facts.visits(period, client_id=self.client_id, worker_id=self.worker_id, unit_id=self.unit_id)


def visit_filter(client_id: Id = None, worker_id: Id = None, unit_id: Id = None) -> VisitFilter:
    """The filter that a call's parameters make."""
    return VisitFilter(
        ClientId(client_id) if client_id else None,
        WorkerId(worker_id) if worker_id else None,
        UnitId(unit_id) if unit_id else None,
    )


def filter_asked(view: ViewDep, client_id: Id = None, worker_id: Id = None, unit_id: Id = None) -> VisitFilter:
    """The filter of a call, whose caller reaches what it names; a worker's own where they name nothing. Else 404."""
    require_reached(view, client_id=client_id, worker_id=worker_id, unit_id=unit_id)
    return visit_filter(client_id, view.reach.worker_id if view.reach.is_own else worker_id, unit_id)


VisitFilterDep = Annotated[VisitFilter, Depends(filter_asked)]
