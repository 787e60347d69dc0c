"""One worker's stay at one home: how it went, and what the phone is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from api.demo import payloads
from api.demo.chance import drawn, happens
from api.demo.mistakes import Mistake, moved
from api.demo.outcomes import NOTE_SHARE, NOTES, Done, Outcome
from api.demo.people import DemoClient, DemoWorker
from api.demo.phone import Json, Phone
from api.demo.units import DemoUnit
from domain.ids import FactId, VisitId
from domain.values import NotPerformedReason, VisitKind

NOT_PERFORMED = frozenset({Outcome.DECLINED, Outcome.NOBODY_HOME})
SILENT_ON_ARRIVAL = frozenset({Outcome.FORGOT_ARRIVAL, Outcome.FORGOT_BOTH})
SILENT_ON_LEAVING = frozenset({Outcome.FORGOT_DEPARTURE, Outcome.FORGOT_BOTH})
BETWEEN_TAPS = timedelta(seconds=7)


@dataclass(slots=True, kw_only=True)
class Attended:
    """What happened, and when. `registered_until` is when the worker says that they left, which may be long after."""

    visit_id: VisitId
    unit: DemoUnit
    day: date
    worker: DemoWorker
    clients: tuple[DemoClient, ...]
    kind: VisitKind | None
    outcome: Outcome
    done: list[Done]
    arrived_at: datetime
    left_at: datetime
    registered_until: datetime
    neighbour: DemoClient
    failed_because: NotPerformedReason = NotPerformedReason.NOBODY_HOME
    arrival_id: FactId | None = field(default=None, init=False)
    same_phone: bool = field(default=True, init=False)
    """Whether the phone that is used on leaving knows of the arrival."""

    @property
    def named(self) -> tuple[DemoClient, ...]:
        """Whom the phone names."""
        return (self.neighbour,) if self.outcome is Outcome.WRONG_CLIENT else self.clients

    @property
    def mistake(self) -> Mistake:
        """How it really was, as the worker tells it."""
        return Mistake(
            what=self.outcome,
            visit_id=self.visit_id,
            worker_id=self.worker.worker_id,
            client_ids=tuple(client.client_id for client in self.clients),
            services=tuple(done.service for done in self.done if done.performed),
            arrived_at=self.arrived_at,
            departed_at=self.left_at,
        )

    def register_arrival(self, phone: Phone, chance: Random) -> None:
        """Check in, unless it is forgotten. At a closed door some check in and some do not."""
        if self.outcome in SILENT_ON_ARRIVAL or (self.outcome is Outcome.NOBODY_HOME and happens(chance, 0.5)):
            return
        payload = payloads.check_in(self.named, self.kind, chance)
        self.arrival_id = phone.record(self.arrived_at, "check_in", payload, self.visit_id)

    def register_departure(self, phone: Phone, chance: Random) -> None:
        """Say what was done, then check out."""
        if self.outcome is Outcome.FORGOT_BOTH:
            return
        at = self.registered_until
        if self.outcome in NOT_PERFORMED:
            reason = NotPerformedReason.DECLINED if self.outcome is Outcome.DECLINED else self.failed_because
            payload = payloads.not_performed(self.named, reason)
            phone.record(at - BETWEEN_TAPS, "not_performed", payload, self.visit_id)
        else:
            self._register_services(phone, chance)
        checks_out = self.arrival_id or self.outcome is not Outcome.NOBODY_HOME
        if checks_out and self.outcome not in SILENT_ON_LEAVING:
            arrival_id = self.arrival_id if self.same_phone else None
            phone.record(at, "check_out", payloads.check_out(self.named, arrival_id, chance), self.visit_id)

    def _register_services(self, phone: Phone, chance: Random) -> None:
        taps = list(self._taps(chance))
        for number, (kind, payload) in enumerate(taps):
            at = self.registered_until - (len(taps) - number) * BETWEEN_TAPS
            phone.record(max(at, self.arrived_at), kind, payload, self.visit_id)

    def _taps(self, chance: Random) -> Iterator[tuple[str, dict[str, Json]]]:
        if self.outcome is not Outcome.NO_SERVICE:
            yield from (payloads.service(each) for each in self._named_services())
        if happens(chance, NOTE_SHARE):
            yield "note", {"text": chance.choice(NOTES), "client_id": self.named[0].client_id}

    def _named_services(self) -> list[Done]:
        if self.outcome is not Outcome.WRONG_CLIENT:
            return self.done
        return [Done(moved(each.service, self.neighbour.client_id), each.performed) for each in self.done]


def possible(outcome: Outcome, clients: tuple[DemoClient, ...], neighbour: DemoClient) -> Outcome:
    """The outcome, or plain success where it cannot be: a couple is not mistaken for a neighbour."""
    has_neighbour = len(clients) == 1 and neighbour is not clients[0]
    return Outcome.DONE if outcome is Outcome.WRONG_CLIENT and not has_neighbour else outcome


def length_of(minutes: int, pace: float, chance: Random) -> timedelta:
    """How long a stay takes that is planned with so many minutes: at least two."""
    return timedelta(seconds=round(max(120.0, minutes * 60 * pace * chance.gauss(1, 0.11))))


def reason_for(is_away: bool, chance: Random) -> NotPerformedReason:
    """What the worker learns at a closed door."""
    away = [(NotPerformedReason.HOSPITAL, 2), (NotPerformedReason.NOBODY_HOME, 1)]
    home = [(NotPerformedReason.NOBODY_HOME, 3), (NotPerformedReason.CLIENT_AWAY, 1)]
    return drawn(chance, away if is_away else home)
