"""`visible_ms_p50` and `visible_ms_p99`: from the answer that a sync was accepted until every read model shows it.

At half of the highest rate, sent in an open loop. The read models' places are looked up in the database, every millisecond
or two, so that looking costs the server as little as may be and every call counts.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import sqlalchemy as sa

from infra.read_database import open_engine
from infra.settings import Settings
from projections.projection import PROJECTION_POSITION
from projections.read_models import READ_MODELS
from tests.benchmarks.bench import Bench
from tests.benchmarks.load import send
from tests.benchmarks.measuring import Contest
from tests.benchmarks.open_loop import MS, Answers, at_most, send_in_time
from tests.benchmarks.over_http import SYNC, Callers, calling

FACTS_IN_CALL = 6
CALLS_PER_S_MAX = 800
LOOK_EVERY_S = 0.001
CAUGHT_UP_WITHIN_S = 60.0
COMPLETE_THROUGH = sa.select(sa.func.min(PROJECTION_POSITION.c.position)).where(
    PROJECTION_POSITION.c.name.in_([projection.name for projection in READ_MODELS])
)


class Accepted(msgspec.Struct):
    """What is read of an answer."""

    position: int


class Watch:
    """Looks again and again how far the read models are, in a thread, and keeps when they were seen to move on."""

    def __init__(self, settings: Settings) -> None:
        self._engine = open_engine(settings.read_url)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.positions = [0]
        self.instants = [0.0]

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._engine.dispose()

    def wait_for(self, position: int) -> None:
        """Wait until a position was seen."""
        deadline = time.monotonic() + CAUGHT_UP_WITHIN_S
        while self.positions[-1] < position:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise TimeoutError("the read models did not catch up")
            time.sleep(LOOK_EVERY_S)

    def waited_ms(self, answers: Answers) -> list[float]:
        """How long after each answer all that it accepted was visible; 0 where it was before the answer came."""
        told = [(at, msgspec.json.decode(body, type=Accepted).position) for at, body in answers.bodies]
        self.wait_for(max(position for _, position in told))
        return [max(0.0, MS * (self.instants[bisect_left(self.positions, position)] - at)) for at, position in told]

    def _look(self) -> None:
        with self._engine.connect() as db:
            while not self._over.wait(LOOK_EVERY_S):
                position = db.scalar(COMPLETE_THROUGH) or 0
                db.rollback()
                if position > self.positions[-1]:
                    self.instants.append(time.perf_counter())
                    self.positions.append(position)


@contextmanager
def visible_ms_p50(bench: Bench) -> Iterator[Contest]:
    """Half of the calls are visible so soon."""
    with becoming_visible(bench, 50) as contest:
        yield contest


@contextmanager
def visible_ms_p99(bench: Bench) -> Iterator[Contest]:
    """All but a hundredth of the calls are visible so soon."""
    with becoming_visible(bench, 99) as contest:
        yield contest


@contextmanager
def becoming_visible(bench: Bench, percent: int) -> Iterator[Contest]:
    """Calls of a visit or two from 16 phones, at half the rate that the server takes when each phone sends at once again."""
    seconds = bench.sizes.visible_s
    with bench.stores.settings(bench.store) as settings, calling(settings) as callers:
        _top_rate(callers, seconds)  # to warm up
        rate = _top_rate(callers, seconds) / 2

        def measured() -> float:
            with Watch(settings) as watch:
                answers = send_in_time(callers.server.port, callers.bodies(SYNC, FACTS_IN_CALL, rate * seconds), rate)
                assert not answers.failures, answers.failures[0]
                waited_ms = watch.waited_ms(answers)
            callers.server.wait_until_idle()
            return at_most(waited_ms, percent)

        yield Contest("ms", measured)


def _top_rate(callers: Callers, seconds: float) -> float:
    bodies = callers.bodies(SYNC, FACTS_IN_CALL, CALLS_PER_S_MAX * seconds)
    calls_per_s = send(callers.server.port, bodies, seconds)
    callers.server.wait_until_idle()
    return calls_per_s
