"""`visitledger keys`: what keys there are, and another master key for all of them. Neither opens the house."""

from typing import Annotated

import typer

from api.keeping import settings_told
from api.opening import DataOption
from api.operating import progress_bar
from infra.key_list import count_keys
from infra.master_key import MasterKey
from infra.master_key_place import master_key_at
from infra.master_rotation import rotate_master
from infra.settings import Settings


def key_commands() -> typer.Typer:
    """The commands that look after keys."""
    keys = typer.Typer(no_args_is_help=True, help="Look at the keys of sealed fields, and change what wraps them.")
    keys.command("list")(list_command)
    keys.command("rotate-master")(rotate_master_command)
    return keys


def list_command(data: DataOption = None) -> None:
    """Count the keys by class and generation, and by the generation of the master key that they are under."""
    with settings_told(data) as settings:
        for each in count_keys(settings.keys_url):
            generation = f" generation {each.generation}" if each.generation else ""
            under = f", under master key {each.master_generation}" if each.master_generation else ""
            typer.echo(f"{each.kind}{generation}: {each.keys}{under}")


def rotate_master_command(
    to: Annotated[str, typer.Option(help="The new one's place: file:PATH, env:NAME or command:PROGRAM ARG...")],
    data: DataOption = None,
) -> None:
    """Put every key under another master key, while servers go on that know both. Goes on from where it was ended."""
    with settings_told(data) as settings, progress_bar("wrapping keys anew") as step:
        at_hand, new = _master_keys(settings, to)
        done = rotate_master(settings.keys_url, at_hand, new, step)
    typer.echo(f"{done.keys} keys were put under master key {done.generation}, which all are under now.")
    typer.echo(
        "Name it in VISITLEDGER_MASTER_KEY, and start every server again. Keep the old one, in its place apart, as long as "
        "there is a backup of keys from before today."
    )


def _master_keys(settings: Settings, to: str) -> tuple[list[MasterKey], MasterKey]:
    """Those that are known here, and the new one. Each place is asked once: what a variable holds is gone after it."""
    known = {place: master_key_at(place) for place in settings.master_key_places if place != to}
    return list(known.values()), master_key_at(to, may_create=bool(known))
