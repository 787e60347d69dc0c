"""`visitledger parked`: what no read model has, why, and taking it in again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

import typer

from api.bootstrap import EPOCH, House
from api.opening import DataOption, OpenHouse, errors
from api.operating import local
from api.operator import enter_command
from domain.access.entry import Doing
from domain.access.whose import named_in
from infra.intake import EventFailedError
from infra.parking import release, waiting
from projections.parked import Parked
from projections.read_models import READ_MODELS


def parked_command(open_house: OpenHouse) -> Callable[..., None]:
    """The command, over the function that opens the house."""

    def parked(
        release: Annotated[str, typer.Option(help="Fold what waits of this stream, such as visit/<id>.")] = "",
        everything: Annotated[bool, typer.Option("--all", help="With all streams that wait.")] = False,
        data: DataOption = None,
    ) -> None:
        """List the streams that cannot be folded, or release them once they can. Ends with 1 where any is left."""
        with open_house(data) as house:
            found = [each.parked for each in waiting(house.read_database, house.log)]
            wanted = found if everything else [each for each in found if each.stream == release]
            if release and not wanted:
                errors.print("[yellow]That stream is not parked.[/] `visitledger parked` lists those that are.")
                raise typer.Exit(2)
            for each in wanted:
                _release(house, each)
            if _list(house):
                raise typer.Exit(1)

    return parked


def _release(house: House, parked: Parked) -> None:
    projection = next(each for each in READ_MODELS if each.name == parked.projection)
    try:
        events = release(house.read_database, house.log, house.codec, projection, parked.stream)
    except EventFailedError as error:
        errors.print(f"[red]{parked.projection} {parked.stream} stays parked:[/] {error}")
        return
    typer.echo(f"{parked.projection} {parked.stream}: released, {events or 0} events folded.")


def _list(house: House) -> int:
    """Print what waits, a line each, and give how many there are."""
    found = waiting(house.read_database, house.log)
    enter_command(house, "read.events", Doing.LIST, named_in([each.parked.stream for each in found]))
    for parked, events in ((each.parked, each.events) for each in found):
        since = local(EPOCH + timedelta(microseconds=parked.parked_at), house.rulebook.zone)
        why = f"{parked.code} ({parked.error})"
        typer.echo(f"{parked.projection} {parked.stream}  #{parked.position}  since {since}  {events} events  {why}")
    if not found:
        typer.echo("Nothing is parked.")
    return len(found)
