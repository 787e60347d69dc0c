"""A month computed household by household, as of a view: what is held in memory is a hundred clients, whatever the month's
size, and one client's month takes no longer than their household's."""

from collections.abc import Collection, Iterator

from api.reading import View
from domain.detectors.found import FoundException
from domain.detectors.hour import moment_of
from domain.exceptions import must_fix
from domain.household_month import HouseholdMonth, exceptions_across, households
from domain.ids import ClientId, VisitId, WorkerId
from domain.local_time import Month
from infra.month_run import WORKERS_AT_ONCE, batches, slices
from projections.household_reader import HouseholdReader


def month_parts(view: View, month: Month, client_id: str | None = None) -> Iterator[HouseholdMonth]:
    """All clients' month in parts, each to be looked at before the next is read; or the part that has one client."""
    reader = HouseholdReader(view.db, view.position, month, view.rulebook)
    moment = moment_of(view.at, view.facts.device_contacts())
    if client_id is None:
        groups = households(reader.clients(), reader.ties())
        to_fix = _to_fix(reader, reader.workers(), view)
    else:
        groups = [group for group in reader.around([ClientId(client_id)]) if client_id in group]
        to_fix = _to_fix(reader, _workers_of(reader, groups), view)
    for client_ids in batches(groups):
        yield reader.household_month(client_ids, moment, to_fix)


def _to_fix(reader: HouseholdReader, worker_ids: Collection[WorkerId], view: View) -> frozenset[VisitId]:
    """The visits that must be put right for what their workers did at other clients'."""
    found: list[FoundException] = []
    for some in slices(sorted(worker_ids), WORKERS_AT_ONCE):
        found += exceptions_across(reader.stays(some), view.rulebook)
    return must_fix(found)


def _workers_of(reader: HouseholdReader, groups: Collection[Collection[ClientId]]) -> set[WorkerId]:
    visits = [visit for group in groups for visit in reader.household_month(group).visits]
    return {stay.worker_id for visit in visits for stay in visit.attendances}
