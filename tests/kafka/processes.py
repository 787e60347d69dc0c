"""Publishers and consumers as processes of their own, some of which are killed at the worst moment."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import sqlalchemy as sa
import structlog

from domain.event import RecordedEvent
from infra.published import Published
from projections.facts import Facts
from tests.kafka.outside import WITHIN_S, Outside, Way

_FORKS = multiprocessing.get_context("forkserver")

Run = Callable[[Way, Connection], None]


@contextmanager
def process(run: Run, way: Way) -> Iterator[tuple[BaseProcess, Connection]]:
    """Run it in a process of its own, killed at the end of the block; with what it says of itself."""
    told, telling = _FORKS.Pipe(duplex=False)
    child = _FORKS.Process(target=run, args=(way, telling), daemon=True)
    child.start()
    telling.close()
    try:
        yield child, told
    finally:
        child.kill()
        child.join()
        told.close()


def follow(way: Way, telling: Connection) -> None:
    """Publish and consume until killed."""
    outside = Outside(way)
    threading.Thread(target=outside.publisher().run, daemon=True).start()
    telling.send("begun")
    outside.consumer().run()


def publish_and_die(way: Way, _: Connection) -> None:
    """Send one batch, and be killed before the place is moved."""

    class Unmoved(Published):
        def move(self, *_: Any) -> None:
            """Die."""
            _die()

    publisher = Outside(way).publisher()
    publisher._published = Unmoved(way.topic, Outside(way).story.engine)
    publisher.run(once=True)


def consume(way: Way, telling: Connection) -> None:
    """Be one of the group, and tell when partitions are ours."""
    _tell_of_partitions(telling)
    Outside(way).consumer().run()


def consume_and_die(way: Way, telling: Connection) -> None:
    """Be one of the group, and be killed in the middle of the first batch: folded, and not committed."""

    class Killed(Facts):
        def fold(self, events: Sequence[RecordedEvent], db: sa.Connection) -> None:
            """Fold, and die."""
            super().fold(events, db)
            _die()

    _tell_of_partitions(telling)
    Outside(way, Killed()).consumer().run()


def partitions_told(told: Connection) -> list[int]:
    """The partitions that a consumer says are its own now. Raises TimeoutError."""
    if not told.poll(WITHIN_S):
        raise TimeoutError
    partitions: list[int] = told.recv()
    return partitions


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _tell_of_partitions(telling: Connection) -> None:
    """Send on what the consumer logs when the group has agreed."""

    def tell(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if event["event"] == "partitions_assigned":
            telling.send(event["partitions"])
        raise structlog.DropEvent

    structlog.configure(processors=[tell])
