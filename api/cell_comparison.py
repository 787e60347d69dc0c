"""The cells of a report that differ between two positions, household by household, each with the events behind it.

Only households of which something changed are computed twice. Where no cell is of one client alone, the others are computed
once and added to both sides; where the hour matters too, all are computed for both hours.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from api.month_parts import to_fix_of, workers_of
from api.reading import View, month_period
from domain.cell_causes import Because, Causes, FactChange, causes, hour_matters
from domain.cell_scope import all_month, nearby, scope_of
from domain.detectors.hour import Moment, moment_of
from domain.household_month import HouseholdMonth, households
from domain.ids import ClientId, VisitId
from domain.local_time import ONE_DAY, Month, local_day_bounds
from domain.pay.absence import LOOK_BACK
from domain.report_cells import CellReport, ChangedCell, Key, Summary, changed_cells, changed_pieces
from domain.rule_changes import RuleChanges
from domain.values import Period
from domain.visit.concerned import concerned, workers_named
from infra.month_run import batches
from projections.fact_changes import FactChanges
from projections.household_reader import HouseholdReader

Told = Callable[[int, int], None]
"""Told how many clients are done, and of how many."""


BY_THE_HOUR = Causes(Because.THE_HOUR)


class TooManyClientsError(Exception):
    """More clients would have to be computed than the caller waits for."""


class Sides(NamedTuple):
    """The ledger as of two positions, the earlier first."""

    before: View
    after: View


class Compared(NamedTuple):
    """A cell that differs, and why."""

    cell: ChangedCell
    causes: Causes

    def with_events(self, is_shown: Callable[[int], bool]) -> "Compared":
        """The same with only some of the events behind it, by their positions."""
        return self._replace(causes=self.causes._replace(positions=frozenset(filter(is_shown, self.causes.positions))))


@dataclass
class _Side:
    """One position: how its households are read, and what they come to so far."""

    view: View
    reader: HouseholdReader
    moment: Moment
    to_fix: frozenset[VisitId] = frozenset()
    summaries: list[Summary] = field(default_factory=list)

    def part(self, client_ids: Collection[ClientId]) -> HouseholdMonth:
        return self.reader.household_month(client_ids, self.moment, self.to_fix)


def compare_cells(
    sides: Sides,
    report: CellReport,
    month: Month,
    *,
    client_id: str | None = None,
    clients_max: int | None = None,
    told: Told = lambda _done, _of: None,
) -> Iterator[Compared]:
    """The cells that differ, of all clients' month or of one client's household. Raises TooManyClientsError before anything
    is computed, where that would be of more than `clients_max`."""
    return _Comparison(sides, report, month).run(client_id, clients_max, told)


class _Comparison:
    def __init__(self, sides: Sides, report: CellReport, month: Month) -> None:
        self._report, self._month = report, month
        self._sides = [
            _Side(view, HouseholdReader(view.db, view.position, month, view.rulebook), _moment(view)) for view in sides
        ]
        self._zone = sides.after.rulebook.zone
        positions = sides.before.position, sides.after.position
        whole = month_period(sides.after, month)
        period = Period(whole.starts_at - LOOK_BACK, whole.ends_at)
        self._changes = FactChanges(sides.after.db, *positions, period, report.reads)
        days = [month.first_on + timedelta(days=number) for number in range((month.until_on - month.first_on).days)]
        by_version = "rulebook_version" in report.key_names
        rulebooks = sides.before.rulebook, sides.after.rulebook
        self._rules = RuleChanges(*rulebooks, days, report.policies, by_version)
        self._found: dict[Key, Causes] = {}
        self._is_narrow = report.is_of_one_client

    def run(self, client_id: str | None, clients_max: int | None, told: Told) -> Iterator[Compared]:
        groups = self._groups(client_id)
        if self._report.depends_on_hour:
            self._find_what_must_be_fixed(groups if client_id else None)
        touched = self._touched(groups)
        wanted = touched if self._is_narrow else groups
        of = sum(map(len, wanted))
        if clients_max is not None and of > clients_max:
            raise TooManyClientsError
        everywhere = self._changes.everywhere()
        done, hot = 0, {group[0] for group in touched}
        for batch in batches(touched):
            yield from self._both(batch, everywhere)
            done += len(batch)
            told(done, of)
        if self._is_narrow:
            return
        for batch in batches(group for group in groups if group[0] not in hot):
            self._once(batch)
            done += len(batch)
            told(done, of)
        yield from self._wide()

    def _groups(self, client_id: str | None) -> list[tuple[ClientId, ...]]:
        """Whom to compute together: what hangs together at either position."""
        readers = [side.reader for side in self._sides]
        if client_id is None:
            clients = {client for reader in readers for client in reader.clients()}
            return households(clients, [tie for reader in readers for tie in reader.ties()])
        known, wider = set[ClientId](), {ClientId(client_id)}
        while wider != known:
            known = wider
            wider = {client for reader in readers for group in reader.around(known) for client in group}
        return [tuple(sorted(known))]

    def _touched(self, groups: Sequence[tuple[ClientId, ...]]) -> list[tuple[ClientId, ...]]:
        """The households whose figures may be others than they were."""
        clients = None if self._rules.any_days() else self._changes.clients()
        if clients is None or (self._report.depends_on_hour and self._hour_matters()):
            return list(groups)
        before, after = self._sides
        fixed = before.to_fix ^ after.to_fix
        visits = [visit for side in self._sides for visit in side.view.facts.visits(visit_ids=fixed)]
        clients |= {client for visit in visits for client in concerned(visit)}
        return [group for group in groups if not clients.isdisjoint(group)]

    def _hour_matters(self) -> bool:
        """Whether what is still waited for may be due at one hour and not at the other."""
        before, after = self._sides
        editions = [edition for side in self._sides for edition in side.view.rulebook.editions]
        patience = max(
            (
                max(edition.policies.not_registered_after_minutes, edition.policies.departure_missing_after_minutes)
                for edition in editions
            ),
            default=0,
        )
        month_ends_at = local_day_bounds(self._month.until_on, self._zone)[0]
        return hour_matters(before.moment, after.moment, month_ends_at + ONE_DAY + timedelta(minutes=patience))

    def _find_what_must_be_fixed(self, groups: Sequence[tuple[ClientId, ...]] | None) -> None:
        for side in self._sides:
            workers = side.reader.workers() if groups is None else workers_of(side.reader, groups)
            side.to_fix = to_fix_of(side.reader, workers, side.view.rulebook)

    def _both(self, batch: Collection[ClientId], everywhere: Sequence[FactChange]) -> Iterator[Compared]:
        """Compute some clients at both positions, and find the events behind each cell that differs."""
        report = self._report
        parts = [side.part(batch) for side in self._sides]
        summaries = [report.summary(part) for part in parts]
        cells = changed_cells(*(report.rows([summary]) for summary in summaries))
        if cells:
            visits = [visit for part in parts for visit in (*part.visits, *part.before)]
            workers = {worker_id for visit in visits for worker_id in workers_named(visit)}
            changes = [*everywhere, *self._changes.around(batch, workers)]
            pieces = [report.pieces(part) for part in parts]
            differing = changed_pieces(*pieces)
            for cell in cells:
                about = differing.get(cell.key) or [piece for side in pieces for piece in side if piece.key == cell.key]
                scope = scope_of(about, visits, self._zone)
                scopes = [scope, nearby(scope, visits, self._zone), all_month(scope, visits, self._month)]
                why = causes(scopes, changes, report.reads, self._rules)
                if self._is_narrow:
                    yield Compared(cell, why)
                else:
                    known = self._found.get(cell.key)
                    self._found[cell.key] = why if known is None else known.with_others(why)
        if not self._is_narrow:
            for side, summary in zip(self._sides, summaries, strict=True):
                side.summaries.append(summary)

    def _once(self, batch: Collection[ClientId]) -> None:
        """Compute some clients of whom nothing changed, for both sides."""
        before, after = self._sides
        summary = self._report.summary(after.part(batch))
        before.summaries.append(summary)
        after.summaries.append(summary)

    def _wide(self) -> Iterator[Compared]:
        """The cells to which several households add."""
        sides = [self._report.rows(side.summaries) for side in self._sides]
        for cell in changed_cells(*sides):
            yield Compared(cell, self._found.get(cell.key, BY_THE_HOUR))


def _moment(view: View) -> Moment:
    return moment_of(view.at, view.facts.device_contacts())
