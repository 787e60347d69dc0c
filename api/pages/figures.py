"""The month's totals by unit as the first page shows them, computed at most once for a position of the log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from threading import Lock

from api.bootstrap import House
from api.problems import Problem
from api.reading import View, month_period
from api.reports import reconciliation_rows
from domain.access.reach import EVERYTHING
from domain.facts import Membership
from domain.local_time import Month, local_day, month_of
from domain.reconciliation import Level, ReconciliationRow
from projections.fact_reader import FactReader

MONTHS_KEPT = 12
MONTHS_BACK = 24
"""How far back the latest month with performed time is looked for."""
WAIT_MAX_S = 10.0
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UnitTime:
    """A unit by its name ("" where none is known), and its totals under one law."""

    name: str
    row: ReconciliationRow


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """What the page shows of a month. `worker` is somebody to sign in as in the demo."""

    month: Month
    position: int
    units: Sequence[UnitTime]
    worker: Membership | None


class Figures:
    """Computes one month at a time. Who asks meanwhile gets what was computed before, if anything was."""

    def __init__(self, house: House, demo_month: Month | None = None) -> None:
        self._house, self._demo_month = house, demo_month
        self._lock = Lock()
        self._kept: dict[Month | None, MonthFigures] = {}

    def of(self, asked: Month | None) -> MonthFigures:
        """The figures of a month; None: the demo's, else the latest with performed time. Raises 503 `busy`."""
        kept = self._kept.get(asked)
        if kept and kept.position >= self._house.projector.complete_through():
            return kept
        if not self._lock.acquire(timeout=0 if kept else WAIT_MAX_S):
            return kept or self._refuse()
        try:
            return self._newest(asked)
        finally:
            self._lock.release()

    def _newest(self, asked: Month | None) -> MonthFigures:
        """Compute, unless somebody else just did."""
        kept = self._kept.get(asked)
        with newest_view(self._house) as view:
            if kept and kept.position >= view.position:
                return kept
            figures = month_figures(view, asked or self._demo_month or latest_month(view))
        self._kept.pop(asked, None)
        self._kept[asked] = figures
        for oldest in list(islice(self._kept, max(0, len(self._kept) - MONTHS_KEPT))):
            del self._kept[oldest]
        return figures

    @staticmethod
    def _refuse() -> MonthFigures:
        raise Problem("busy", headers={"Retry-After": "5"})


@contextmanager
def newest_view(house: House) -> Iterator[View]:
    """The ledger as the read models hold it now."""
    position = house.projector.complete_through()
    with house.readers.open(EVERYTHING) as db:
        facts = FactReader(db, position)
        yield View(house, db, facts, position, house.recorded_at(position), house.clock(), facts.rulebook(), "")


def month_figures(view: View, month: Month) -> MonthFigures:
    """Add up a month by unit, the units in the order of their names."""
    names = {unit.unit_id: unit.name for unit in view.facts.units()}
    totals = reconciliation_rows(view, month, [Level.UNIT])
    units = [UnitTime(names.get(row.unit_id, "") if row.unit_id else "", row) for row in totals]
    return MonthFigures(month, view.position, sorted(units, key=lambda unit: unit.name), _worker(view))


def latest_month(view: View) -> Month:
    """The latest month in which somebody was at a client's; this month where that is too long ago."""
    month = this_month(view.house)
    for candidate in islice(_back_from(month), MONTHS_BACK):
        if any(visit.attendances for visit in view.facts.visits(month_period(view, candidate))):
            return candidate
    return month


def this_month(house: House) -> Month:
    """The month on the wall."""
    return month_of(local_day(house.clock(), house.rulebook.zone))


def month_before(month: Month) -> Month:
    """The month that ends where this one begins."""
    return month_of(month.first_on - ONE_DAY)


def _back_from(month: Month) -> Iterator[Month]:
    while True:
        yield month
        month = month_before(month)


def _worker(view: View) -> Membership | None:
    """Somebody who belongs to a unit: always the same one of a demo."""
    held = (membership for membership in view.facts.memberships() if membership.kind == "worker_unit")
    return min(held, key=lambda membership: (membership.person_id, membership.from_on), default=None)
