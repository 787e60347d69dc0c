"""Performed time: minutes carried out with or for the client, as rows that any report adds up.

A row is the smallest cell any total needs: visit, local day, client, worker and service. Its minutes are whole and each
counts once, so rows summed by client, worker, unit, provider, service, day or month all come to the visits' own minutes.
Travel and other indirect time are facts of their own and never in it (rules.md 2 [S:KUNDTID]).
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from domain.alarm_visits import settle_alarms
from domain.apportion import apportion, spread
from domain.context import NO_UNIT, Context
from domain.facts import VisitFacts
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId, VisitId, WorkerId
from domain.local_time import local_day
from domain.offsite import split_offsite
from domain.presence import Presence, Uncounted, clients_of, presences, uncounted
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import About, Edition, Rulebook
from domain.rulebook.values import DoubleStaffing, HouseholdSplit
from domain.service_split import ServiceSplit
from domain.values import VisitKind

Key = TypeVar("Key", bound=Hashable)


class PerformedMinutes(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The minutes of one worker for one client and service, on one local day of one visit.

    `staff_minutes` add up to the sum of the workers' time, `visit_minutes` to the visit's length: of workers there at once
    only the first has them. `service_code` is None where no service was given. A row that is `uncounted` has no minutes
    and says why.
    """

    visit_id: VisitId
    day: date
    client_id: ClientId
    worker_id: WorkerId
    service_code: ServiceCode | None
    kind: VisitKind
    client_unit_id: UnitId
    """Who is responsible for the client: the plan's unit, else the client's."""
    worker_unit_id: UnitId
    """Who employs the hands."""
    provider_id: ProviderId
    """Whose the client's unit is, else who has the client's order."""
    legal_basis: str
    """The act the service stands on; totals of one are kept apart from another's (rules.md 11)."""
    staff_minutes: int
    visit_minutes: int
    uncounted: Uncounted | None = None
    uncounted_minutes: int = 0
    """Staff minutes that were there and do not count."""

    @property
    def lent_minutes(self) -> int:
        """Staff time that another unit's worker gave to the client's unit; 0 where either is unknown."""
        is_known = bool(self.client_unit_id and self.worker_unit_id)
        return self.staff_minutes if is_known and self.client_unit_id != self.worker_unit_id else 0

    def client_minutes(self, rulebook: Rulebook) -> int:
        """The minutes that count for the client: each worker's, or the visit's, by the policy on double staffing."""
        is_each = rulebook.on(self.day).policies.double_staffing is DoubleStaffing.COUNT_EACH
        return self.staff_minutes if is_each else self.visit_minutes


class Total(msgspec.Struct, frozen=True):
    """Rows added up."""

    staff_minutes: int = 0
    visit_minutes: int = 0
    lent_minutes: int = 0


class _Cell(msgspec.Struct, frozen=True):
    """Minutes on their way to a row: the presence they come from, for whom, and how many."""

    presence: Presence
    client_id: ClientId
    lengths: tuple[int, int]
    """Minutes of the visit, and doubled ones."""


class _Rows(msgspec.Struct, frozen=True):
    """Makes the rows of one visit: says whose they are, and what the rulebook does not count."""

    visit: VisitFacts
    context: Context
    rulebook: Rulebook

    def counted(
        self, presence: Presence, client_id: ClientId, code: ServiceCode | None, lengths: tuple[int, int]
    ) -> PerformedMinutes:
        """A row with minutes, unless the rules of its service say that they are no client time."""
        row = self.row(presence, client_id, code, lengths)
        edition = self.rulebook.on(row.day)
        if not edition.limits_client_time:
            return row
        why = uncounted_by_rule(self.visit, row, self.context, edition)
        if why is None:
            return row
        staff = row.staff_minutes
        return msgspec.structs.replace(row, staff_minutes=0, visit_minutes=0, uncounted=why, uncounted_minutes=staff)

    def row(
        self,
        presence: Presence,
        client_id: ClientId,
        code: ServiceCode | None,
        lengths: tuple[int, int],
        why: Uncounted | None = None,
    ) -> PerformedMinutes:
        """A row as the visit and the ledger have it."""
        single, doubled = lengths
        context, day, planned = self.context, presence.day, self.visit.planned
        client_unit = (planned.unit_id if planned else NO_UNIT) or context.client_unit(client_id, day)
        return PerformedMinutes(
            visit_id=self.visit.visit_id,
            day=day,
            client_id=client_id,
            worker_id=presence.worker_id,
            service_code=code,
            kind=presence.kind,
            client_unit_id=client_unit,
            worker_unit_id=context.worker_unit(presence.worker_id, day),
            provider_id=context.provider_of(client_unit) or context.ordered_provider(client_id, day),
            legal_basis=context.legal_basis(client_id, code, day),
            staff_minutes=single + doubled,
            visit_minutes=single,
            uncounted=why,
        )


