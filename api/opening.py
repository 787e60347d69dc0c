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
from infra.intake import EventFailedError
from infra.logs import configure_logs
from infra.master_key import KeyStoreError
from infra.process import sparing_the_collector
from infra.schema import SchemaError
from infra.setting_values import SettingError
from infra.settings import Settings

errors = Console(stderr=True, soft_wrap=True)
OpenHouse = Callable[[Path | None], AbstractContextManager[House]]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of log, read models and keys. Default: VISITLEDGER_DATA, or var.")
]


@contextmanager
def open_house(
    data: Path | None, *, check: Callable[[Settings], None] = lambda _: None, serves: bool = False, **changes: Any
) -> Iterator[House]:
    """The wired house over the settings, with some of them changed and all checked. Says what is wrong and ends with 2.

    Only a server has a process that folds for it: a command does what it has to by itself.
    """
    try:
        settings = replace(Settings.from_environment(), **changes)
        if settings.has_folding_process and not serves:
            settings = replace(settings, fold="server")
        check(settings)
        configure_logs(settings.log_level)
        house = build(settings if data is None else replace(settings, data_dir=data), clock=DemoClock())
    except (SettingError, SchemaError, KeyStoreError) as error:
        errors.print(f"[red]visitledger cannot start:[/] {error}")
        raise typer.Exit(2) from None
    try:
        with sparing_the_collector():
            yield house
    except EventFailedError as error:
        errors.print(f"[red]Stopped:[/] {error} It is no matter of its stream alone, or nothing may be left out here.")
        raise typer.Exit(1) from None
    finally:
        house.close()
