"""Brings the demo's month into a ledger, through the same intake and the same writer as everything else."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.bootstrap import House
from api.demo.clock import DemoClock
from api.demo.deliveries import Afterwork, Delivery, OfficeWork, Sync
from api.demo.disorder import Disorder
from api.demo.month import MonthStory
from api.demo.people import Municipality
from api.demo.scope import Scope
from api.demo.summary import Summary
from api.demo.view import LedgerView
from api.demo.wall_time import ZONE, instant
from domain.command import Outcome, Wish
from infra.tokens import Caller
from infra.writer import WriterBusyError

Progress = Callable[[float, datetime], None]
"""Told what share of the story is told, from 0 to 1, and which day and time it has come to."""
Take = Callable[[Sequence[Wish], Sequence[Outcome]], None]

REST_S = 1.5
"""Nobody waits for the figures of a month that is still being told."""
WINDOW = timedelta(minutes=10)
"""What comes so close together is recorded at one moment, that of the last of it."""
WINDOW_WISHES_MAX = 1_500
NEVER_EXPIRES = 2**40


class DemoTooEarlyError(Exception):
    """The demo tells only what has happened, and the month is not over."""


class DemoClockMissingError(Exception):
    """The house has no clock that can stand in the past: build it with a `DemoClock`."""


def run_demo(
    house: House,
    municipality: Municipality,
    *,
    disorder: Disorder | None = None,
    progress: Progress = lambda _share, _at: None,
) -> Summary:
    """Fill the ledger of a running house. When this returns, all is stored; the read models may still be folding.

    Raises `DemoTooEarlyError`, `DemoClockMissingError`, and `DemoRefusedError` when the ledger was not empty.
    """
    clock = house.clock
    if not isinstance(clock, DemoClock):
        raise DemoClockMissingError("Build the house with a DemoClock.")
    check_over(municipality.scope, clock.real_now)
    story = MonthStory(municipality)
    deliveries = disorder.mixed(story.deliveries()) if disorder else story.deliveries()
    house.projector.rest_s = REST_S
    try:
        summary = _Loader(house, clock, municipality.scope, progress).load(deliveries)
    finally:
        clock.go()
        house.projector.rest_s = 0.0
    summary.examples = story.field.found.named
    return summary


def check_over(scope: Scope, now: datetime) -> None:
    """Raises `DemoTooEarlyError` while the month, and the days in which it is approved, are not over."""
    if now < scope.told_until:
        over_on = scope.told_until.astimezone(ZONE).date()
        raise DemoTooEarlyError(f"The demo of {scope.month} can be told from {over_on} on. Choose an earlier month.")


@dataclass(slots=True)
class _Window:
    """Deliveries that are recorded at one moment."""

    moment: datetime
    parts: list[tuple[Sequence[Wish], Take]] = field(default_factory=list)
    wishes: int = 0

    def add(self, wishes: Sequence[Wish], take: Take) -> None:
        """One more submission."""
        self.parts.append((wishes, take))
        self.wishes += len(wishes)


class _Loader:
    """Hands one window to the writer while the next is being made ready; nothing overtakes anything."""

    def __init__(self, house: House, clock: DemoClock, scope: Scope, progress: Progress) -> None:
        self._house, self._clock, self._progress = house, clock, progress
        self._begins_at = instant(scope.first_on, 0)
        self._length = scope.told_until - self._begins_at
        self._under_way: list[tuple[Future[list[Outcome]], Sequence[Wish], Take]] = []
        self._summary = Summary()

    def load(self, deliveries: Iterable[Delivery]) -> Summary:
        """Send everything, in order."""
        for window in self._windows(deliveries):
            self._send(window)
        self._finish()
        self._house.numbers.fill()
        self._summary.position = self._house.log.head()[0]
        self._progress(1.0, self._clock())
        return self._summary

    def _windows(self, deliveries: Iterable[Delivery]) -> Iterator[_Window]:
        window: _Window | None = None
        begins_at = self._begins_at
        for delivery in deliveries:
            moment = max(delivery.at, window.moment) if window else delivery.at
            is_full = window and (moment - begins_at > WINDOW or window.wishes >= WINDOW_WISHES_MAX)
            if window and (is_full or isinstance(delivery, Afterwork)):
                yield window
                window = None
            if window is None:
                window, begins_at = _Window(moment), moment
            window.moment = moment
            self._make_ready(delivery, window)
        if window:
            yield window

    def _make_ready(self, delivery: Delivery, window: _Window) -> None:
        match delivery:
            case Sync():
                caller = Caller(delivery.worker_id, "care_worker", frozenset({delivery.unit_id}), NEVER_EXPIRES)
                prepared = self._house.intake.prepare(delivery.body, caller=caller, received_at=delivery.at)
                window.add(prepared.wishes, self._summary.take_sync)
            case OfficeWork():
                window.add(delivery.commands, self._summary.take_decisions)
            case Afterwork():
                self._finish()
                commands = delivery.decide(LedgerView(self._house))
                for start in range(0, len(commands), Afterwork.BATCH_MAX):
                    window.add(commands[start : start + Afterwork.BATCH_MAX], self._summary.take_decisions)

    def _send(self, window: _Window) -> None:
        self._finish()
        self._clock.stand_at(window.moment)
        for wishes, take in window.parts:
            self._under_way.append((self._submit(wishes), wishes, take))
        self._progress(min(1.0, max(0.0, (window.moment - self._begins_at) / self._length)), window.moment)

    def _submit(self, wishes: Sequence[Wish]) -> Future[list[Outcome]]:
        """Other callers may have filled the queue: then the demo is who waits."""
        while True:
            try:
                return self._house.writer.submit(wishes)
            except WriterBusyError as busy:
                time.sleep(busy.retry_after_s)

    def _finish(self) -> None:
        """Wait until everything that was sent is stored."""
        for answer, wishes, take in self._under_way:
            take(wishes, answer.result())
        self._under_way = []