def uncounted_by_rule(visit: VisitFacts, row: PerformedMinutes, context: Context, edition: Edition) -> Uncounted | None:
    """Why the service's own rules keep its minutes out of client time; None where they count."""
    policies = service_policies(edition, context, row)
    if not policies.client_time or (row.kind is VisitKind.CALL and not policies.call_counts):
        return Uncounted.NOT_CLIENT_TIME
    if policies.outreach_needs_approval and not any(each.client_id == row.client_id for each in visit.excess):
        return Uncounted.NEEDS_APPROVAL
    return None


def service_policies(edition: Edition, context: Context, row: PerformedMinutes) -> Policies:
    """The policies for the service of a row, by its provider and under its law."""
    if not edition.overrides:
        return edition.policies
    defined = context.service(row.service_code, row.day) if row.service_code else None
    category = defined.category if defined else ""
    return edition.policies_for(About(row.service_code or "", category, row.legal_basis, row.provider_id, row.kind))


def performed_time(visits: Iterable[VisitFacts], *, context: Context, rulebook: Rulebook) -> list[PerformedMinutes]:
    """Compute the rows of all visits; an alarm that only led to a planned visit is counted in it (rules.md 5.6)."""
    settled = settle_alarms(visits, context=context, rulebook=rulebook)
    return [row for visit in settled for row in visit_performed_time(visit, context=context, rulebook=rulebook)]


def visit_performed_time(visit: VisitFacts, *, context: Context, rulebook: Rulebook) -> list[PerformedMinutes]:
    """Compute the rows of one visit: divided by client, then by service, then what was done elsewhere, then what counts
    nothing."""
    visit, elsewhere = split_offsite(visit, context, rulebook)
    found = presences(visit, rulebook.zone)
    rows = _Rows(visit, context, rulebook)
    made: list[PerformedMinutes] = []
    if found:
        split = ServiceSplit(visit, context, found[0].day)
        if len(found) == 1 and len(found[0].client_ids) == 1:
            made = _of_one(found[0], split, rows)
        else:
            for cells in _by_client(found, split, rulebook):
                made += _by_service(cells, split, rows)
    for presence, code in elsewhere:
        made.append(rows.counted(presence, presence.client_ids[0], code, (presence.visit_minutes, 0)))
    if not found or len(visit.attendances) > 1:
        made += _uncounted_rows(rows)
    return made


def sum_by(rows: Iterable[PerformedMinutes], key: Callable[[PerformedMinutes], Key]) -> dict[Key, Total]:
    """Add rows up by anything they say of themselves: client, worker, unit, provider, service, day, month."""
    sums: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        total = sums[key(row)]
        total[0] += row.staff_minutes
        total[1] += row.visit_minutes
        total[2] += row.lent_minutes
    return {name: Total(*total) for name, total in sums.items()}


def _of_one(alone: Presence, split: ServiceSplit, rows: _Rows) -> list[PerformedMinutes]:
    """Divide the only presence there was, with one client, between the services: most visits, and nothing is doubled."""
    client_id = alone.client_ids[0]
    parts = split.service_minutes(client_id, alone.visit_minutes)
    return [rows.counted(alone, client_id, code, (part, 0)) for code, part in parts.items() if part]


