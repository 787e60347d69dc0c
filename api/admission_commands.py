"""`visitledger admission withdraw|restore`: shutting a person out where nobody has a token to do it with."""

from pathlib import Path
from typing import Annotated

import typer

from api.opening import DataOption, OpenHouse, errors
from domain.admission.values import WithdrawalReason
from domain.command import Accepted, Command, Refused
from domain.office.act import Act
from domain.office.admission import restore_admission, withdraw_admission

SubjectArgument = Annotated[str, typer.Argument(help="The person, as the tokens write the name (sub).")]
ByOption = Annotated[str, typer.Option(help="Who decides it: a name that the audit trail shows.")]


def admission_commands(open_house: OpenHouse) -> typer.Typer:
    """The commands about admission, over the function that opens the house."""
    app = typer.Typer(no_args_is_help=True, help="Shut people out, and let them in again.")

    @app.command()
    def withdraw(
        subject: SubjectArgument,
        by: ByOption,
        reason: Annotated[WithdrawalReason, typer.Option(help="Why.")] = WithdrawalReason.OTHER,
        data: DataOption = None,
    ) -> None:
        """Refuse every token of a person, in each server within a minute."""
        _decide(open_house, data, withdraw_admission(subject, reason=reason, act=Act(actor=f"admin/{by}")))

    @app.command()
    def restore(subject: SubjectArgument, by: ByOption, data: DataOption = None) -> None:
        """Let a person in again."""
        _decide(open_house, data, restore_admission(subject, act=Act(actor=f"admin/{by}")))

    return app


def _decide(open_house: OpenHouse, data: Path | None, command: Command) -> None:
    with open_house(data) as house:
        (outcome,) = house.ledger.decide([command])
    match outcome:
        case Accepted(position=position):
            typer.echo(f"Recorded at position {position}.")
        case Refused(error=error):
            errors.print(f"[red]{error.code}:[/] {error.detail}")
            raise typer.Exit(1)
        case _:
            raise AssertionError(outcome)
