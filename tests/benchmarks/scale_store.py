"""A log that is filled in bulk, and its read models; kept below the build folder, so that a run can go on later."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import msgspec
import psycopg
import sqlalchemy as sa

from api.bootstrap import House, build
from infra.settings import Settings
from projections.projection import place_of
from projections.read_models import READ_MODELS
from tests.benchmarks.month_store import A_SERVERS_OWN
from tests.benchmarks.raw import RawPostgres, open_raw
from tests.benchmarks.scale_block import Block, of_this_version
from tests.benchmarks.stores import POSTGRESQL
from tests.servers import postgres_url, start_postgres

A_LARGE_LOGS = {**A_SERVERS_OWN, "max_wal_size": "4GB", "checkpoint_timeout": "15min"}
"""Checkpoints as rare as a server is given that takes in much at once."""
LOOK_EVERY_S = 0.5
Told = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and of how much."""


class Worker(msgspec.Struct, frozen=True):
    """What a process came to that folded, and did nothing else. `memory_mb` is the most that it ever had."""

    events: int
    seconds: float
    memory_mb: float


class Filled:
    """One log, filled to some size, with the house over it."""

    def __init__(self, settings: Settings, block: Block) -> None:
        self.settings = settings
        self.block = block
        self.house: House = build(settings)
        self._whole = settings.data_dir / "copies.json"

    def close(self) -> None:
        """Close the house."""
        self.house.close()

    def fill(self, events: int, told: Told) -> None:
        """Write copy after copy until the log has so many events. They get every index as they come, as always."""
        head, _ = self.house.log.head()
        number = self.block.next_number(self.house)
        with closing(open_raw(self.settings)) as raw:
            while head < events:
                rows, facts = self.block.copy(number, head, events - head)
                raw.append(rows, facts)
                head += len(rows)
                if len(rows) == len(self.block.rows):
                    self._whole.write_text(json.dumps({**self.whole_copies(), str(number): head}), encoding="utf-8")
                number += 1
                told("filling", head, events)
            if isinstance(raw, RawPostgres):
                self._settle(head)

    def whole_copies(self) -> Mapping[str, int]:
        """The copies that are there from their first row to their last, each with the position where it ends."""
        copies: dict[str, int] = json.loads(self._whole.read_text(encoding="utf-8")) if self._whole.exists() else {}
        return copies

    def folded(self) -> int:
        """The last event that every read model has."""
        with self.house.read_database.connect() as db:
            places = [place_of(db, projection) for projection in READ_MODELS]
        return min(place.position if place else 0 for place in places)

    def fold(self, upto: int, told: Told) -> Worker:
        """Let a process of its own fold up to a position."""
        command = [sys.executable, "-m", "tests.benchmarks.scale_worker"]
        command += [str(self.settings.data_dir), self.settings.store_url, str(upto)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            while process.poll() is None:
                time.sleep(LOOK_EVERY_S)
                told("folding", self.folded(), upto)
            out, _ = process.communicate()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        if self.settings.on_postgresql:
            self._vacuum()
        return msgspec.json.decode(out, type=Worker)

    def _settle(self, head: int) -> None:
        """Let positions go on from here, and let the server do now what it would do in a while."""
        with self.house.read_database.begin() as db:
            db.execute(sa.text("SELECT setval(pg_get_serial_sequence('event', 'position'), :head)"), {"head": head})
        self._vacuum()

    def _vacuum(self) -> None:
        with psycopg.connect(self.settings.store_url, autocommit=True) as db:
            db.execute("VACUUM ANALYZE")
            db.execute("CHECKPOINT")


@contextmanager
def filled_pair(folder: Path, store: str, block: Block) -> Iterator[tuple[Filled, Filled]]:
    """Open the log that grows, and the one that stays small and is measured in turns with it."""
    with ExitStack() as stack:
        socket = stack.enter_context(_server(folder)) if store == POSTGRESQL else None
        pair = [
            stack.enter_context(closing(Filled(_settings(folder, f"{store}_{kind}", socket), block)))
            for kind in ("growing", "small")
        ]
        yield pair[0], pair[1]


def _settings(folder: Path, name: str, socket: Path | None) -> Settings:
    name = of_this_version(name)
    if socket is None:
        return Settings(data_dir=folder / name)
    with psycopg.connect(postgres_url(socket, "postgres"), autocommit=True) as db:
        if db.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            db.execute(f"CREATE DATABASE {name}".encode())
    return Settings(data_dir=folder / name, store_url=postgres_url(socket, name))


@contextmanager
def _server(folder: Path) -> Iterator[Path]:
    server = start_postgres(folder / "pg", A_LARGE_LOGS)
    try:
        socket_directory = server.get_postmaster_info().socket_dir
        assert socket_directory is not None
        yield socket_directory
    finally:
        server.cleanup()
