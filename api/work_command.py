"""`visitledger work`: fold the log in a process of its own, beside others that do or stand by."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import typer

from api.opening import DataOption, errors, why_store_fails
from infra.intake import TRANSIENT
from infra.logs import configure_logs
from infra.schema import SchemaError
from infra.setting_values import SettingError
from infra.settings import Settings
from infra.working import NAMES, fold_until, stop_signal


def work_command() -> Callable[..., None]:
    """The command."""

    def work(
        only: Annotated[list[str] | None, typer.Option(help=f"Read models to fold, of {', '.join(NAMES)}.")] = None,
        data: DataOption = None,
    ) -> None:
        """Fold the log into the read models, and stand by for those that another process folds. Ends at SIGTERM."""
        if unknown := sorted(set(only or ()) - set(NAMES)):
            errors.print(f"[red]No such read model: {', '.join(unknown)}.[/] There are {', '.join(NAMES)}.")
            raise typer.Exit(2)
        try:
            settings = Settings.from_environment()
            configure_logs(settings.log_level)
            known = settings if data is None else replace(settings, data_dir=data)
            with stop_signal() as stopping:
                failure = fold_until(stopping, known, only or NAMES)
        except (SettingError, SchemaError) as error:
            errors.print(f"[red]visitledger cannot start:[/] {error}")
            raise typer.Exit(2) from None
        except (*TRANSIENT, OSError) as error:
            errors.print(f"[red]visitledger cannot start:[/] {why_store_fails(error)}")
            raise typer.Exit(2) from None
        if failure is not None:
            errors.print(f"[red]Stopped for good:[/] {failure}")
            raise typer.Exit(1)

    return work
