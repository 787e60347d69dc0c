"""`visitledger rulebook ...`: the rules by date, documents that are checked, and their adoption."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.bootstrap import House
from api.case_commands import add_case_commands
from api.compare_command import add_compare_command
from api.opening import DataOption, OpenHouse, errors
from api.reading import view_as_of
from api.rulebook_answers import edition_in_full, edition_rows, unknown_places
from domain.command import Outcome, Refused
from domain.office.act import Act
from domain.office.organisation import adopt_rulebook
from domain.organisation.errors import RulebookServicesUnknownError
from domain.rulebook.rulebook import Rulebook
from infra.rulebook_files import DocumentFault, RulebookFile, read_rulebook, shipped_names, shipped_text
from infra.rulebook_schema import rulebook_schema
from infra.writer import StoreUnavailableError, WriterBusyError

ACTOR = "admin/command-line"

FileArgument = Annotated[
    Path | None, typer.Argument(help="The document, YAML; or --shipped.", exists=True, dir_okay=False, readable=True)
]
ShippedOption = Annotated[str, typer.Option(help=f"One that comes with the program: {', '.join(shipped_names())}.")]
AsOfOption = Annotated[str | None, typer.Option(help="As of a position, an instant, or the end of a date.")]


def rulebook_commands(open_house: OpenHouse) -> typer.Typer:
    """The commands, over the function that opens the house."""
    app = typer.Typer(no_args_is_help=True, help="The rules by date: look at them, check documents, adopt them.")

    @app.command("list")
    def list_editions(as_of: AsOfOption = None, data: DataOption = None) -> None:
        """List the editions with the days that they hold."""
        with open_house(data) as house:
            house.projector.catch_up()
            with view_as_of(house, as_of) as view:
                for row in edition_rows(view):
                    until = row["until_on"] or "until further notice"
                    typer.echo(f"{row['from_on']} - {until}  {row['version']}  {row['municipality']}".rstrip())

    @app.command()
    def show(version: str, as_of: AsOfOption = None, data: DataOption = None) -> None:
        """Print one edition with every policy, as JSON."""
        with open_house(data) as house:
            house.projector.catch_up()
            with view_as_of(house, as_of) as view:
                edition = edition_in_full(view, version)
        if edition is None:
            errors.print("[red]No edition of that version holds on any day.[/] See `visitledger rulebook list`.")
            raise typer.Exit(2)
        told = msgspec.json.Encoder(decimal_format="number").encode(edition)
        typer.echo(msgspec.json.format(told, indent=2).decode())

    @app.command()
    def validate(file: FileArgument = None, shipped: ShippedOption = "") -> None:
        """Tell every fault of a document with its line. Ends with 1 when it has any."""
        document = _document(file, shipped)
        rulebook = _sound(document)
        versions = ", ".join(edition.version for edition in rulebook.editions)
        typer.echo(f"No fault. {rulebook.municipality}: {versions}.")

    @app.command()
    def adopt(file: FileArgument = None, shipped: ShippedOption = "", data: DataOption = None) -> None:
        """Let a rulebook hold for the days that it covers, over what was adopted before. Ends with 1 when refused."""
        document = _document(file, shipped)
        rulebook = _sound(document)
        with open_house(data) as house:
            [outcome] = _decided(house, rulebook, document.digest)
            _tell_refusal(document, outcome)
            house.projector.catch_up()
            with view_as_of(house, None) as view:
                for row in edition_rows(view):
                    typer.echo(f"{row['from_on']} - {row['until_on'] or 'until further notice'}  {row['version']}")

    @app.command()
    def schema() -> None:
        """Print the JSON Schema of a document."""
        typer.echo(msgspec.json.format(msgspec.json.encode(rulebook_schema()), indent=2).decode())

    add_case_commands(app)
    add_compare_command(app, open_house)
    return app


def _document(file: Path | None, shipped: str) -> RulebookFile:
    if (file is None) == (shipped == ""):
        raise _stop("Name a file, or one of those that come with the program by --shipped.")
    if file is not None:
        return read_rulebook(file.read_bytes())
    if shipped not in shipped_names():
        raise _stop(f"No such rulebook comes with the program. There are {', '.join(shipped_names())}.")
    return read_rulebook(shipped_text(shipped))


def _sound(document: RulebookFile) -> Rulebook:
    if document.rulebook is None:
        _tell(document.faults)
        typer.echo(f"{len(document.faults)} faults. Nothing was adopted.")
        raise typer.Exit(1)
    return document.rulebook


def _decided(house: House, rulebook: Rulebook, digest: str) -> list[Outcome]:
    house.writer.start()
    try:
        return house.writer.write([adopt_rulebook(rulebook, source_digest=digest, act=Act(actor=ACTOR))])
    except (WriterBusyError, StoreUnavailableError):
        raise _stop("It could not be stored just now. Try again.") from None


def _tell_refusal(document: RulebookFile, outcome: Outcome) -> None:
    if not isinstance(outcome, Refused):
        return
    if isinstance(outcome.error, RulebookServicesUnknownError):
        _tell(unknown_places(document, outcome.error))
        typer.echo(f"unknown: {', '.join(sorted(outcome.error.service_codes))}")
    errors.print(f"[red]Not adopted ({outcome.error.code}).[/] {outcome.error.detail}")
    raise typer.Exit(1)


def _tell(faults: Iterable[DocumentFault]) -> None:
    for fault in faults:
        typer.echo(f"line {fault.line}: {fault.path or '/'}: {fault.sentence} [{fault.code}]")


def _stop(text: str) -> typer.Exit:
    errors.print(f"[red]{text}[/]")
    return typer.Exit(2)
