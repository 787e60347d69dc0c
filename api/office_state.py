"""A subject as it stands, for somebody who is to decide about it: what is believed of it, and the version to decide on.

Read from the log itself and not from a read model: what was just written is in it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from api.bootstrap import House
from api.log_look import LogLook
from api.office_call import etag_of
from api.rendering import Told
from api.whose import asks_nothing, people_in, people_named
from domain.access.reach import Reach
from domain.access.whose import Mention, Whose, named_in
from domain.client.errors import ClientUnknownError
from domain.client.history import ClientHistory
from domain.device.errors import DeviceUnknownError
from domain.device.history import DeviceHistory
from domain.errors import NotFoundError
from domain.event import DomainEvent, RecordedEvent, personal_fields
from domain.facts import Fact, IndirectTime, Shift
from domain.ids import VisitId
from domain.municipality import EditionAdopted
from domain.order.errors import OrderUnknownError
from domain.order.history import OrderHistory
from domain.period.history import PeriodHistory
from domain.ports import Erased, SealClass
from domain.presence import staff_minutes
from domain.supervision.errors import SupervisionUnknownError
from domain.visit.concerned import ClientVisit
from domain.visit.errors import VisitUnknownError
from domain.visit.facts import visit_facts
from domain.visit.history import VisitHistory
from domain.worker.errors import WorkerUnknownError
from domain.worker.history import WorkerHistory
from projections.fact_tables import FACT_TABLES
from projections.subjects import SUBJECT_KINDS

ERASED_WORD = "erased"
"""Stands where a personal value stood whose key is destroyed."""
LISTED_ELSEWHERE = (Shift, IndirectTime, EditionAdopted, ClientVisit)
"""A worker's years are the schedule's to show, rules are long, and a visit's clients stand in its other facts."""

State = dict[str, object]


@dataclass(frozen=True, slots=True)
class StateKind:
    """How one kind of subject is shown. `more` gives what no fact says, from its id and history."""

    unknown: type[NotFoundError] | None = None
    more: Callable[[str, Any], State] = lambda _id, _history: {}


def _visit(visit_id: str, history: VisitHistory) -> State:
    return {"minutes": staff_minutes(visit_facts(VisitId(visit_id), history))}


def _order(_: str, history: OrderHistory) -> State:
    suspended = next((pause.from_on for pause in history.pauses if pause.until_on is None), None)
    return {"suspended_from": suspended, "ended_on": history.ended_on}


def _client(_: str, history: ClientHistory) -> State:
    contacts = [{"worker_id": contact.value, "from_on": contact.from_on} for contact in history.care_contacts]
    held = history.protected
    return {"protection": held.level_said, "named_staff": held.named, "care_contacts": contacts}


def _worker(_: str, history: WorkerHistory) -> State:
    return {"licensed_titles": [{"title": held.title, "from_on": held.from_on} for held in history.titles]}


def _device(_: str, history: DeviceHistory) -> State:
    return {
        "registered": history.registered,
        "revoked": history.revoked,
        "unit_id": history.unit_id,
        "worker_id": history.worker_id,
    }


def _period(_: str, history: PeriodHistory) -> State:
    return {"state": history.state, "statements": history.digests, "booked": history.booked}


STATE_KINDS: Mapping[str, StateKind] = MappingProxyType(
    {
        "visit": StateKind(VisitUnknownError, _visit),
        "order": StateKind(OrderUnknownError, _order),
        "client": StateKind(ClientUnknownError, _client),
        "worker": StateKind(WorkerUnknownError, _worker),
        "device": StateKind(DeviceUnknownError, _device),
        "organisation": StateKind(),
        "supervision": StateKind(SupervisionUnknownError),
        "period": StateKind(more=_period),
    }
)


def current(house: House, kind: str, subject_id: str, reach: Reach, *, with_person: bool = False) -> Told:
    """Answer with the subject as it stands, complete through `position`, and its version as ETag.

    `with_person` opens what says who it is. Raises the kind's own `NotFoundError`, also for what lies outside `reach`.
    """
    head, _ = house.log.head()
    look = LogLook(house, head)
    look.require(reach, kind, subject_id)
    recorded = house.codec.decode_rows(look.rows(kind, subject_id))
    shown = STATE_KINDS[kind]
    if not recorded and shown.unknown is not None:
        raise shown.unknown
    version = recorded[-1].event.originator_version if recorded else 0
    state: State = {"id": subject_id, "version": version, "position": head}
    more, facts = _believed(kind, subject_id, recorded)
    state |= more
    named = {(kind, subject_id), *named_in((state, facts))}
    state["facts"] = _by_class(facts)
    if with_person:
        state["person"] = _opened(house, (each.event for each in recorded))
    headers = {"ETag": etag_of(version), "Cache-Control": "no-store"}
    return Told(msgspec.json.encode(state), whose=_whose(house, kind, subject_id, named), headers=headers)


def _whose(house: House, kind: str, subject_id: str, named: set[Mention]) -> Whose:
    """Whose the state is. A visit's and an order's own clients are in their facts, and are looked up nowhere."""
    if kind in {"visit", "order"}:
        named.discard((kind, subject_id))
    if asks_nothing(named):
        return people_named(named)
    with house.read_database.connect() as db:
        return people_in(db, named)


def _believed(kind: str, subject_id: str, recorded: Iterable[RecordedEvent]) -> tuple[State, list[Fact]]:
    subject = SUBJECT_KINDS[kind]
    history = subject.history()
    for each in recorded:
        subject.evolve(history, each)
    return STATE_KINDS[kind].more(subject_id, history), list(subject.facts(subject_id, history))


def _by_class(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Group facts under the names that their tables have, but for those that are listed elsewhere."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        if isinstance(fact, LISTED_ELSEWHERE):
            continue
        groups.setdefault(FACT_TABLES[type(fact)].table.name, []).append(fact)
    return groups


def _opened(house: House, events: Iterable[DomainEvent]) -> dict[str, str]:
    """Open the identity of the stream's own person, each field as last stated."""
    last_stated: dict[str, DomainEvent] = {}
    for event in events:
        for name, mark in personal_fields(type(event)).items():
            own = mark.person == "subject" and mark.seal_class is SealClass.IDENTITY
            if own and getattr(event, name) is not None:
                last_stated[name] = event
    return {name: _open(house, event, name) for name, event in last_stated.items()}


def _open(house: House, event: DomainEvent, name: str) -> str:
    clear = house.sealing.open(getattr(event, name), place=event.place_of(name))
    return ERASED_WORD if isinstance(clear, Erased) else clear
