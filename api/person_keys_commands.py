"""`visitledger erase` and `visitledger keys rotate`: what becomes of one person's keys, told to the log before it is done. And
`visitledger keys fill-numbers`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from api.bootstrap import House
from api.keeping import DataOption
from domain.command import Accepted, Command, Refused
from domain.ids import PersonId, stream_of
from domain.office.act import Act
from domain.office.persons import destroy_keys, rotate_keys
from domain.person.values import ErasureReason
from domain.ports import SealClass
from infra.keys import ROTATED_CLASSES
from infra.master_key import KeyStoreError

OpenHouse = Callable[[Path | None], AbstractContextManager[House]]
errors = Console(stderr=True, soft_wrap=True)
PERSON_KINDS = ("client", "worker")

PersonOption = Annotated[UUID, typer.Option("--person", help="The id of a client or worker.")]
ByOption = Annotated[str, typer.Option(help="Who decides it: a name that the audit trail shows.")]


def add_person_keys(keys: typer.Typer, open_house: OpenHouse) -> None:
    """Add to the commands that look after keys those that open the house."""
    keys.command("rotate")(rotate_command(open_house))
    keys.command("fill-numbers")(fill_numbers_command(open_house))


def erase_command(open_house: OpenHouse) -> Callable[..., None]:
    """The command `erase`, over the function that opens the house."""

    def erase(
        person: PersonOption,
        reason: Annotated[ErasureReason, typer.Option(help="On what ground.")],
        by: ByOption,
        approved_by: Annotated[str, typer.Option(help="Who else has looked at it and approves.")],
        data: DataOption = None,
    ) -> None:
        """Make unreadable for good what says who a person is, in log, copies and Kafka. Run it again when it did not end."""
        person_id = PersonId(str(person))
        command = destroy_keys(person_id, reason=reason, approved_by=approved_by, act=Act(actor=f"admin/{by}"))
        with _decided(open_house, data, person_id, command) as (house, position):
            destroyed = house.keys.destroy(person_id)
        typer.echo(
            f"Recorded at position {position}; {destroyed} keys destroyed. Servers that run forget them within a minute."
        )
        typer.echo("Copies of keys from before today still hold them: delete those, and this person is in none.")

    return erase


def rotate_command(open_house: OpenHouse) -> Callable[..., None]:
    """The command `keys rotate`, over the function that opens the house."""

    def rotate(
        person: PersonOption,
        by: ByOption,
        seal_class: Annotated[SealClass | None, typer.Option("--class", help="Only keys of this class.")] = None,
        data: DataOption = None,
    ) -> None:
        """Seal what comes of a person under new keys, as after one was lost. What is sealed still opens."""
        if seal_class not in (None, *ROTATED_CLASSES):
            errors.print("[red]Not done:[/] positions have a new key each month.")
            raise typer.Exit(2)
        person_id = PersonId(str(person))
        command = rotate_keys(person_id, seal_class=seal_class, act=Act(actor=f"admin/{by}"))
        with _decided(open_house, data, person_id, command) as (house, position):
            made = house.keys.rotate(person_id, seal_class, house.clock())
        typer.echo(f"Recorded at position {position}; {made} new keys. Servers that run use them within a minute.")

    return rotate


def fill_numbers_command(open_house: OpenHouse) -> Callable[..., None]:
    """The command `keys fill-numbers`, over the function that opens the house."""

    def fill_numbers(data: DataOption = None) -> None:
        """Let clients be found by personnummer who were registered by an earlier release, or before keys were restored."""
        with open_house(data) as house:
            read = house.numbers.fill()
        typer.echo(f"{read} numbers were read from the log. Their clients are found by them.")

    return fill_numbers


@contextmanager
def _decided(
    open_house: OpenHouse, data: Path | None, person_id: PersonId, command: Command
) -> Iterator[tuple[House, int]]:
    """The house once the decision is in the log, and its position there. Says what is wrong and ends with 1."""
    with open_house(data) as house:
        if not any(house.log.read_stream(stream_of(kind, person_id)) for kind in PERSON_KINDS):
            errors.print("[red]Nothing was done:[/] no client or worker has that id.")
            raise typer.Exit(1)
        (outcome,) = house.ledger.decide([command])
        match outcome:
            case Accepted(position=position):
                try:
                    yield house, position
                except KeyStoreError as error:
                    errors.print(f"[red]Recorded at position {position}, and not ended:[/] {error} Run it again.")
                    raise typer.Exit(1) from None
            case Refused(error=refusal):
                errors.print(f"[red]{refusal.code}:[/] {refusal.detail}")
                raise typer.Exit(1)
            case _:
                raise AssertionError(outcome)
