"""`visitledger migrate`, `backup` and `restore`: looking after the databases themselves. None of them opens the house."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap import system_clock
from api.opening import DataOption, errors, why_store_fails
from api.operating import progress_bar
from api.operator import operators
from domain.access.entry import Doing
from infra.backup import back_up
from infra.backup_files import BackupError, Manifest
from infra.event_codec import event_codec
from infra.intake import TRANSIENT
from infra.master_key import KeyStoreError
from infra.migrate import migrate, standings
from infra.readers import let_readers_read
from infra.replaced_log import ReplacedLog
from infra.restoration import instant_told, lost_told
from infra.restore import Restored, examined, restore
from infra.restore_check import Examined
from infra.schema import SchemaError
from infra.setting_values import SettingError
from infra.settings import Settings


def add_keeping(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("migrate")(migrate_command)
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)


def migrate_command(
    check: Annotated[bool, typer.Option("--check", help="Only say what is to be done; 2 when anything is.")] = False,
    data: DataOption = None,
) -> None:
    """Bring the tables of an earlier release to this one's, and let the role that reads read. Stop every server first."""
    with settings_told(data) as settings:
        found = standings(settings) if check else migrate(settings)
        if not check:
            let_readers_read(settings)
        for each in found:
            stands = "no tables yet" if each.found is None else f"{each.found}, as this release needs it"
            done = "to be migrated" if check else "migrated"
            typer.echo(f"{each.name}: {f'{each.found} to {each.schema.head}, {done}' if each.is_old else stands}")
        if check:
            for each in found:
                if each.found is not None:
                    each.schema.check(each.found)


def backup_command(
    folder: Annotated[Path, typer.Argument(help="A new folder for the copy of the log.")],
    keys: Annotated[Path | None, typer.Option(help="A new folder elsewhere, for the keys.")] = None,
    data: DataOption = None,
) -> None:
    """Copy log and keys to other places while the server goes on. The master key is not copied."""
    with settings_told(data) as settings, progress_bar("copying the log") as step:
        manifest = back_up(settings, folder, keys, at=system_clock(), step=step)
    typer.echo(f"{_described(manifest)} copied to {folder}.")
    if keys is None:
        typer.echo(
            "No keys were copied: without them every person in it is as if erased. Give --keys with another place."
        )
    else:
        typer.echo(f"Keys copied to {keys}, wrapped. The master key was not: keep it in a third place.")


def restore_command(
    folder: Annotated[Path, typer.Argument(help="The copy of the log.")],
    keys: Annotated[Path, typer.Option(help="The copy of the keys: the one made with it, or a later one.")],
    check: Annotated[bool, typer.Option("--check", help="Only read everything and say whether it is whole.")] = False,
    in_place: Annotated[bool, typer.Option("--replace", help="Put it in the place of the log that is here.")] = False,
    data: DataOption = None,
) -> None:
    """Put a backup in the place of the log, after reading it from end to end. Stop every server first."""
    with settings_told(data) as settings, progress_bar("reading the backup") as step:
        if check:
            with examined(settings, folder, keys, event_codec(), step) as (found, there):
                _tell_of(found, there)
            if found.faults:
                raise typer.Exit(1)
            return
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        by = operators("access_log.restore", Doing.RESTORE)
        at = system_clock()
        found, restored = restore(settings, folder, keys, event_codec(), replace=in_place, by=by, at=at, step=step)
    _tell_of(found, restored.there)
    _tell_what_was_done(found, restored)


def _tell_of(found: Examined, there: ReplacedLog | None) -> None:
    check = found.check
    typer.echo(f"{_described(found.manifest)}, copied {instant_told(found.manifest.created_at)}.")
    typer.echo(
        f"{check.streams} streams, {found.manifest.files['fact'].rows} facts in the register, "
        f"{found.manifest.files['statement'].rows} statements, {len(found.keys.open)} keys; "
        f"{check.without_key} events whose key is gone, {len(found.keys.destroyed)} keys known to be destroyed."
    )
    if there is not None:
        lost = (there.lost_events, there.lost_from, there.lost_until)
        typer.echo(f"The log that stands here: {lost_told(*lost)}")
    for fault in found.faults:
        typer.echo(f"Fault: {fault}")
    if not found.faults:
        typer.echo("No fault found.")


def _tell_what_was_done(found: Examined, restored: Restored) -> None:
    typer.echo(
        f"Restored through position {found.manifest.position}, as epoch {restored.restoration.epoch}. "
        "Read models are built again at the next start."
    )
    if restored.entries:
        typer.echo(f"Access log: {restored.entries} answers brought back; what was entered here stays.")
    if restored.kept_as:
        typer.echo(f"The log that stood here is kept as {restored.kept_as}.")
    typer.echo(
        f"Keys: {restored.keys.added} brought back; {restored.keys.withheld} destroyed after the backup, which stay so."
    )
    if restored.there is None or not restored.there.readable:
        typer.echo("What was erased after the backup has to be erased again, unless the key database here was kept.")


def _described(manifest: Manifest) -> str:
    upto = f", the last recorded {instant_told(manifest.recorded_at)}" if manifest.recorded_at else ""
    return f"{manifest.files['event'].rows} events through position {manifest.position}{upto}"


@contextmanager
def settings_told(data: Path | None) -> Iterator[Settings]:
    """The settings. Says what is wrong and ends with 2."""
    try:
        settings = Settings.from_environment()
        yield settings if data is None else replace(settings, data_dir=data)
    except (SettingError, SchemaError, KeyStoreError, BackupError) as error:
        errors.print(f"[red]Nothing was done:[/] {error}")
        raise typer.Exit(2) from None
    except TRANSIENT as error:
        errors.print(f"[red]The store does not answer:[/] {type(error).__name__}")
        raise typer.Exit(2) from None
    except OSError as error:
        errors.print(f"[red]Stopped:[/] {why_store_fails(error)}")
        raise typer.Exit(2) from None
