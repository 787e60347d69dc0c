"""`visitledger hold place|lift|list`: what keeps a person from being erased, where nobody has a token to say it with."""

from typing import Annotated
from uuid import UUID, uuid4

import typer

from api.erasing import person_at, today
from api.opening import DataOption, OpenHouse
from api.operator import enter_command
from api.person_commands import ByOption, PersonOption, decided, kind_of_person
from domain.access.entry import Doing
from domain.ids import PersonId
from domain.office.act import Act
from domain.office.persons import lift_hold, place_hold
from domain.person.values import HoldReason


def hold_commands(open_house: OpenHouse) -> typer.Typer:
    """The commands about legal holds, over the function that opens the house."""
    app = typer.Typer(no_args_is_help=True, help="Keep a person from being erased, and no longer.")

    @app.command()
    def place(
        person: PersonOption,
        reason: Annotated[HoldReason, typer.Option(help="On what ground.")],
        by: ByOption,
        data: DataOption = None,
    ) -> None:
        """Let nobody erase a person before this hold is lifted. Prints its id."""
        person_id, hold_id = PersonId(str(person)), str(uuid4())
        with open_house(data) as house:
            kind = kind_of_person(house, person_id)
            act = Act(actor=f"admin/{by}")
            command = place_hold(kind, person_id, hold_id=hold_id, reason=reason, on=today(house), act=act)
            position = decided(house, command)
        typer.echo(f"Recorded at position {position}; hold {hold_id}.")

    @app.command()
    def lift(
        person: PersonOption,
        hold: Annotated[UUID, typer.Option(help="The id of the hold.")],
        by: ByOption,
        data: DataOption = None,
    ) -> None:
        """Say that the ground of a hold is gone."""
        person_id = PersonId(str(person))
        with open_house(data) as house:
            kind = kind_of_person(house, person_id)
            act = Act(actor=f"admin/{by}")
            position = decided(house, lift_hold(kind, person_id, hold_id=str(hold), on=today(house), act=act))
        typer.echo(f"Recorded at position {position}.")

    @app.command("list")
    def list_holds(person: PersonOption, data: DataOption = None) -> None:
        """Show a person's holds, open and lifted, the first placed first."""
        person_id = PersonId(str(person))
        with open_house(data) as house:
            kind = kind_of_person(house, person_id)
            enter_command(house, "read.holds", Doing.READ, {(kind, person_id)})
            holds = person_at(house, person_id).history.holds.values()
        if not holds:
            typer.echo("No hold was ever placed.")
        for each in holds:
            lifted = f"lifted {each.lifted_on} by {each.lifted_by}" if each.lifted_on else "open"
            typer.echo(f"{each.hold_id}  {each.reason}  placed {each.placed_on} by {each.placed_by}  {lifted}")

    return app
