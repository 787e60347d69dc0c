"""A worker's phone: it numbers what happens, keeps it until a sync is answered, and knows only its own clock.

A retry carries the same facts in a new batch, and the delay on the way is always the same: so which copy of a fact
comes first makes no difference to when the ledger believes that it happened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeAlias

import msgspec

from api.demo.chance import happens, phone_id
from api.demo.deliveries import Sync
from api.demo.people import DemoWorker
from api.demo.wall_time import wall_text
from domain.ids import DeviceId, FactId, VisitId

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
ON_THE_WAY = timedelta(milliseconds=300)
"""From the phone to the server."""
APP_VERSION = "2.14.0"
LOST_ANSWER_SHARE = 0.007
RESTARTED_SHARE = 0.2
"""[A] Answers that never arrive, and shifts before which the phone was started anew."""
NEWEST_FIRST_FROM = 9
"""Out of coverage for long, the app sends what is newest first."""
BATCH_MAX = 200
NO_ERROR = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What is wrong with a phone: a clock that is off, or no sync at all from a time on."""

    clock_error: timedelta = NO_ERROR
    silent_from: datetime | None = None


class Phone:
    """One phone through the whole month."""

    def __init__(self, device_id: DeviceId, chance: Random, flaw: Flaw) -> None:
        self.device_id, self._chance = device_id, chance
        self._clock_error, self._silent_from = flaw.clock_error, flaw.silent_from
        self.seq = 0
        self._queue: list[dict[str, Json]] = []
        self._boots = 0
        self._booted_at: datetime | None = None
        self._worker: DemoWorker | None = None

    def sign_in(self, worker: DemoWorker, at: datetime) -> None:
        """A worker takes the phone; now and then it has been started anew since."""
        self._worker = worker
        if self._booted_at is None or happens(self._chance, RESTARTED_SHARE):
            self.reboot(at - timedelta(minutes=self._chance.randint(1, 20)))

    def reboot(self, at: datetime) -> None:
        """The counter starts from nothing under a new name; the queue is still there."""
        self._boots, self._booted_at = self._boots + 1, at

    @property
    def shows_wrong_time(self) -> bool:
        """Whether its clock is off."""
        return self._clock_error != NO_ERROR

    def set_right(self) -> None:
        """Somebody notices the clock and corrects it."""
        self._clock_error = NO_ERROR

    def record(self, at: datetime, kind: str, payload: dict[str, Json], visit_id: VisitId | None = None) -> FactId:
        """Keep one fact until it is answered."""
        self.seq += 1
        wall = at + self._clock_error
        fact_id = phone_id(round(wall.timestamp() * 1000), self.device_id, self.seq)
        fact: dict[str, Json] = {
            "id": fact_id,
            "seq": self.seq,
            "type": kind,
            "wall_time": wall_text(wall),
            "monotonic_ms": self._monotonic_ms(at),
            "boot_id": self._boot_id(),
            "app_version": APP_VERSION,
            "payload": payload,
        }
        if visit_id is not None:
            fact["visit_id"] = visit_id
        self._queue.append(fact)
        return FactId(fact_id)

    def sync(self, at: datetime) -> Iterator[Sync]:
        """Send what is kept. When the answer is lost, the same facts go out once more a little later."""
        if not self._queue or (self._silent_from is not None and at >= self._silent_from):
            return
        batches = [self._queue[start : start + BATCH_MAX] for start in range(0, len(self._queue), BATCH_MAX)]
        if len(batches) == 1 and len(self._queue) >= NEWEST_FIRST_FROM:
            middle = len(self._queue) // 2
            batches = [self._queue[middle:], self._queue[:middle]]
        for number, facts in enumerate(batches):
            sent_at = at + timedelta(seconds=2 * number)
            yield self._batch(facts, sent_at)
            if happens(self._chance, LOST_ANSWER_SHARE):
                yield self._batch(facts, sent_at + timedelta(seconds=self._chance.randint(20, 75)))
        self._queue = []

    def _batch(self, facts: list[dict[str, Json]], at: datetime) -> Sync:
        assert self._worker is not None, "somebody signs in before anything is registered"
        body = {
            "protocol": 1,
            "device_id": self.device_id,
            "device_time": wall_text(at + self._clock_error),
            "monotonic_ms": self._monotonic_ms(at),
            "boot_id": self._boot_id(),
            "queue_depth": len(self._queue) - len(facts),
            "app_version": APP_VERSION,
            "facts": facts,
        }
        return Sync(
            device_id=self.device_id,
            worker_id=self._worker.worker_id,
            unit_id=self._worker.unit.unit_id,
            body=msgspec.json.encode(body),
            at=(at + ON_THE_WAY).astimezone(UTC),
        )

    def _monotonic_ms(self, at: datetime) -> int:
        assert self._booted_at is not None, "a phone that is signed in to is on"
        return round((at - self._booted_at).total_seconds() * 1000)

    def _boot_id(self) -> str:
        return f"{self.device_id[:8]}-{self._boots}"
