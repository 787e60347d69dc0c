"""Kill processes that fold at random moments while the log grows: two that lead and one that stands by."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event

import msgspec

from domain.log import NewRow
from infra.event_codec import event_codec
from infra.event_store import open_log
from infra.fact_register import REGISTER
from infra.read_database import Engine, open_read_database
from infra.recorder import LedgerRecorder
from infra.settings import Settings
from infra.verify import verify
from projections.parked import count_parked
from projections.projection import place_of
from projections.read_models import READ_MODELS
from tests.faults.server import FORKS
from tests.projections.many import many

PROCESSES = 3
PAUSE_MAX_S = 0.4
EVENTS_AT_ONCE = 5
BETWEEN_APPENDS_S = 0.01
DONE_WITHIN_S = 60.0


@dataclass(frozen=True)
class FoldVerdict:
    """What the read models came to, against one fold of the whole log."""

    kills: int
    events: int
    lacking: int
    """Events that some read model lacks at the end."""
    differing: int
    """Rows that are not what one fold comes to: of events lost, folded twice or in part."""
    parked: int
    bad_ends: int
    """Processes that did not end well when they were asked to."""
    standstill_s: float
    """The longest time that a read model did not move though there was something to fold."""

    @property
    def good(self) -> bool:
        """Whether each event was folded once."""
        return self.lacking == self.differing == self.parked == self.bad_ends == 0


class FoldProcess:
    """`visitledger work` as a process of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: BaseProcess | None = None
        self._listens = FORKS.Event()

    def start(self) -> None:
        """Start it. Nobody waits for it: it may be killed while it starts, too."""
        self._listens = FORKS.Event()
        self._process = FORKS.Process(target=_fold, args=(self._settings, self._listens), daemon=True)
        self._process.start()

    def stop(self) -> int | None:
        """Ask it to end, once it can hear that; gives its exit status."""
        self._listens.wait(DONE_WITHIN_S)
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """`kill -9`: no handler runs, nothing is given back."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int | None:
        assert self._process is not None
        assert self._process.pid is not None
        os.kill(self._process.pid, how)
        self._process.join(DONE_WITHIN_S)
        status = self._process.exitcode
        self._process.close()
        return status


def _fold(settings: Settings, listens: Event) -> None:
    from infra.working import fold_until, stop_signal

    with stop_signal() as stopping:
        listens.set()
        raise SystemExit(1 if fold_until(stopping, settings) else 0)


@dataclass
class Watched:
    """How the read models move, seen from outside."""

    engine: Engine
    log: LedgerRecorder
    standstill_s: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def positions(self) -> list[int]:
        """Where each read model stands."""
        with self.engine.connect() as db:
            places = [place_of(db, each) for each in READ_MODELS]
        return [place.position if place else 0 for place in places]

    def run(self) -> None:
        """Look until told to stop."""
        moved_at, before = [time.monotonic()] * len(READ_MODELS), self.positions()
        while not self.over.wait(0.05):
            head, now = self.log.head()[0], self.positions()
            for number, (was, position) in enumerate(zip(before, now, strict=True)):
                if position != was or position == head:
                    moved_at[number] = time.monotonic()
            before, longest = now, time.monotonic() - min(moved_at)
            self.standstill_s = max(self.standstill_s, longest)


def run(settings: Settings, *, kills: int, seed: int, progress: Callable[[int], None] = lambda _: None) -> FoldVerdict:
    """Kill one of three processes again and again while events are appended, then let them finish, and judge."""
    chance = random.Random(seed)
    processes = [FoldProcess(settings) for _ in range(PROCESSES)]
    with closing(open_log(settings)) as log, _read_models(settings) as engine:
        watched, over = Watched(engine, log), threading.Event()
        writer = threading.Thread(target=_append, args=(log, over))
        watcher = threading.Thread(target=watched.run)
        for each in processes:
            each.start()
        writer.start()
        _until(lambda: min(watched.positions()) > 0)
        watcher.start()
        for kill in range(kills):
            time.sleep(chance.uniform(0.05, PAUSE_MAX_S))
            # The oldest mostly leads.
            process = processes.pop(chance.choice([0, 0, 1, 2]))
            process.kill()
            process.start()
            processes.append(process)
            progress(kill + 1)
        over.set()
        writer.join()
        head = log.head()[0]
        _until(lambda: min(watched.positions()) == head)
        watched.over.set()
        watcher.join()
        bad_ends = sum(each.stop() != 0 for each in processes)
        found = verify(log, event_codec(), engine)
        with engine.connect() as db:
            parked = count_parked(db)
        return FoldVerdict(
            kills=kills,
            events=head,
            lacking=head - min(watched.positions()),
            differing=sum(each.table != REGISTER.name for each in found),
            parked=parked,
            bad_ends=bad_ends,
            standstill_s=round(watched.standstill_s, 2),
        )


@contextmanager
def _read_models(settings: Settings) -> Iterator[Engine]:
    engine = open_read_database(settings.read_url)
    yield engine
    engine.dispose()


def _append(log: LedgerRecorder, over: threading.Event) -> None:
    """Tell the story over and over, a few events at a time; its ids are not in the register."""
    for number in count():
        told = [recorded.event for recorded in many(1, first=number)]
        rows = [
            NewRow(each.originator_id, each.originator_version, each.TOPIC, msgspec.json.encode(each)) for each in told
        ]
        for start in range(0, len(rows), EVENTS_AT_ONCE):
            if over.wait(BETWEEN_APPENDS_S):
                return
            log.append(rows[start : start + EVENTS_AT_ONCE])


def _until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DONE_WITHIN_S
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False
