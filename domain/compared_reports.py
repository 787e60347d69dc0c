"""Performed time, reimbursement and reconciliation by their cells: each figure is the one that the report itself computes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from domain.access.reach import EVERYTHING, Reach
from domain.access.told_rows import OF_ONE_CLIENT, told_rows
from domain.evidence import Delegation, Tag
from domain.facts import (
    Absence,
    ApprovalGiven,
    Attendance,
    ExcessApproved,
    Fact,
    Membership,
    NeedChange,
    OrderLine,
    Person,
    PlannedVisit,
    ServiceRegistered,
    VisitFacts,
    VisitFailed,
)
from domain.household_month import HouseholdMonth
from domain.month_minutes import ORE_PER_KRONA, Layer
from domain.municipality import EditionAdopted, Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.pay.lines import PayLine, PayTotal
from domain.performed_time import PerformedMinutes, Total
from domain.reconciliation import Level, ReconciliationRow, RowKey, Tally, row_key, together
from domain.report_cells import Amounts, Figures, Key, Piece, added_up, sums
from domain.rulebook.policies import PayPolicies, PerformedPolicies
from domain.standing import TitleHeld
from domain.visit.concerned import is_placed

Keys = Mapping[str, Callable[[Any], Any]]
"""What cells are named by, and how a row says it."""
Sums = dict[Key, Amounts]

PERFORMED_READS: frozenset[type[Fact]] = frozenset(
    {
        PlannedVisit,
        Attendance,
        ServiceRegistered,
        VisitFailed,
        ExcessApproved,
        OrderLine,
        Membership,
        ServiceDefined,
        Unit,
        EditionAdopted,
    }
)
MONTH_READS: frozenset[type[Fact]] = PERFORMED_READS.union(
    [
        ApprovalGiven,
        TimeFrame,
        NeedChange,
        Absence,
        Person,
        Provider,
        Delegation,
        TitleHeld,
        Tag,
    ]
)
"""What must be fixed before pay is found among what is odd, so that all which makes a visit odd is read too."""
PERFORMED_POLICIES = PerformedPolicies.__struct_fields__
PAY_POLICIES = PayPolicies.__struct_fields__
"""With those of exceptions, which decide what must be fixed before pay."""


class Narrowed(msgspec.Struct, frozen=True):
    """Whose cells are asked for; None: no matter whose. Of these, those that lie within `reach`."""

    client_id: str | None = None
    worker_id: str | None = None
    unit_id: str | None = None
    provider_id: str | None = None
    reach: Reach = EVERYTHING

    def has_visit(self, visit: VisitFacts) -> bool:
        """Whether the report of performed time reads the visit for the worker and unit."""
        return is_placed(visit, worker_id=self.worker_id, unit_id=self.unit_id)

    def has_minutes(self, row: PerformedMinutes) -> bool:
        """Whether minutes of such a visit are the client's and the worker's."""
        return (
            self.client_id in (None, row.client_id)
            and self.worker_id in (None, row.worker_id)
            and self.reach.has_minutes(row)
        )

    def has_line(self, line: PayLine) -> bool:
        """Whether pay is for the client, of the client's unit, to the provider."""
        return (
            self.client_id in (None, line.client_id)
            and self.provider_id in (None, line.provider_id)
            and self.unit_id in (None, line.client_unit_id)
            and self.reach.has_unit(line.client_unit_id)
        )

    def has_row(self, row: ReconciliationRow | RowKey) -> bool:
        """Whether a row of a reconciliation names the client and the unit. A provider's, which adds up its units, is for those
        who reach all of them; the others are made of what lies within reach: see `Tally.within`."""
        return (
            self.client_id in (None, row.client_id)
            and self.unit_id in (None, row.unit_id)
            and (row.provider_id is None or self.reach.is_wide)
            and self.reach.tells(row.client_id)
        )


EVERYBODYS = Narrowed()


class PerformedCells(msgspec.Struct, frozen=True):
    """Performed time, added up by what the keys name."""

    keys: Keys
    of: Narrowed = EVERYBODYS

    adds = ("staff_minutes", "visit_minutes", "lent_minutes")
    reads = PERFORMED_READS
    depends_on_hour = False
    policies = PERFORMED_POLICIES

    @property
    def key_names(self) -> tuple[str, ...]:
        """As the report names them."""
        return tuple(self.keys)

    @property
    def is_of_one_client(self) -> bool:
        """Where the keys name a client or a visit."""
        return not OF_ONE_CLIENT.isdisjoint(self.keys)

    def pieces(self, part: HouseholdMonth) -> list[Piece]:
        """A piece for each row."""
        of = self.of
        visits = {visit.visit_id for visit in part.visits if of.has_visit(visit)}
        return [
            self._piece(row)
            for row in told_rows(of.reach, part.performed, self.keys)
            if row.uncounted is None and of.has_minutes(row) and row.visit_id in visits
        ]

    def summary(self, part: HouseholdMonth) -> Sums:
        """The sums of each cell."""
        return sums(self.pieces(part))

    def rows(self, summaries: Sequence[Sums]) -> dict[Key, Figures]:
        """The totals."""
        return _told(summaries, Total)

    def _piece(self, row: PerformedMinutes) -> Piece:
        return Piece(
            tuple(of(row) for of in self.keys.values()),
            (row.staff_minutes, row.visit_minutes, row.lent_minutes),
            row.client_id,
            row.day,
            row.visit_id,
            row.worker_id,
            row.service_code,
            row.client_unit_id,
            row.provider_id,
        )


