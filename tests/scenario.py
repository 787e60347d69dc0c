"""given(facts).when(command).then(facts): a decision's test in the decision's own words.

    order = Scenario(Order, "order-1")
    order.given(PLACED).when(lambda order: order.suspend(...)).then(fact(OrderSuspended, ...))

Facts are said without their place: the scenario numbers them, seals their personal fields and compares them in full.
Stored facts stand at log positions 1, 2, 3...
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec

from domain.aggregate import Aggregate
from domain.errors import DomainError
from domain.event import DomainEvent, FactStamp
from domain.ids import PersonId
from domain.ports import SealClass, Sealed

A = TypeVar("A", bound=Aggregate[Any])
COORDINATOR = "coordinator/eva"
history_of = attrgetter("history")
"""What a subject's decisions look at."""


class ReadableSealer:
    """Seals nothing: shows whose key, which class and which place a field would have been sealed for."""

    def seal(self, clear: str, *, person_id: PersonId, seal_class: SealClass, place: str) -> Sealed:
        """Write everything down side by side."""
        return Sealed(f"{seal_class} of {person_id} at {place}: {clear}")


@dataclass(frozen=True)
class Told:
    """A fact without its place in a stream. Personal fields are in clear."""

    event_class: type[DomainEvent]
    fields: dict[str, Any]
    actor: str
    stamp: FactStamp | None


def fact(
    event_class: type[DomainEvent], *, actor: str = COORDINATOR, stamp: FactStamp | None = None, **fields: object
) -> Told:
    """Tell a fact: what happened, and who said so."""
    return Told(event_class, fields, actor, stamp)


class Scenario(Generic[A]):
    """One subject, about which stories are told."""

    def __init__(self, aggregate_class: type[A], subject_id: str) -> None:
        self._aggregate_class, self._subject_id = aggregate_class, subject_id

    def given(self, *told: Told) -> "Given[A]":
        """What is in the ledger already."""
        return Given(self, [self.event(number, each) for number, each in enumerate(told, start=1)])

    def load(self, events: Sequence[DomainEvent]) -> A:
        """The aggregate after these events."""
        aggregate = self._aggregate_class(self._subject_id, sealer=ReadableSealer(), actor=COORDINATOR)
        for position, event in enumerate(events, start=1):
            aggregate.evolve(event, position=position)
        return aggregate

    def event(self, version: int, told: Told) -> DomainEvent:
        """The fact as an event of the stream, as the aggregate itself would make it."""
        maker = self._aggregate_class(self._subject_id, sealer=ReadableSealer(), actor=told.actor, stamp=told.stamp)
        maker.version = version - 1
        maker.record(told.event_class, **told.fields)
        event: DomainEvent = maker.collect_events()[0]
        return event


class Given(Generic[A]):
    """A subject with its past."""

    def __init__(self, scenario: Scenario[A], events: Sequence[DomainEvent]) -> None:
        self._scenario, self._events = scenario, events
        self.aggregate = scenario.load(events)

    def by(self, actor: str, stamp: FactStamp | None = None) -> "Given[A]":
        """Say who decides, and under which fact id."""
        self.aggregate.act(actor=actor, stamp=stamp)
        return self

    def when(self, command: Callable[[A], None]) -> "Outcome[A]":
        """Let somebody decide."""
        refusal: DomainError | None = None
        try:
            command(self.aggregate)
        except DomainError as error:
            refusal = error
        return Outcome(self._scenario, self._events, self.aggregate, refusal)


class Outcome(Generic[A]):
    """What came of it."""

    def __init__(
        self, scenario: Scenario[A], before: Sequence[DomainEvent], aggregate: A, refusal: DomainError | None
    ) -> None:
        self._scenario, self._before, self._refusal = scenario, before, refusal
        self._aggregate = aggregate
        self._added = aggregate.collect_events()

    def then(self, *expected: Told) -> None:
        """Exactly these facts were added, each in full; and they read back from their stored form as they were."""
        assert self._refusal is None, f"refused: {self._refusal}"
        first = len(self._before) + 1
        assert self._added == [self._scenario.event(first + number, told) for number, told in enumerate(expected)]
        for event in self._added:
            assert msgspec.json.decode(msgspec.json.encode(event), type=type(event)) == event

    def then_nothing(self) -> None:
        """Nothing was added, and nobody was refused."""
        self.then()

    def then_refused(self, error: type[DomainError]) -> None:
        """The rule said no, and left the subject as it was."""
        assert type(self._refusal) is error, f"not refused by {error.__name__} but by {self._refusal!r}"
        assert self._added == []
        assert history_of(self._aggregate) == history_of(self._scenario.load(self._before))
