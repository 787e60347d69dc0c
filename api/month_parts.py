"""A month computed household by household, as of a view: what is held in memory is a hundred clients, whatever the month's
size, and one client's month takes no longer than their household's."""

from collections.abc import Collection, Iterable, Iterator

from api.reading import View
from domain.detectors.found import FoundException
from domain.detectors.hour import moment_of
from domain.exceptions import must_fix
from domain.household_month import HouseholdMonth, exceptions_across, households
from domain.ids import ClientId, VisitId, WorkerId
from domain.local_time import Month
from domain.rulebook.rulebook import Rulebook
from infra.month_run import WORKERS_AT_ONCE, batches, slices
from projections.household_reader import HouseholdReader


def month_parts(view: View, month: Month, client_id: str | None = None) -> Iterator[HouseholdMonth]:
    """All clients' month in parts, each to be looked at before the next is read; or the part that has one client."""
    if client_id is not None:
        yield from parts_of(view, month, [ClientId(client_id)])
        return
    reader = HouseholdReader(view.db, view.position, month, view.rulebook)
    groups = households(reader.clients(), reader.ties())
    yield from _parts(view, reader, groups, to_fix_of(reader, reader.workers(), view.rulebook))


def parts_of(view: View, month: Month, client_ids: Collection[ClientId]) -> Iterator[HouseholdMonth]:
    """The parts of the month that have some clients."""
    reader = HouseholdReader(view.db, view.position, month, view.rulebook)
    groups = [group for group in reader.around(client_ids) if not set(client_ids).isdisjoint(group)]
    yield from _parts(view, reader, groups, to_fix_of(reader, workers_of(reader, groups), view.rulebook))


def _parts(
    view: View, reader: HouseholdReader, groups: Iterable[tuple[ClientId, ...]], to_fix: frozenset[VisitId]
) -> Iterator[HouseholdMonth]:
    moment = moment_of(view.at, view.facts.device_contacts())
    for client_ids in batches(groups):
        yield reader.household_month(client_ids, moment, to_fix)


def to_fix_of(reader: HouseholdReader, worker_ids: Collection[WorkerId], rulebook: Rulebook) -> frozenset[VisitId]:
    """The visits that must be put right for what their workers did at other clients'."""
    found: list[FoundException] = []
    for some in slices(sorted(worker_ids), WORKERS_AT_ONCE):
        found += exceptions_across(reader.stays(some), rulebook)
    return must_fix(found)


def workers_of(reader: HouseholdReader, groups: Collection[Collection[ClientId]]) -> set[WorkerId]:
    """Everybody who was at these clients in the month."""
    visits = [visit for group in groups for visit in reader.household_month(group).visits]
    return {stay.worker_id for visit in visits for stay in visit.attendances}
