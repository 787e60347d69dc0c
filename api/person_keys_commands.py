"""`visitledger erase` and `visitledger keys rotate`: what becomes of one person's keys, told to the log before it is done. And
`visitledger keys fill-numbers`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.erasing import certificates, do_what_follows, is_research_file, names_to_follow
from api.hold_commands import hold_commands
from api.opening import DataOption, OpenHouse, errors
from api.person_commands import ByOption, PersonOption, decided, kind_of_person
from domain.ids import PersonId
from domain.office.act import Act
from domain.office.persons import complete_erasure, destroy_keys, rotate_keys
from domain.person.values import ErasureReason
from domain.ports import SealClass
from infra.keys import ROTATED_CLASSES
from infra.master_key import KeyStoreError


def add_person_keys(app: typer.Typer, keys: typer.Typer, open_house: OpenHouse) -> None:
    """Add erasing and what holds it up to the command line, and to the commands that look after keys those that open the
    house."""
    app.command("erase")(erase_command(open_house))
    app.add_typer(hold_commands(open_house), name="hold")
    keys.command("rotate")(rotate_command(open_house))
    keys.command("fill-numbers")(fill_numbers_command(open_house))


def erase_command(open_house: OpenHouse) -> Callable[..., None]:
    """The command `erase`, over the function that opens the house."""

    def erase(
        person: PersonOption,
        reason: Annotated[ErasureReason, typer.Option(help="On what ground.")],
        by: ByOption,
        approved_by: Annotated[str, typer.Option(help="Who else has looked at it and approves.")],
        archived: Annotated[str, typer.Option(help="The archive's receipt, where the file is kept for research.")] = "",
        certificate: Annotated[Path | None, typer.Option(help="File to write the certificate to, as JSON.")] = None,
        data: DataOption = None,
    ) -> None:
        """Make unreadable for good what says who a person is, in log, copies and Kafka. Run it again when it did not end."""
        person_id, act = PersonId(str(person)), Act(actor=f"admin/{by}")
        with open_house(data) as house:
            kind = kind_of_person(house, person_id)
            command = destroy_keys(
                person_id,
                reason=reason,
                approved_by=approved_by,
                to_follow=names_to_follow(house),
                archived=archived,
                is_research_file=is_research_file(house, kind, person_id),
                act=act,
            )
            position = decided(house, command)
            with _ending(position):
                followed = do_what_follows(house, person_id, position)
            ended_at = decided(house, complete_erasure(person_id, followed=followed, act=act))
            told = certificates(house, kind, person_id)[-1]
        typer.echo(f"Recorded at position {position}, and ended at {ended_at}. Taken away:")
        for each in told.followed:
            typer.echo(f"  {each.removed} {each.name}: {each.what}")
        typer.echo("Servers that run forget what they remember within a minute.")
        typer.echo("Copies of keys from before today still hold them: delete those, and this person is in none.")
        if certificate is not None:
            certificate.write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")

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
        with open_house(data) as house:
            kind_of_person(house, person_id)
            position = decided(house, rotate_keys(person_id, seal_class=seal_class, act=Act(actor=f"admin/{by}")))
            with _ending(position):
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
def _ending(position: int) -> Iterator[None]:
    """What is done once the decision is in the log. Says what is wrong and ends with 1."""
    try:
        yield
    except (KeyStoreError, OSError) as error:
        why = error if isinstance(error, KeyStoreError) else "A file cannot be deleted."
        errors.print(f"[red]Recorded at position {position}, and not ended:[/] {why} Run it again.")
        raise typer.Exit(1) from None