def _by_client(found: Sequence[Presence], split: ServiceSplit, rulebook: Rulebook) -> Iterable[list[_Cell]]:
    """Divide the presences between the clients they were with, and gather each client's."""
    cells: defaultdict[ClientId, list[_Cell]] = defaultdict(list)
    for client_ids, group in _by_household(found, split).items():
        lengths = [(presence.visit_minutes, presence.doubled_minutes) for presence in group]
        shares = _client_shares(client_ids, group, split, rulebook)
        for presence, parts in zip(group, _spread_both(lengths, shares), strict=True):
            for client_id, part in zip(client_ids, parts, strict=True):
                cells[client_id].append(_Cell(presence, client_id, part))
    return cells.values()


def _by_household(found: Sequence[Presence], split: ServiceSplit) -> dict[tuple[ClientId, ...], list[Presence]]:
    """Put together the presences that were with the same clients: whose order is oldest first, else as planned."""
    groups: defaultdict[tuple[ClientId, ...], list[Presence]] = defaultdict(list)
    planned = split.visit.planned.client_ids if split.visit.planned else ()
    for presence in found:
        client_ids = presence.client_ids
        if len(client_ids) > 1:
            others = sorted(set(client_ids).difference(planned))
            as_planned = [client_id for client_id in planned if client_id in client_ids] + others
            client_ids = split.context.oldest_first(as_planned, split.day)
        groups[client_ids].append(presence)
    return groups


def _client_shares(
    client_ids: Sequence[ClientId], group: Sequence[Presence], split: ServiceSplit, rulebook: Rulebook
) -> list[int]:
    """The staff minutes of these presences that fall to each client."""
    minutes = sum(presence.staff_minutes for presence in group)
    if len(client_ids) == 1 or rulebook.on(split.day).policies.household_split is HouseholdSplit.EQUAL_ALL:
        return apportion(minutes, [1] * len(client_ids))
    worker_ids = {presence.worker_id for presence in group}
    return apportion(minutes, split.client_weights(client_ids, worker_ids, minutes))


def _by_service(cells: Sequence[_Cell], split: ServiceSplit, rows: _Rows) -> list[PerformedMinutes]:
    """Divide one client's cells between the services done for them."""
    first, client_id = cells[0], cells[0].client_id
    if len(cells) == 1 and not first.lengths[1]:
        parts = split.service_minutes(client_id, first.lengths[0])
        return [rows.counted(first.presence, client_id, code, (part, 0)) for code, part in parts.items() if part]
    lengths = [cell.lengths for cell in cells]
    services = split.service_minutes(client_id, sum(map(sum, lengths)))
    return [
        rows.counted(cell.presence, client_id, code, both)
        for cell, spread_out in zip(cells, _spread_both(lengths, list(services.values())), strict=True)
        for code, both in zip(services, spread_out, strict=True)
        if both != (0, 0)
    ]


def _spread_both(rows: Sequence[tuple[int, int]], shares: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Spread (visit, doubled) minutes over columns of so many staff minutes, of which no column has more visit minutes."""
    if len(shares) == 1:
        return [[row] for row in rows]
    if len(rows) == 1 and not rows[0][1]:
        return [[(share, 0) for share in shares]]
    singles = apportion(sum(row[0] for row in rows), shares)
    doubles = [share - single for share, single in zip(shares, singles, strict=True)]
    tables = spread([row[0] for row in rows], singles), spread([row[1] for row in rows], doubles)
    return [list(zip(single, double, strict=True)) for single, double in zip(*tables, strict=True)]


def _uncounted_rows(rows: _Rows) -> Iterator[PerformedMinutes]:
    """Show the attendances that count nothing, so that an open visit is seen to be open."""
    for stay in rows.visit.attendances:
        why = uncounted(rows.visit, stay)
        if why is not None:
            presence = Presence(local_day(stay.starts_at, rows.rulebook.zone), stay.worker_id, (), stay.kind, 0, 0)
            for client_id in clients_of(rows.visit, stay):
                yield rows.row(presence, client_id, None, (0, 0), why)
