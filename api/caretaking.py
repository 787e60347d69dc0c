"""The commands that look after a ledger, most of them beside a running server.

They are a program of their own, too: to import the whole command line takes 1.7 s of a processor, and these 1.0 s.
"""

import typer

from api.keeping import add_keeping
from api.opening import DataOption, errors, open_begun
from api.operating import progress_bar, verify_house
from api.operator import enter_command, named_in_keys
from api.rebuild_command import rebuild_command
from domain.access.entry import Doing
from infra.table_difference import Kind


def program() -> typer.Typer:
    """The command line with these commands alone."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    add_caretaking(app)
    return app


def add_caretaking(app: typer.Typer) -> None:
    """Add the commands to a command line."""
    add_keeping(app)
    app.command("rebuild")(rebuild_command(open_begun))
    app.command("verify")(verify)


def verify(data: DataOption = None) -> None:
    """Fold the log again and compare read models and the register of facts. Ends with 1 where any differs or is parked."""
    with open_begun(data) as house:
        house.projector.catch_up()
        with progress_bar("folding again") as step:
            found = verify_house(house, step)
        enter_command(house, "read.events", Doing.LIST, named_in_keys(found))
        for difference in found:
            typer.echo(f"{difference.table} {difference.key}: {difference.kind} {' '.join(difference.columns)}")
        differing = sum(difference.kind != Kind.PARKED for difference in found)
        if differing:
            errors.print(f"[red]{differing} differences.[/] Run `visitledger rebuild` and look at why.")
        else:
            typer.echo(f"No difference, through position {house.projector.complete_through()}.")
        if len(found) > differing:
            errors.print(
                "[yellow]Streams are parked:[/] nothing of them is in the read models. See `visitledger parked`."
            )
        if found:
            raise typer.Exit(1)
