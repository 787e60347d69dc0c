"""After any commands, an aggregate loaded from the stored form of its events equals the live one, and so do its facts."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, note, settings

from domain.admission.aggregate import Admission
from domain.aggregate import NOT_YET_STORED, Aggregate
from domain.client.aggregate import Client
from domain.client.facts import client_facts
from domain.device.aggregate import Device
from domain.device.facts import device_facts
from domain.errors import DomainError
from domain.event import DomainEvent, FactStamp
from domain.exception.aggregate import Acknowledgements
from domain.exception.facts import exception_facts
from domain.facts import Fact, VisitFacts
from domain.ids import ClientId, DeviceId, FactId, OrderId, VisitId, WorkerId
from domain.order.aggregate import Order
from domain.order.facts import order_facts
from domain.organisation.aggregate import Organisation
from domain.organisation.facts import organisation_facts
from domain.period.aggregate import Period
from domain.period.facts import period_facts
from domain.person.aggregate import Person
from domain.supervision.aggregate import Supervision
from domain.supervision.facts import supervision_facts
from domain.topics import EVENT_CLASSES
from domain.visit.aggregate import Visit
from domain.visit.facts import visit_facts
from domain.worker.aggregate import Worker
from domain.worker.facts import worker_facts
from tests.domain import any_commands
from tests.domain.repertoire import Call, Repertoire
from tests.scenario import ReadableSealer

SUBJECT = "subject-1"
OFTEN = settings(deadline=None, max_examples=25)


class Kind(NamedTuple):
    """An aggregate with what may be done to it and what is believed of it."""

    aggregate_class: type[Aggregate[Any]]
    repertoire: Repertoire
    facts: Callable[[Any], Iterable[Fact]]


def facts_of_visit(facts: VisitFacts) -> list[Fact]:
    planned = [facts.planned] if facts.planned else []
    return [*planned, *facts.attendances, *facts.services, *facts.failures, *facts.approvals]


KINDS = [
    Kind(Visit, any_commands.VISIT, lambda history: facts_of_visit(visit_facts(VisitId(SUBJECT), history))),
    Kind(Order, any_commands.ORDER, lambda history: order_facts(OrderId(SUBJECT), history)),
    Kind(Client, any_commands.CLIENT, lambda history: client_facts(ClientId(SUBJECT), history)),
    Kind(Worker, any_commands.WORKER, lambda history: worker_facts(WorkerId(SUBJECT), history)),
    Kind(Device, any_commands.DEVICE, lambda history: device_facts(DeviceId(SUBJECT), history)),
    Kind(Organisation, any_commands.ORGANISATION, organisation_facts),
    Kind(Acknowledgements, any_commands.EXCEPTION, lambda history: exception_facts(SUBJECT, history)),
    Kind(Period, any_commands.PERIOD, period_facts),
    Kind(Supervision, any_commands.SUPERVISION, lambda history: supervision_facts(SUBJECT, history)),
    Kind(Admission, any_commands.ADMISSION, lambda _: ()),
    Kind(Person, any_commands.PERSON, lambda _: ()),
]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.aggregate_class.__name__ for kind in KINDS])


def empty(kind: Kind) -> Any:
    return kind.aggregate_class(SUBJECT, sealer=ReadableSealer(), actor="coordinator/eva")


def live(kind: Kind, calls: Iterable[Call]) -> tuple[Any, list[DomainEvent]]:
    """Make the calls, each under a fact id of its own; a refusal leaves nothing."""
    aggregate, events = empty(kind), list[DomainEvent]()
    for number, call in enumerate(calls):
        aggregate.act(actor=call.actor, stamp=FactStamp(id=FactId(f"fact-{number}"), digest=""))
        with suppress(DomainError):
            call.on(aggregate)
        decided = aggregate.collect_events()
        events += decided
        note(f"{call.method} {call.arguments}: {[event.TOPIC for event in decided]}")
    return aggregate, events


@every_kind
def test_the_reloaded_aggregate_equals_the_live_one(kind: Kind) -> None:
    @OFTEN
    @given(kind.repertoire.stories())
    def after(calls: list[Call]) -> None:
        aggregate, events = live(kind, calls)
        reloaded = empty(kind)
        for event in events:
            stored = msgspec.json.encode(event)
            reloaded.evolve(msgspec.json.decode(stored, type=type(event)), position=NOT_YET_STORED)
        assert reloaded.version == aggregate.version == len(events)
        assert reloaded.history == aggregate.history
        assert list(kind.facts(reloaded.history)) == list(kind.facts(aggregate.history))

    after()


@every_kind
def test_what_is_remembered_does_not_depend_on_where_its_events_stand(kind: Kind) -> None:
    @OFTEN
    @given(kind.repertoire.stories())
    def after(calls: list[Call]) -> None:
        aggregate, events = live(kind, calls)
        reloaded = empty(kind)
        for position, event in enumerate(events, start=100):
            reloaded.evolve(event, position=position)
        assert reloaded.history == aggregate.history

    if kind.aggregate_class.REMEMBERED:
        after()
    else:
        assert kind.aggregate_class is Visit


@every_kind
def test_a_history_stored_beside_a_read_model_reads_back_as_it_was(kind: Kind) -> None:
    @OFTEN
    @given(kind.repertoire.stories())
    def after(calls: list[Call]) -> None:
        history = live(kind, calls)[0].history
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(history), type=type(history)) == history
        assert msgspec.json.decode(msgspec.json.encode(history), type=type(history)) == history

    after()


@every_kind
def test_no_two_facts_of_a_subject_have_the_same_key(kind: Kind) -> None:
    @OFTEN
    @given(kind.repertoire.stories())
    def after(calls: list[Call]) -> None:
        found = kind.facts(live(kind, calls)[0].history)
        keys = Counter((type(fact), *(getattr(fact, name) for name in fact.KEY)) for fact in found)
        assert [key for key, times in keys.items() if times > 1] == []

    after()


@every_kind
def test_the_stories_come_to_every_kind_of_event(kind: Kind) -> None:
    wanted = {each for each in EVENT_CLASSES if each.TOPIC.startswith(f"{kind.aggregate_class.KIND}.")}
    seen = set[type[DomainEvent]]()

    @settings(derandomize=True, deadline=None)
    @given(kind.repertoire.stories())
    def after(calls: list[Call]) -> None:
        seen.update(map(type, live(kind, calls)[1]))

    after()
    assert seen == wanted
