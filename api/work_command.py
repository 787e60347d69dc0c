"""`visitledger work`: fold the log in a process of its own, beside others that do or stand by."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.bootstrap import event_codec
from api.process import sparing_the_collector
from infra.event_store import open_log
from infra.leading import Lead, Leads
from infra.lease import lease_of
from infra.logs import configure_logs
from infra.month_keeper import MonthKeeper
from infra.projector import Projector
from infra.read_database import Engine, open_read_database
from infra.recorder import LedgerRecorder
from infra.setting_values import SettingError
from infra.settings import Settings
from projections.facts import Facts
from projections.projection import Projection
from projections.read_models import READ_MODELS

NAMES = tuple(projection.name for projection in READ_MODELS)
errors = Console(stderr=True)


def work_command() -> Callable[..., None]:
    """The command. It opens the log and the read models, and neither keys nor writer: a fold opens no envelope."""

    def work(
        only: Annotated[list[str] | None, typer.Option(help=f"Read models to fold, of {', '.join(NAMES)}.")] = None,
        data: Annotated[Path | None, typer.Option("--data", help="Folder of the ledger.")] = None,
    ) -> None:
        """Fold the log into the read models, and stand by for those that another process folds. Ends at SIGTERM."""
        if unknown := sorted(set(only or ()) - set(NAMES)):
            errors.print(f"[red]No such read model: {', '.join(unknown)}.[/] There are {', '.join(NAMES)}.")
            raise typer.Exit(2)
        try:
            settings = Settings.from_environment()
        except SettingError as error:
            errors.print(f"[red]visitledger cannot start:[/] {error}")
            raise typer.Exit(2) from None
        configure_logs(settings.log_level)
        failure = fold_until(
            stop_signal(), settings if data is None else replace(settings, data_dir=data), only or NAMES
        )
        if failure is not None:
            errors.print(f"[red]Stopped for good:[/] {failure}")
            raise typer.Exit(1)

    return work


def stop_signal() -> threading.Event:
    """What SIGTERM and SIGINT set from now on."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def fold_until(stopping: threading.Event, settings: Settings, names: Sequence[str] = NAMES) -> Exception | None:
    """Lead and stand by in this process until asked to stop. Gives why it cannot go on, where it cannot."""
    with _opened(settings) as (log, engine), sparing_the_collector():
        return Leads([_lead(log, engine, each) for each in READ_MODELS if each.name in names]).run(stopping)


def _lead(log: LedgerRecorder, engine: Engine, projection: Projection) -> Lead:
    return Lead(
        name=projection.name,
        lease=lease_of(engine, projection.name),
        make=lambda: Projector(log, event_codec(), engine, [projection]),
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
