"""One group of commands, decided in one transaction: each on the state that the previous ones left.

A refused command leaves nothing and harms no one. A fact id counts once, also inside the group.
"""

from binascii import a2b_base64
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec.structs import replace

from domain.aggregate import NOT_YET_STORED
from domain.command import A, Accepted, Command, IdConflict, Known, Outcome, Quarantined, Refused, Unusable, Wish
from domain.device.aggregate import Device
from domain.errors import DomainError
from domain.event import DomainEvent, FactStamp, RecordedEvent
from domain.ids import FactId, StreamId, WorkerId, stream_of
from domain.log import FactRow, LedgerTransaction, NewFact, NewQuarantine, NewRow, NewStatement, StoredRow
from domain.person.aggregate import Person
from domain.ports import Sealer
from domain.remembered import AnyAggregate, Remembered

Finish = Callable[[Sequence[int]], Outcome]
"""Says what came of a wish once the positions of the appended events are known."""


class Codec(Protocol):
    """Events to stored rows and back."""

    def encode(self, event: DomainEvent) -> tuple[str, bytes]:
        """The stored topic and state."""
        ...

    def decode_rows(self, rows: Sequence[StoredRow]) -> list[RecordedEvent]:
        """Typed events, older versions brought up to date."""
        ...


class Group:
    """Decides the commands of one transaction. Use once: `decide`, then `append`, which gives the outcomes; and once the
    transaction is committed, `remember`."""

    def __init__(
        self, log: LedgerTransaction, codec: Codec, sealer: Sealer, remembered: Remembered | None = None
    ) -> None:
        self._log, self._codec, self._sealer = log, codec, sealer
        self._remembered = remembered or Remembered()
        self._log_end = 0
        self._aggregates: dict[StreamId, AnyAggregate] = {}
        self._events: list[DomainEvent] = []
        self._positions: Sequence[int] = ()
        self._facts: dict[str, NewFact] = {}
        self._quarantine: list[NewQuarantine] = []
        self._statements: list[NewStatement] = []
        self._known: dict[str, FactRow] = {}
        self._finish: list[Finish] = []

    def decide(self, wishes: Sequence[Wish]) -> None:
        """Look up all fact ids and load each touched stream that is not remembered, then let every command decide in turn."""
        commands = [wish for wish in wishes if isinstance(wish, Command)]
        self._known = self._log.known_facts([command.stamp.id for command in commands if command.stamp])
        self._log_end = self._log.last_stored()
        self._load(self._wanted(wishes))
        for wish in wishes:
            self._finish.append(self._decide_one(wish) if isinstance(wish, Command) else self._keep(wish))

    def append(self) -> list[Outcome]:
        """Append what was decided, in the same transaction, and tell each command what came of it."""
        if self._statements:
            self._log.keep(self._statements)
        if self._events or self._quarantine:
            rows = [
                NewRow(event.originator_id, event.originator_version, *self._codec.encode(event))
                for event in self._events
            ]
            facts, quarantine = tuple(self._facts.values()), tuple(self._quarantine)
            self._positions = self._log.append(rows, facts, quarantine).positions
        return [finish(self._positions) for finish in self._finish]

    def remember(self) -> None:
        """Keep what was touched, as it is stored now, for the groups to come."""
        for event, position in zip(self._events, self._positions, strict=True):
            self._aggregates[event.originator_id].position = position
        self._remembered.keep(self._aggregates.values(), appended=len(self._positions))

    def _wanted(self, wishes: Iterable[Wish]) -> dict[StreamId, tuple[type[AnyAggregate], str]]:
        wanted: dict[StreamId, tuple[type[AnyAggregate], str]] = {}
        for wish in wishes:
            for device_id in _senders(wish):
                wanted[stream_of(Device.KIND, device_id)] = (Device, device_id)
            if isinstance(wish, Command):
                for kind, subject_id in ((wish.aggregate, wish.subject_id), *wish.reads):
                    wanted[stream_of(kind.KIND, subject_id)] = (kind, subject_id)
                if wish.text_of:
                    wanted[stream_of(Person.KIND, wish.text_of)] = (Person, wish.text_of)
        return wanted

    def _load(self, wanted: dict[StreamId, tuple[type[AnyAggregate], str]]) -> None:
        self._aggregates |= self._remembered.take(wanted, log_end=self._log_end)
        missing = [stream for stream in wanted if stream not in self._aggregates]
        rows = self._log.streams(missing)
        for stream in missing:
            self._aggregates[stream] = self._restore(*wanted[stream], rows[stream])

    def _look(self, aggregate: type[A], subject_id: str) -> A:
        """Show another subject, and load it if nobody has yet."""
        stream = stream_of(aggregate.KIND, subject_id)
        if stream not in self._aggregates:
            self._load({stream: (aggregate, subject_id)})
        found = self._aggregates[stream]
        assert isinstance(found, aggregate)
        return found

    def _restore(self, kind: type[AnyAggregate], subject_id: str, stored: Sequence[StoredRow]) -> AnyAggregate:
        aggregate = kind(subject_id, sealer=self._sealer)
        for recorded in self._codec.decode_rows(kind.needed(stored)):
            aggregate.evolve(recorded.event, position=recorded.position)
        return aggregate

    def _decide_one(self, command: Command) -> Finish:
        repeated = self._repeated(command)
        if repeated is not None:
            return repeated
        if command.evidence is not None and any(self._device(sender).revoked for sender in _senders(command)):
            return self._keep(replace(command.evidence(), reason="device_revoked"))
        if command.evidence is not None and command.text_of and self._look(Person, command.text_of).history.erasures:
            return self._keep(replace(command.evidence(), reason="person_erased"))
        aggregate = self._aggregates[command.stream]
        aggregate.act(actor=command.actor, stamp=command.stamp)
        read = [self._aggregates[stream_of(kind.KIND, subject)] for kind, subject in command.reads]
        try:
            aggregate.expect_version(command.expected_version)
            if command.guard is not None:
                command.guard(self._look, aggregate)
            command.decide(aggregate, *read)
        except DomainError as error:
            self._forget(command, aggregate)
            return _always(Refused(error))
        return self._take(command, aggregate)

    def _take(self, command: Command, aggregate: AnyAggregate) -> Finish:
        decided = aggregate.collect_events()
        version, position = aggregate.version, aggregate.position
        if not decided:
            return _always(Accepted(position, version, changed=False))
        self._events += decided
        self._statements += command.statements
        last = len(self._events) - 1
        if command.stamp:
            stamp = command.stamp
            self._facts[stamp.id] = NewFact(stamp.id, stamp.device_id, a2b_base64(stamp.digest), last)
        return lambda positions: Accepted(positions[last], version)

    def _forget(self, command: Command, aggregate: AnyAggregate) -> None:
        """Undo what a refused command may have recorded before it was refused."""
        if not aggregate.collect_events():
            return
        stream = command.stream
        fresh = self._restore(command.aggregate, command.subject_id, self._log.streams([stream])[stream])
        for event in self._events:
            if event.originator_id == stream:
                fresh.evolve(event, position=NOT_YET_STORED)
        self._aggregates[stream] = fresh

    def _repeated(self, command: Command) -> Finish | None:
        """None when the fact id is new."""
        stamp = command.stamp
        if stamp is None:
            return None
        if (row := self._known.get(stamp.id)) is not None:
            if _is_same(row, stamp):
                return _always(Known(row.position))
            self._keep_conflict(command)
            return _always(IdConflict(row.position))
        if (new := self._facts.get(stamp.id)) is not None:
            if _is_same(new, stamp):
                return lambda positions: Known(positions[new.event_index])
            self._keep_conflict(command)
            return lambda positions: IdConflict(positions[new.event_index])
        return None

    def _keep_conflict(self, command: Command) -> None:
        if command.evidence is not None:
            self._keep(replace(command.evidence(), reason="id_conflict"))

    def _keep(self, unusable: Unusable) -> Finish:
        """Keep the bytes and say so on the device's stream: once, however often they are sent."""
        device = self._device(unusable.device_id)
        if not device.holds(unusable.evidence_id):
            device.act(actor=unusable.actor, stamp=None)
            device.quarantine(
                fact_id=FactId(unusable.fact_id),
                reason=unusable.reason,
                quarantine_id=unusable.evidence_id,
                worker_id=WorkerId(unusable.worker_id),
            )
            self._events += device.collect_events()
            self._quarantine.append(
                NewQuarantine(
                    unusable.evidence_id, unusable.device_id, unusable.reason, unusable.sealed(), unusable.fact_id
                )
            )
        return _always(Quarantined(unusable.reason))

    def _device(self, device_id: str) -> Device:
        device = self._aggregates[stream_of(Device.KIND, device_id)]
        assert isinstance(device, Device)
        return device


def _senders(wish: Wish) -> tuple[str, ...]:
    """The device that a fact comes from, and the one that its sender's token is bound to; none for what the office decides."""
    if isinstance(wish, Unusable):
        return (wish.device_id,)
    if wish.evidence is None or wish.stamp is None:
        return ()
    return (wish.stamp.device_id, wish.bound_to) if wish.bound_to else (wish.stamp.device_id,)


def _is_same(taken: FactRow | NewFact, stamp: FactStamp) -> bool:
    return (taken.device_id, taken.digest) == (stamp.device_id, a2b_base64(stamp.digest))


def _always(outcome: Outcome) -> Finish:
    return lambda _positions: outcome
