"""What phones send: visits as workers register them, an arrival at the home, a service, a departure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from typing import NamedTuple

import msgspec

from domain.client.aggregate import Client
from domain.client.details import Details
from domain.command import Command
from domain.ids import ClientId, ServiceCode, UnitId, WorkerId, derived_id
from domain.ledger import Ledger
from domain.values import PlannedService
from domain.visit.aggregate import Visit

PHONES = 16
CLIENTS = 12
"""Of each worker: a day's round."""
VISITS_A_DAY = 14
FACTS_OF_VISIT = 3
DAYS = 300
LEAVES_AFTER = 25
"""Minutes."""
SERVICES = ("MORNING", "SHOWER", "MEAL", "TIDY")
HOME = (62.7503, 15.4161)
NO_UNIT = UnitId("")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNPLANNED = 10
"""One visit in so many is not planned."""

Json = dict[str, object]


class Call(NamedTuple):
    """A visit as a worker's round has it."""

    visit_id: str
    client_id: str
    service: str
    arrival_id: str
    arrived_at: datetime


class Phone:
    """One worker's phone. Its ids follow from its number, so two runs send the same facts."""

    def __init__(self, number: int) -> None:
        self.worker_id = derived_id("bench", "worker", str(number))
        self.device_id = derived_id("bench", "device", str(number))
        self.client_ids = [derived_id("bench", "client", str(number), str(client)) for client in range(CLIENTS)]
        self._booted_at = datetime.now(UTC) - timedelta(days=DAYS + 30)
        self._facts = self._told()

    def sync(self, facts: int) -> bytes:
        """Give the body of a sync with the next facts."""
        now = datetime.now(UTC)
        envelope = {"protocol": 1, "device_id": self.device_id, "device_time": now.isoformat(), "queue_depth": facts}
        clock = {"monotonic_ms": self._monotonic_ms(now), "boot_id": "boot-1", "app_version": "4.2.0"}
        return msgspec.json.encode({**envelope, **clock, "facts": list(islice(self._facts, facts))})

    def _told(self) -> Iterator[Json]:
        """Everything that the worker will ever register, in order."""
        numbers = count(1)
        for call in self.round():
            for fact_type, minutes, payload in _visit(call):
                at = call.arrived_at + timedelta(minutes=minutes)
                fact_id = id_at(at, fact_type, call.arrival_id) if minutes else call.arrival_id
                seen = {"wall_time": at.isoformat(), "monotonic_ms": self._monotonic_ms(at), "boot_id": "boot-1"}
                named = {"id": fact_id, "seq": next(numbers), "type": fact_type, "visit_id": call.visit_id}
                yield {**named, **seen, "app_version": "4.2.0", "payload": payload}

    def round(self) -> Iterator[Call]:
        """Every visit that the worker will ever make, in order."""
        for visit in count():
            arrived_at = self._arrival(visit)
            yield Call(
                visit_id=id_at(arrived_at, "visit", self.device_id, str(visit)),
                client_id=self.client_ids[visit % CLIENTS],
                service=SERVICES[visit % len(SERVICES)],
                arrival_id=id_at(arrived_at, self.device_id, str(visit)),
                arrived_at=arrived_at,
            )

    def _arrival(self, visit: int) -> datetime:
        day, turn = divmod(visit, VISITS_A_DAY)
        return self._booted_at + timedelta(days=1 + day % DAYS, minutes=35 * turn)

    def _monotonic_ms(self, at: datetime) -> int:
        return (at - self._booted_at) // timedelta(milliseconds=1)


def phones(first: int = 0) -> list[Phone]:
    """Make the phones of a group, with all their visits before them. `first` is the number of its first one."""
    return [Phone(number) for number in range(first, first + PHONES)]


def register_clients(ledger: Ledger, group: Sequence[Phone], unit_id: UnitId = NO_UNIT) -> None:
    """Let the clients' homes be known, so that an arrival can be placed; and the unit that is responsible for them."""
    details = Details(home_position=f"{HOME[0]},{HOME[1]}")

    def register(client: Client) -> None:
        client.register(unit_id=unit_id, registered_on=date(2025, 1, 1), details=details)

    client_ids = [client_id for phone in group for client_id in phone.client_ids]
    ledger.decide(
        [
            Command(aggregate=Client, subject_id=client_id, decide=register, actor="coordinator/bench")
            for client_id in client_ids
        ]
    )


def plan_visits(ledger: Ledger, group: Sequence[Phone], unit_id: UnitId, visits: int) -> None:
    """Let the first visits of each be planned for their unit and given to their worker, as an office does: nine in ten."""
    for phone in group:
        ledger.decide(
            [
                Command(
                    aggregate=Visit,
                    subject_id=call.visit_id,
                    decide=_plan(call, phone.worker_id, unit_id),
                    actor="coordinator/bench",
                )
                for number, call in enumerate(islice(phone.round(), visits))
                if number % UNPLANNED
            ]
        )


def id_at(at: datetime, *parts: str) -> str:
    """An id as phones make them (UUIDv7, docs/field-sync.md): the instant in milliseconds, then what follows from the parts."""
    since = f"{(at - EPOCH) // timedelta(milliseconds=1):012x}"
    return f"{since[:8]}-{since[8:]}-7{derived_id('bench', *parts)[15:]}"


def _plan(call: Call, worker_id: str, unit_id: UnitId) -> Callable[[Visit], None]:
    client_id = ClientId(call.client_id)

    def plan(visit: Visit) -> None:
        visit.plan(
            client_ids=(client_id,),
            scheduled_start_at=call.arrived_at,
            scheduled_end_at=call.arrived_at + timedelta(minutes=LEAVES_AFTER),
            services=(PlannedService(ServiceCode(call.service), client_id, LEAVES_AFTER),),
            unit_id=unit_id,
        )
        visit.assign(worker_id=WorkerId(worker_id))

    return plan


def _visit(call: Call) -> list[tuple[str, int, Json]]:
    """Tell a visit: type, minutes after the arrival, and payload of each fact."""
    position = {"lat": HOME[0] + 0.0002, "lon": HOME[1], "accuracy_m": 12.5, "mock": False}
    return [
        ("check_in", 0, {"client_ids": [call.client_id], "position": position}),
        ("service_performed", 15, {"service_code": call.service, "client_id": call.client_id}),
        ("check_out", LEAVES_AFTER, {"arrival_id": call.arrival_id, "position": position}),
    ]