class PayCells(msgspec.Struct, frozen=True):
    """Reimbursement, added up by what the keys name."""

    keys: Keys
    of: Narrowed = EVERYBODYS

    adds = PayTotal.__struct_fields__
    reads = MONTH_READS
    depends_on_hour = True
    policies = PAY_POLICIES

    @property
    def key_names(self) -> tuple[str, ...]:
        """As the report names them."""
        return tuple(self.keys)

    @property
    def is_of_one_client(self) -> bool:
        """Where the keys name a client or a visit."""
        return not OF_ONE_CLIENT.isdisjoint(self.keys)

    def pieces(self, part: HouseholdMonth) -> list[Piece]:
        """A piece for each line."""
        lines = told_rows(self.of.reach, part.pay, self.keys)
        return [self._piece(line) for line in lines if self.of.has_line(line)]

    def summary(self, part: HouseholdMonth) -> Sums:
        """The sums of each cell."""
        return sums(self.pieces(part))

    def rows(self, summaries: Sequence[Sums]) -> dict[Key, Figures]:
        """The totals."""
        return _told(summaries, PayTotal)

    def _piece(self, line: PayLine) -> Piece:
        return Piece(
            tuple(of(line) for of in self.keys.values()),
            tuple(getattr(line, name) for name in self.adds),
            line.client_id,
            line.day,
            line.visit_id,
            None,
            line.service_code,
            line.client_unit_id,
            line.provider_id,
        )


class ReconciledCells(msgspec.Struct, frozen=True):
    """Reconciliation on one level. A piece is what a visit, or a day of an order, adds to one of the layers."""

    level: Level
    of: Narrowed = EVERYBODYS

    adds = tuple("reimbursed_amount" if layer is Layer.AMOUNT else f"{layer}_minutes" for layer in Layer)
    reads = MONTH_READS
    depends_on_hour = True
    policies = PAY_POLICIES
    key_names = RowKey._fields

    @property
    def is_of_one_client(self) -> bool:
        """On the levels of services and clients."""
        return self.level in {Level.SERVICE, Level.CLIENT}

    def pieces(self, part: HouseholdMonth) -> list[Piece]:
        """A piece for each entry of the month's minutes; money in kronor."""
        made = [
            Piece(
                tuple(row_key(self.level, entry.place)),
                _by_layer(entry.layer, entry.minutes),
                entry.place.client_id,
                entry.day,
                entry.visit_id,
                None,
                entry.place.service_code,
                entry.place.unit_id,
                entry.place.provider_id,
            )
            for entry in part.entries
            if self.of.reach.has_unit(entry.place.unit_id)
        ]
        return [piece for piece in made if self.of.has_row(RowKey(*piece.key))]

    def summary(self, part: HouseholdMonth) -> Tally:
        """The comparison of these clients, to be put together with others'."""
        return part.compared.within(self.of.reach)

    def rows(self, summaries: Sequence[Tally]) -> dict[Key, Figures]:
        """The rows of the level."""
        found = together(summaries).rows(self.level) if summaries else []
        keyed = {RowKey(*(getattr(row, name) for name in RowKey._fields)): row for row in found}
        return {tuple(key): _of_row(row) for key, row in keyed.items() if self.of.has_row(key)}


def _told(summaries: Iterable[Sums], total: type[Total | PayTotal]) -> dict[Key, Figures]:
    found = added_up(pair for summary in summaries for pair in summary.items())
    return {key: dict(zip(total.__struct_fields__, amounts, strict=True)) for key, amounts in found.items()}


def _by_layer(layer: Layer, minutes: int) -> Amounts:
    value = Decimal(minutes) / ORE_PER_KRONA if layer is Layer.AMOUNT else minutes
    return tuple(value if each is layer else 0 for each in Layer)


def _of_row(row: ReconciliationRow) -> Figures:
    told = msgspec.structs.asdict(row)
    for name in ("level", "month", *RowKey._fields):
        del told[name]
    causes = told.pop("causes")
    return told | {f"cause_{cause}": minutes for cause, minutes in causes.items()}
