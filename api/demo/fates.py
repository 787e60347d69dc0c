"""What befalls people around the demo month: needs that change before the order does, stays in hospital, loans of workers."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

import msgspec

from api.demo.chance import Chance, drawn, happens
from api.demo.ordered import OrderRevision
from api.demo.people import DemoClient, DemoWorker
from api.demo.scope import Scope
from api.demo.stories import Loan, NeedStory, Stay
from api.demo.units import DemoUnit
from api.demo.wall_time import instant
from domain.client.values import ClientAbsenceKind
from domain.order.events import ServiceLine
from domain.order.values import NeedDirection

FALLEN, RISEN, STAYS, LOANS = 8, 5, 16, 6
"""[A] Of 282 clients: needs that fell or rose, stays away from home; loans of a worker."""
DAY_WORKERS = 63
"""In a municipality of that size."""
ANSWERED_LATE, NOT_ANSWERED = 0, 1
FALLEN_PACE, RISEN_PACE = 0.62, 1.35


def needs_of(scope: Scope, clients: Sequence[DemoClient], chance: Chance) -> tuple[NeedStory, ...]:
    """Clients whose need changed. Of those whose need fell, the first gets a changed order late in the month, and the
    second none at all, though the office was told."""
    drawing = chance.of("changed needs")
    daily = [client for client in clients if client.visits_a_day and client.household_id is None]
    drawing.shuffle(daily)
    fallen, risen = max(1, scope.portion(FALLEN)), max(1, scope.portion(RISEN))
    stories = [_fallen(client, scope, chance, number) for number, client in enumerate(daily[:fallen])]
    return (*stories, *(_risen(client, scope, chance) for client in daily[fallen : fallen + risen]))


def _fallen(client: DemoClient, scope: Scope, chance: Chance, number: int) -> NeedStory:
    drawing = chance.of("fallen need", client.client_id)
    noticed_on = max(scope.first_on - timedelta(days=drawing.randint(3, 18)), client.registered_on)
    told = number in (ANSWERED_LATE, NOT_ANSWERED) or happens(drawing, 0.7)
    changed = told and number != NOT_ANSWERED and (number == ANSWERED_LATE or happens(drawing, 0.6))
    on = scope.first_on + timedelta(days=min(drawing.randint(18, 27), (scope.until_on - scope.first_on).days - 2))
    lines = tuple(_shorter(line) for line in client.sol_order.lines)
    return NeedStory(
        client_id=client.client_id,
        direction=NeedDirection.DECREASED,
        noticed_on=noticed_on,
        reported_at=instant(noticed_on + timedelta(days=2), 14 * 60 + drawing.randint(0, 120)) if told else None,
        pace=FALLEN_PACE,
        revision=_revision(on, on + timedelta(days=1), lines, drawing) if changed else None,
    )


def _risen(client: DemoClient, scope: Scope, chance: Chance) -> NeedStory:
    drawing = chance.of("risen need", client.client_id)
    length = (scope.until_on - scope.first_on).days
    noticed_on = scope.first_on + timedelta(days=drawing.randint(0, max(0, length // 3)))
    told = happens(drawing, 0.8)
    on = noticed_on + timedelta(days=drawing.randint(4, 8))
    lines = tuple(_longer(line) for line in client.sol_order.lines)
    return NeedStory(
        client_id=client.client_id,
        direction=NeedDirection.INCREASED,
        noticed_on=noticed_on,
        reported_at=instant(noticed_on + timedelta(days=1), 15 * 60 + drawing.randint(0, 90)) if told else None,
        pace=RISEN_PACE,
        revision=_revision(on, noticed_on, lines, drawing) if told and on < scope.until_on else None,
    )


def _revision(on: date, effective_from: date, lines: tuple[ServiceLine, ...], chance: Random) -> OrderRevision:
    decided_at = instant(on, 10 * 60 + chance.randint(0, 300))
    return OrderRevision(decided_at=decided_at, effective_from=effective_from, lines=lines)


def _shorter(line: ServiceLine) -> ServiceLine:
    return _of_length(line, 0.65)


def _longer(line: ServiceLine) -> ServiceLine:
    return _of_length(line, 1.35)


def _of_length(line: ServiceLine, factor: float) -> ServiceLine:
    """The line with other minutes, in steps of five; daily help is what changes."""
    if line.ordered_minutes is None or line.frequency != "daily":
        return line
    minutes = max(5, 5 * round(line.ordered_minutes * factor / 5))
    return msgspec.structs.replace(line, granted_minutes=minutes, ordered_minutes=minutes)


def stays_of(scope: Scope, clients: Sequence[DemoClient], chance: Chance) -> tuple[Stay, ...]:
    """Stays away from home. An unplanned one is learned of when somebody has stood at the door."""
    drawing = chance.of("stays")
    single = [client for client in clients if client.visits_a_day and client.household_id is None]
    length = (scope.until_on - scope.first_on).days
    return tuple(
        _stay(client, scope.first_on + timedelta(days=drawing.randrange(length)), chance)
        for client in drawing.sample(single, min(len(single), max(1, scope.portion(STAYS))))
    )


def _stay(client: DemoClient, on: date, chance: Chance) -> Stay:
    drawing = chance.of("stay", client.client_id)
    kind = drawn(
        drawing,
        [
            (ClientAbsenceKind.HOSPITAL_UNPLANNED, 6),
            (ClientAbsenceKind.HOSPITAL_PLANNED, 2),
            (ClientAbsenceKind.SHORT_TERM_STAY, 2),
            (ClientAbsenceKind.TRAVEL, 1),
        ],
    )
    from_at = instant(on, drawing.randint(6 * 60, 19 * 60))
    unplanned = kind is ClientAbsenceKind.HOSPITAL_UNPLANNED
    known_at = (
        from_at + timedelta(hours=drawing.randint(2, 20)) if unplanned else instant(on - timedelta(days=1), 15 * 60)
    )
    until_at = instant(on + timedelta(days=drawing.randint(2, 9)), drawing.randint(10 * 60, 15 * 60))
    return Stay(client_id=client.client_id, kind=kind, from_at=from_at, known_at=known_at, until_at=until_at)


def loans_of(
    scope: Scope, units: Sequence[DemoUnit], workers: Sequence[DemoWorker], chance: Chance
) -> tuple[Loan, ...]:
    """Day workers lent to another group for some days: the groups help each other across their borders ([S:SEED3])."""
    return tuple(_loans(scope, units, workers, chance.of("loans")))


def _loans(scope: Scope, units: Sequence[DemoUnit], workers: Sequence[DemoWorker], chance: Random) -> Iterator[Loan]:
    """Never across providers."""
    length = (scope.until_on - scope.first_on).days
    sisters = {unit.unit_id: [other for other in units if _are_sisters(unit, other)] for unit in units}
    by_day = [worker for worker in workers if not worker.is_night and sisters[worker.unit.unit_id]]
    for worker in chance.sample(by_day, max(1, round(LOANS * len(by_day) / DAY_WORKERS))):
        from_on = scope.first_on + timedelta(days=chance.randrange(length))
        until_on = from_on + timedelta(days=chance.randint(3, 7))
        unit = chance.choice(sisters[worker.unit.unit_id])
        yield Loan(worker_id=worker.worker_id, unit=unit, from_on=from_on, until_on=until_on)


def _are_sisters(unit: DemoUnit, other: DemoUnit) -> bool:
    return unit != other and unit.provider_id == other.provider_id
