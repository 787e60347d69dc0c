"""The people of a case, as the facts that the ledger would hold of them."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypedDict

from domain.cases.case import (
    AwayGiven,
    ClientGiven,
    Given,
    WorkerGiven,
)
from domain.cases.hours import moment
from domain.cases.visit_story import OFFICE
from domain.client.events import (
    ClientAbsent,
    ClientCareContactDesignated,
    ClientEvent,
    ClientHouseholdJoined,
    ClientRegistered,
)
from domain.client.facts import client_facts
from domain.client.history import ClientHistory
from domain.client.history import evolve as evolve_client
from domain.facts import Absence, Fact, Membership, Person
from domain.ids import (
    ClientId,
    HouseholdId,
    StreamId,
    UnitId,
    WorkerId,
    stream_of,
)
from domain.office.birth import turns_65_on
from domain.standing import TitleHeld

LONG_AGO = date(2000, 1, 1)


class _Told(TypedDict):
    originator_id: StreamId
    actor: str


def people_told(given: Given, clients: Iterable[str], unit_id: UnitId, zone: str) -> Iterator[Fact]:
    """Clients and workers, with where they belong and when they were away."""
    for name in clients:
        yield from _client(name, given.clients.get(name, ClientGiven()), given.absences.get(name, ()), unit_id, zone)
    for name in dict.fromkeys((*given.workers, *_named(given))):
        yield from _worker(name, given.workers.get(name, WorkerGiven()), unit_id, zone)


def _named(given: Given) -> Iterator[str]:
    """Every worker that is spoken of is known."""
    for visit in given.visits:
        yield from (*visit.by, *visit.workers, *(correction.worker for correction in visit.corrected))
    for shift in given.shifts:
        yield shift.worker


def _client(name: str, given: ClientGiven, absences: Iterable[AwayGiven], unit_id: UnitId, zone: str) -> Iterable[Fact]:
    history = ClientHistory()
    common = _Told(originator_id=stream_of("client", name), actor=OFFICE)
    told: list[ClientEvent] = [
        ClientRegistered(
            **common,
            originator_version=1,
            unit_id=unit_id,
            registered_on=given.since,
            birth_year=given.born.year,
            turns_65_on=turns_65_on(given.born),
            area_type=given.area,
            dwelling=given.dwelling,
        )
    ]
    if given.household:
        household_id = HouseholdId(given.household)
        told.append(
            ClientHouseholdJoined(**common, originator_version=2, household_id=household_id, from_on=given.since)
        )
    if given.contact:
        told.append(
            ClientCareContactDesignated(
                **common, originator_version=3, worker_id=WorkerId(given.contact), from_on=given.since
            )
        )
    for number, gone in enumerate(absences):
        until_at = moment(gone.until, zone) if gone.until else None
        told.append(
            ClientAbsent(
                **common,
                originator_version=4 + number,
                kind=gone.kind,
                from_at=moment(gone.start, zone),
                until_at=until_at,
            )
        )
    for event in told:
        evolve_client(history, event)
    return client_facts(ClientId(name), history)


def _worker(name: str, given: WorkerGiven, unit_id: UnitId, zone: str) -> Iterator[Fact]:
    home = UnitId(given.unit) or unit_id
    yield Person(kind="worker", person_id=name, registered_on=LONG_AGO)
    yield Membership(kind="worker_unit", person_id=name, group_id=home, from_on=LONG_AGO, until_on=None)
    if given.title:
        yield TitleHeld(worker_id=WorkerId(name), title=str(given.title), from_on=LONG_AGO)
    for gone in given.away:
        yield Absence(
            person_kind="worker",
            person_id=name,
            kind=str(gone.kind),
            from_at=moment(gone.start, zone),
            until_at=moment(gone.until, zone) if gone.until else None,
        )
