"""`visitledger rebuild`: a read model built anew beside the one that serves, compared, and put in its place."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import Annotated, TypeVar

import typer

from api.bootstrap import House
from api.opening import DataOption, OpenHouse, errors
from api.operating import staged_bar
from api.operator import enter_command, named_in_keys
from domain.access.entry import Doing
from infra.build_comparison import Comparison
from infra.build_filling import RebuildStoppedError
from infra.build_room import NoRoomError, check_room
from infra.build_switch import NoPriorError, drop_build
from infra.follower import NotThisLogError
from infra.intake import TRANSIENT
from infra.rebuild import Rebuild, Rebuilt
from infra.rebuild_lock import RebuildRunningError, rebuilding_alone
from projections.builds import BESIDE, PRIOR
from projections.projection import Projection
from projections.read_models import READ_MODELS

Result = TypeVar("Result")
NAMED_MAX = 20
"""Of one table; the others are counted."""


def rebuild_command(open_house: OpenHouse) -> Callable[..., None]:
    """The command, over the function that opens the house."""

    def rebuild(
        name: Annotated[str | None, typer.Argument(help="The read model; all of them when left out.")] = None,
        everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
        check_only: Annotated[
            bool, typer.Option("--check-only", help="Build and compare, and switch nothing.")
        ] = False,
        anew: Annotated[
            bool, typer.Option("--anew", help="From the start, also where there is a build to go on with.")
        ] = False,
        roll_back: Annotated[bool, typer.Option("--roll-back", help="Put the prior build of NAME back.")] = False,
        drop_prior: Annotated[
            bool, typer.Option("--drop-prior", help="Drop the prior build, and one that was begun.")
        ] = False,
        data: DataOption = None,
    ) -> None:
        """Build read models anew beside those that serve, compare, and switch. The server may go on meanwhile."""
        projections = _asked(name, everything=everything)
        if roll_back and (name is None or check_only or drop_prior or anew):
            errors.print("[red]--roll-back takes the name of one read model, and no other option.[/]")
            raise typer.Exit(2)
        if drop_prior and (check_only or anew):
            errors.print("[red]--drop-prior builds nothing, and takes no option of a rebuild.[/]")
            raise typer.Exit(2)
        with open_house(data) as house, _said_why():
            if not (roll_back or drop_prior):
                check_room(house.read_database)
            for each in projections:
                if roll_back:
                    _roll_back(house, each)
                elif drop_prior:
                    _drop_what_does_not_serve(house, each)
                else:
                    _rebuild(house, each, check_only=check_only, anew=anew)

    return rebuild


def _asked(name: str | None, *, everything: bool) -> list[Projection]:
    found = [projection for projection in READ_MODELS if name in {None, projection.name}]
    if not found or (everything and name is not None):
        errors.print(
            f"[red]No such read model.[/] Name one of {', '.join(each.name for each in READ_MODELS)}, or --all."
        )
        raise typer.Exit(2)
    return found


@contextmanager
def _said_why() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        errors.print("Interrupted. What serves is as it was; the same command goes on from here.")
        raise typer.Exit(130) from None
    except RebuildStoppedError as error:
        errors.print(
            f"[red]Stopped:[/] {error} What serves is as it was. Once it can be, the same command goes on from here."
        )
        raise typer.Exit(1) from None
    except (RebuildRunningError, NoPriorError, NotThisLogError, NoRoomError) as error:
        errors.print(f"[red]Nothing was done:[/] {error}")
        raise typer.Exit(2) from None
    except TRANSIENT as error:
        errors.print(
            f"[red]The store does not answer, or has no room:[/] {type(error).__name__}. "
            "Once it does, the same command goes on from there; --drop-prior gives back the room that it took."
        )
        raise typer.Exit(1) from None


def _aside(house: House, projection: Projection, work: Callable[[Rebuild], Result]) -> Result:
    """Work in a thread. Interrupted, it ends after the batch in hand."""
    stopping = threading.Event()
    with staged_bar(projection.name) as step, ThreadPoolExecutor(1) as aside:
        rebuild = Rebuild(
            house.log,
            house.codec,
            house.read_database,
            projection,
            told=step,
            stopping=stopping,
            settings=house.settings,
        )
        done = aside.submit(work, rebuild)
        try:
            return done.result()
        except KeyboardInterrupt:
            stopping.set()
            raise


def _drop_what_does_not_serve(house: House, projection: Projection) -> None:
    with rebuilding_alone(house.read_database):
        was_kept = drop_build(house.read_database, projection, PRIOR)
        was_begun = drop_build(house.read_database, projection, BESIDE)
    typer.echo(f"{projection.name}: {'the prior build is dropped' if was_kept else 'no prior build is kept'}.")
    if was_begun:
        typer.echo(f"{projection.name}: a build that was begun is dropped, too.")


def _rebuild(house: House, projection: Projection, *, check_only: bool, anew: bool) -> None:
    rebuilt = _aside(house, projection, lambda rebuild: rebuild.run(check_only=check_only, anew=anew))
    same = _tell(house, projection, rebuilt)
    if check_only:
        typer.echo(f"{projection.name}: {'nothing differs' if same else 'see above'}; nothing was switched.")
        if not same:
            raise typer.Exit(1)
        return
    position = house.projector.catch_up()
    rate = rebuilt.events / max(rebuilt.seconds, 0.001)
    spent = f"{rebuilt.events:,} events in {rebuilt.seconds:,.1f} s, {rate:,.0f}/s"
    typer.echo(f"{projection.name}: rebuilt through position {position} ({spent}). The prior build is kept.")


def _roll_back(house: House, projection: Projection) -> None:
    position = _aside(house, projection, Rebuild.roll_back)
    typer.echo(f"{projection.name}: the prior build serves again, from position {position}. The other one is kept.")


def _tell(house: House, projection: Projection, rebuilt: Rebuilt) -> bool:
    """Say what differs; whether nothing is known to."""
    compared = rebuilt.comparison
    if compared is None:
        return True
    shown = chain.from_iterable(table.differences[:NAMED_MAX] for table in compared.differing)
    enter_command(house, "read.events", Doing.LIST, named_in_keys(shown))
    if compared.live_version != projection.version:
        typer.echo(
            f"{projection.name}: version {compared.live_version} served, so tables may differ as they are meant to."
        )
    for line in _lines(compared):
        typer.echo(line)
    unlike = len(projection.tables) - len(compared.tables)
    if unlike:
        typer.echo(
            f"{projection.name}: {unlike} tables could not be compared: what served has other columns, or stood elsewhere."
        )
    return not compared.differing


def _lines(compared: Comparison) -> Iterator[str]:
    """What differs, table by table: keys and columns, never what stands in them."""
    for table in compared.differing:
        yield f"{table.table}: {table.live.rows} rows served, {table.beside.rows} follow from the log at {compared.position}."
        for difference in table.differences[:NAMED_MAX]:
            yield f"  {difference.key}: {difference.kind} {' '.join(difference.columns)}".rstrip()
        if len(table.differences) > NAMED_MAX:
            yield f"  and {len(table.differences) - NAMED_MAX} more, at least."
