"""A process that folds the log, beside others that do or stand by: `visitledger work`, and the one that a server starts.

`python -m infra.working FOLDER` is the server's, and talks with it over pipes. It has nothing of what serves, so that it begins
soon.
"""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from infra.event_codec import event_codec
from infra.event_store import open_log
from infra.folding_process import STOPPED, Server
from infra.leading import Lead, Leads
from infra.lease import lease_of
from infra.logs import configure_logs
from infra.month_keeper import MonthKeeper
from infra.process import sparing_the_collector
from infra.projector import Projector, Waiting, nobody
from infra.read_database import Engine, open_read_database
from infra.recorder import LedgerRecorder
from infra.settings import Settings
from projections.facts import Facts
from projections.projection import Projection
from projections.read_models import READ_MODELS

NAMES = tuple(projection.name for projection in READ_MODELS)


@contextmanager
def stop_signal() -> Iterator[threading.Event]:
    """What SIGTERM and SIGINT set for the length of a block."""
    stopping = threading.Event()
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def fold_until(
    stopping: threading.Event, settings: Settings, names: Sequence[str] = NAMES, *, for_server: bool = False
) -> Exception | None:
    """Lead and stand by in this process until asked to stop. Gives why it cannot go on, where it cannot.

    It opens the log and the read models, and neither keys nor writer: a fold opens no envelope.
    """
    with _opened(settings) as (log, engine), sparing_the_collector():
        waiting = Server(log, stopping).waiting if for_server else nobody
        return Leads([_lead(log, engine, each, waiting) for each in READ_MODELS if each.name in names]).run(stopping)


def _lead(log: LedgerRecorder, engine: Engine, projection: Projection, waiting: Waiting) -> Lead:
    return Lead(
        name=projection.name,
        lease=lease_of(engine, projection.name),
        make=lambda: Projector(log, event_codec(), engine, [projection], waiting=waiting),
        beside=(MonthKeeper(engine),) if projection.name == Facts.name else (),
    )


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[LedgerRecorder, Engine]]:
    log = open_log(settings)
    try:
        engine = open_read_database(settings.read_url)
        try:
            yield log, engine
        finally:
            engine.dispose()
    finally:
        log.close()


def main(folder: str) -> int:
    """Fold for the server that has started this process."""
    settings = replace(Settings.from_environment(), data_dir=Path(folder))
    configure_logs(settings.log_level, sys.stderr)
    with stop_signal() as stopping:
        return STOPPED if fold_until(stopping, settings, for_server=True) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
