"""How a command opens the house, and says why it cannot."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from api.bootstrap import House, build
from api.demo.clock import DemoClock
from infra.intake import TRANSIENT, EventFailedError
from infra.logs import configure_logs
from infra.master_key import KeyStoreError
from infra.migrate import found_at
from infra.process import sparing_the_collector
from infra.schema import STORE, SchemaError
from infra.setting_values import SettingError
from infra.settings import Settings

errors = Console(stderr=True, soft_wrap=True)
OpenHouse = Callable[[Path | None], AbstractContextManager[House]]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of log, read models and keys. Default: VISITLEDGER_DATA, or var.")
]


class NoLedgerError(Exception):
    """Nothing was ever recorded where somebody looks."""

    def __init__(self, settings: Settings) -> None:
        where = "that database" if settings.on_postgresql else settings.data_dir
        super().__init__(
            f"There is no ledger in {where}. Name its place: --data, VISITLEDGER_DATA or VISITLEDGER_STORE."
        )


@contextmanager
def open_house(
    data: Path | None, *, check: Callable[[Settings], None] = lambda _: None, serves: bool = False, **changes: Any
) -> Iterator[House]:
    """The wired house over the settings, with some of them changed and all checked. Says what is wrong and ends with 2, also
    where a store does not answer later on.

    Only a server has a process that folds for it: a command does what it has to by itself.
    """
    try:
        settings = replace(Settings.from_environment(), **changes)
        settings = settings if data is None else replace(settings, data_dir=data)
        if settings.has_folding_process and not serves:
            settings = replace(settings, fold="server")
        check(settings)
        configure_logs(settings.log_level)
        house = build(settings, clock=DemoClock())
    except (SettingError, SchemaError, KeyStoreError, NoLedgerError) as error:
        errors.print(f"[red]visitledger cannot start:[/] {error}")
        raise typer.Exit(2) from None
    except (*TRANSIENT, OSError) as error:
        errors.print(f"[red]visitledger cannot start:[/] {why_store_fails(error)}")
        raise typer.Exit(2) from None
    try:
        with sparing_the_collector():
            yield house
    except EventFailedError as error:
        errors.print(f"[red]Stopped:[/] {error} It is no matter of its stream alone, or nothing may be left out here.")
        raise typer.Exit(1) from None
    except BrokenPipeError:  # whoever read what is printed has read enough
        raise
    except (*TRANSIENT, OSError) as error:
        errors.print(f"[red]Stopped:[/] {why_store_fails(error)}")
        raise typer.Exit(2) from None
    finally:
        house.close()


@contextmanager
def open_begun(data: Path | None) -> Iterator[House]:
    """Likewise, for who looks at a ledger or mends it: where there is none, none is begun."""
    with open_house(data, check=check_begun) as house:
        yield house


def check_begun(settings: Settings) -> None:
    """Raise `NoLedgerError` where there is no log. Creates nothing."""
    if found_at(settings.log_url, STORE) is None:
        raise NoLedgerError(settings)


def why_store_fails(error: Exception) -> str:
    """What a person needs to know of a store or a disk that fails. A driver's text may repeat a value, so it is not told."""
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}{f': {error.filename}' if error.filename else ''}."
    return f"A store does not answer, or has no room ({type(error).__name__}). See to PostgreSQL or the disk, and run it again."
