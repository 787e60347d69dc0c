"""What commands about one person share: the person is found, the decision is told to the log, and what is wrong is said."""

from typing import Annotated
from uuid import UUID

import typer

from api.bootstrap import House
from api.opening import errors
from domain.command import Accepted, Command, Refused
from domain.ids import PersonId, stream_of
from domain.office.persons import PERSONS

PersonOption = Annotated[UUID, typer.Option("--person", help="The id of a client or worker.")]
ByOption = Annotated[str, typer.Option(help="Who decides it: a name that the audit trail shows.")]


def kind_of_person(house: House, person_id: PersonId) -> str:
    """Whether it is a client or a worker. Says so and ends with 1 where it is neither."""
    for kind in PERSONS:
        if house.log.read_stream(stream_of(kind, person_id)):
            return kind
    errors.print("[red]Nothing was done:[/] no client or worker has that id.")
    raise typer.Exit(1)


def decided(house: House, command: Command) -> int:
    """Where the decision stands in the log. Says why it was refused and ends with 1."""
    (outcome,) = house.ledger.decide([command])
    match outcome:
        case Accepted(position=position):
            return position
        case Refused(error=refusal):
            errors.print(f"[red]{refusal.code}:[/] {refusal.detail}")
            raise typer.Exit(1)
        case _:
            raise AssertionError(outcome)
