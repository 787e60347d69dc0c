"""A client's deviations: minutes held against each other over the stretches that the rulebook says, each split by cause.

What evens out is told by how firmly the order binds (rules.md 3.2): under `strict` each service for itself, under
`flexible` and `time_frame` all of a client's together. Over which stretch is the rulebook's `cap_period` (rules.md 2.2);
an order says days, not visits, so that `visit` is a service's day [A], and a week ends with the month [A].
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import msgspec

from domain.deviation.cause import BEYOND, LACKING, Cause, explain
from domain.deviation.slots import Days, Minutes, Slots
from domain.facts import VisitFacts
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId, VisitId
from domain.local_time import iso_week
from domain.minute_controls import MinuteControls
from domain.month_minutes import Entry, Layer, Place
from domain.order.values import MinuteControl
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import About, Edition
from domain.rulebook.values import CapPeriod

PERCENT = 100


class Pool(NamedTuple):
    """What evens out: a client's service, or where `is_loose` all their services that are not strict, in one unit."""

    legal_basis: str
    client_id: ClientId
    service_code: ServiceCode | None
    unit_id: UnitId
    provider_id: ProviderId
    is_loose: bool


class Window(msgspec.Struct):
    """A pool's minutes over one stretch."""

    ordered: int = 0
    performed: int = 0
    visit_ids: set[VisitId] = set()
    """Those that performed time is of."""

    @property
    def deviation(self) -> int:
        """Performed minus ordered."""
        return self.performed - self.ordered


class Deviation(msgspec.Struct):
    """What a pool comes to over a month. `causes` add up to performed minus ordered."""

    causes: defaultdict[Cause, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    excess_minutes: int = 0
    """Beyond what is ordered, approved and tolerated."""
    approved_excess: int = 0
    """Beyond what is ordered, and approved."""
    shortfall_minutes: int = 0

    def add(self, other: "Deviation") -> None:
        """Take in what another comes to."""
        self.excess_minutes += other.excess_minutes
        self.approved_excess += other.approved_excess
        self.shortfall_minutes += other.shortfall_minutes
        for cause, minutes in other.causes.items():
            self.causes[cause] += minutes


Stretch = tuple[Pool, str]
"""A pool over a day `2025-03-03`, a week `2025-W10` or a month `2025-03`."""


class Stretches(msgspec.Struct, frozen=True):
    """Says where a place's minutes of a day are held against each other. Places are few and days many, so that what a place
    comes to is found once."""

    controls: MinuteControls
    edition: Edition
    _known: dict[Place, tuple[Pool, CapPeriod] | None] = msgspec.field(default_factory=dict)

    def of(self, place: Place, day: date) -> Stretch | None:
        """The pool and stretch; None where nothing is ordered of them in minutes."""
        try:
            found = self._known[place]
        except KeyError:
            found = self._known[place] = self._find(place)
        return None if found is None else (found[0], stretch_of(day, found[1]))

    def _find(self, place: Place) -> tuple[Pool, CapPeriod] | None:
        control = self.controls.of(*place[:3])
        if control is MinuteControl.NONE:
            return None
        pool = pool_of(place, control)
        # A pot of minutes stands on the month, whatever is counted by the day.
        is_pot = control is MinuteControl.TIME_FRAME
        return pool, CapPeriod.MONTH if is_pot else policies_of(pool, self.edition).cap_period


def windows(entries: Iterable[Entry], stretches: Stretches) -> dict[Stretch, Window]:
    """Hold ordered and performed against each other. Minutes that nothing is ordered of in minutes are in no window."""
    found: dict[Stretch, Window] = {}
    ordered, performed = Layer.ORDERED, Layer.PERFORMED  # a member takes as long to look up as all else here
    for place, day, layer, minutes, visit_id, _ in entries:
        if layer is not ordered and layer is not performed:
            continue
        where = stretches.of(place, day)
        if where is None:
            continue
        window = found.get(where) or found.setdefault(where, Window())
        if layer is ordered:
            window.ordered += minutes
        else:
            window.performed += minutes
            if visit_id is not None:
                window.visit_ids.add(visit_id)
    return found


def explained(found: Mapping[Stretch, Window], slots: Slots, days: Days, stretches: Stretches) -> dict[Pool, Deviation]:
    """Split each window by cause, and add up those of each pool."""
    grounds: dict[Stretch, Minutes] = {where: {} for where, window in found.items() if window.deviation}
    for (place, day), slot in slots.items():
        where = stretches.of(place, day)
        known = grounds.get(where) if where else None
        if where is not None and known is not None:
            is_lacking = found[where].deviation < 0
            speaking = days.lacking(place, day, slot) if is_lacking else days.beyond(place, day, slot)
            for cause, minutes in speaking.items():
                known[cause] = known.get(cause, 0) + minutes
    approved = approved_minutes(found, days.client_id, days.grounds.visits)
    pools: defaultdict[Pool, Deviation] = defaultdict(Deviation)
    for where, window in found.items():
        pool, _ = where
        policies = policies_of(pool, stretches.edition)
        pools[pool].add(_deviation(window, grounds.get(where, {}), approved[where], policies))
    return dict(pools)


def pool_of(place: Place, control: MinuteControl) -> Pool:
    """Where a place's minutes even out."""
    basis, client_id, code, unit_id, provider_id = place
    is_loose = control is not MinuteControl.STRICT
    return Pool(basis, client_id, None if is_loose else code, unit_id, provider_id, is_loose)


def policies_of(pool: Pool, edition: Edition) -> Policies:
    """The policies that hold for a pool's minutes."""
    return edition.policies_for(About(pool.service_code or "", "", pool.legal_basis, pool.provider_id))


@lru_cache(maxsize=4096)
def stretch_of(day: date, period: CapPeriod) -> str:
    """Name the stretch a day lies in."""
    match period:
        case CapPeriod.VISIT | CapPeriod.DAY:
            return day.isoformat()
        case CapPeriod.WEEK:
            return iso_week(day)
        case CapPeriod.MONTH:
            return f"{day:%Y-%m}"


def excess_of(window: Window, approved: int, policies: Policies) -> tuple[int, int]:
    """Minutes beyond the order, without those approved and those tolerated; and the approved ones among them."""
    over = max(0, window.deviation)
    counted = min(over, approved)
    tolerated = window.ordered * policies.tolerance_percent // PERCENT
    return max(0, over - counted - tolerated), counted


def approved_minutes(
    found: Mapping[Stretch, Window], client_id: ClientId, visits: Mapping[VisitId, VisitFacts]
) -> dict[Stretch, int]:
    """What a care manager approved for the client, over each stretch. A visit's approval counts once: over the first stretch
    that it has performed time in [A]."""
    counted = set[VisitId]()
    approved = dict.fromkeys(found, 0)
    for where, window in found.items():
        for visit_id in window.visit_ids:
            visit = visits.get(visit_id)
            if visit is not None and visit.excess and visit_id not in counted:
                counted.add(visit_id)
                approved[where] += sum(each.minutes for each in visit.excess if each.client_id == client_id)
    return approved


def _deviation(window: Window, grounds: Minutes, approved: int, policies: Policies) -> Deviation:
    causes = explain(window.deviation, grounds, LACKING if window.deviation < 0 else BEYOND)
    excess, counted = excess_of(window, approved, policies)
    return Deviation(defaultdict(int, causes), excess, counted, max(0, -window.deviation))
