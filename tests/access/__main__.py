"""The whole matrix of access: `make matrix`. Prints what is wrong, and counts; ends with 1 where anything is.

`--postgresql`: on PostgreSQL, read behind the wall by a role of its own. `--sample N`: only so many cells of all kinds.
"""

import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.progress import track
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import build
from infra.logs import configure_logs
from infra.readers import let_readers_read
from infra.settings import UNLIMITED, Settings
from tests.access.cast import cast_of
from tests.access.matrix import cells_of, sample, wrong
from tests.access.questions import QUESTIONS
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.town import Town
from tests.servers import roomy_memory, running_postgres

SEED = 2026


def main() -> int:
    """Ask everything."""
    configure_logs("critical")
    options = ArgumentParser(prog="make matrix")
    options.add_argument("--postgresql", action="store_true")
    options.add_argument("--sample", type=int, default=0)
    asked = options.parse_args()
    with TemporaryDirectory() as folder, settings_for(Path(folder), on_postgresql=asked.postgresql) as settings:
        house = build(settings, clock=StillClock(MORNING))
        with TestClient(create_app(house)) as client:
            cast = cast_of(Town(people_of(house, client)), Path(folder))
            cells = sample(cast, QUESTIONS, asked.sample, SEED) if asked.sample else list(cells_of(cast, QUESTIONS))
            began_s, faults = time.monotonic(), Counter[str]()
            for cell in track(cells, description="asking"):
                if fault := wrong(cast, cell):
                    faults[cell.question.route] += 1
                    print(f"{cell}: {fault}")
    routes = {(question.method, question.route) for question in QUESTIONS}
    seconds = time.monotonic() - began_s
    print(
        f"{len(cells)} cells, {len(cast.askers)} callers, {len(routes)} routes: {faults.total()} wrong, in {seconds:.0f} s"
    )
    return min(1, faults.total())


@contextmanager
def settings_for(folder: Path, *, on_postgresql: bool) -> Iterator[Settings]:
    """An empty ledger: in files, or on a PostgreSQL that is started for it and read behind the wall."""
    in_files = Settings(data_dir=folder, rates=UNLIMITED)
    if not on_postgresql:
        yield in_files
        return
    with running_postgres(below=roomy_memory()) as server, server.fresh_database() as url:
        settings = replace(in_files, store_url=url, store_reader=server.as_role(url, "ledger_reader"))
        let_readers_read(settings)
        yield settings


if __name__ == "__main__":
    sys.exit(main())
