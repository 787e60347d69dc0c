"""The care workers: so many a group that its shifts can be filled, each with a phone."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from api.demo.chance import Chance, happens
from api.demo.names import MEN, SURNAMES, WOMEN, YOUNGER
from api.demo.people import DemoClient, DemoWorker
from api.demo.scope import Scope
from api.demo.units import DemoUnit
from domain.ids import DeviceId, UnitId, WorkerId
from domain.worker.values import LicensedTitle

VISITS_PER_WORKER = 6.9
"""[A] Planned visits a day for each day worker employed: about eleven for each one on duty ([S:SENIOR])."""
DAY_WORKERS_MIN = 4
NIGHT_WORKERS = 3
SERVICE_VISITS_A_DAY = 0.15
"""[A] On average, of clients without daily help."""
ASSISTANT_NURSE_SHARE = 0.68
"""[A] The others are care assistants."""


class Post(NamedTuple):
    """One employment to be filled."""

    unit: DemoUnit
    is_night: bool
    number: int


def workers_of(
    scope: Scope, units: tuple[DemoUnit, ...], clients: tuple[DemoClient, ...], chance: Chance
) -> tuple[DemoWorker, ...]:
    """Day and night workers of every group."""
    posts = [post for unit in units for post in _posts(unit, clients)]
    return tuple(_worker(post, f"{number:04}", scope, chance) for number, post in enumerate(posts, start=1))


def nurse_of(scope: Scope, units: tuple[DemoUnit, ...], chance: Chance) -> DemoWorker:
    """The nurse who delegates the health tasks."""
    nurse = _worker(Post(units[0], False, -1), "9001", scope, chance)
    return replace(nurse, titles=(LicensedTitle.NURSE,))


def spare_devices_of(units: tuple[DemoUnit, ...], chance: Chance) -> dict[UnitId, DeviceId]:
    """The phone that lies in each group's drawer."""
    return {unit.unit_id: DeviceId(chance.id_of("device", unit.word, "spare")) for unit in units}


def _posts(unit: DemoUnit, clients: tuple[DemoClient, ...]) -> list[Post]:
    served = (client for client in clients if client.unit == unit)
    visits = sum((client.visits_a_day or SERVICE_VISITS_A_DAY) * client.workers_needed for client in served)
    by_day = max(DAY_WORKERS_MIN, round(visits / VISITS_PER_WORKER))
    return [Post(unit, False, number) for number in range(by_day)] + [
        Post(unit, True, number) for number in range(NIGHT_WORKERS)
    ]


def _worker(post: Post, employee_number: str, scope: Scope, chance: Chance) -> DemoWorker:
    words = (post.unit.word, "night" if post.is_night else "day", post.number)
    drawing = chance.of("worker", *words)
    first_names = YOUNGER if happens(drawing, 0.6) else WOMEN if happens(drawing, 0.85) else MEN
    is_nurse = happens(drawing, ASSISTANT_NURSE_SHARE)
    return DemoWorker(
        worker_id=WorkerId(chance.id_of("worker", *words)),
        unit=post.unit,
        name=f"{drawing.choice(first_names)} {drawing.choice(SURNAMES)}",
        employee_number=f"DEMO-{employee_number}",
        titles=(LicensedTitle.ASSISTANT_NURSE,) if is_nurse else (),
        is_night=post.is_night,
        number=post.number,
        device_id=DeviceId(chance.id_of("device", *words)),
        registered_on=scope.first_on - timedelta(days=drawing.randint(60, 3_000)),
    )
