"""`visitledger import plans FILE` and `visitledger import registrations FILE`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.bootstrap import House
from api.csv_import.faults import UnusableFileError
from api.csv_import.mapping import DOCUMENTED, Columns, read_mapping
from api.csv_import.plans import PLAN_COLUMNS, Completeness, import_plans
from api.csv_import.registered import REGISTRATION_COLUMNS
from api.csv_import.registrations import import_registrations
from api.csv_import.rejects import reject_path, write_rejects
from api.csv_import.report import ImportReport, told_of
from api.csv_import.running import SOURCE, ImportJob
from api.csv_import.table import FILE_BYTES_MAX
from api.opening import DataOption, OpenHouse, errors
from api.operating import local, progress_bar
from api.operator import enter_command
from api.problems import Problem
from api.reading import Span
from domain.access.entry import Doing
from domain.ids import UnitId
from infra.writer import StoreUnavailableError, WriterBusyError

FileArgument = Annotated[Path, typer.Argument(help="The CSV file.", exists=True, dir_okay=False, readable=True)]
SourceOption = Annotated[str, typer.Option(help="Names the exporting system: its keys are its own.")]
MappingOption = Annotated[Path | None, typer.Option(help="A TOML file; see docs/import.md.", exists=True)]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and store nothing.")]


def import_commands(open_house: OpenHouse) -> typer.Typer:
    """The commands, over the function that opens the house."""
    app = typer.Typer(no_args_is_help=True, help="Take in CSV files of a planning system.")

    @app.command()
    def plans(
        file: FileArgument,
        source: SourceOption,
        mapping: MappingOption = None,
        complete: Annotated[bool, typer.Option("--complete", help="Call off what the file does not hold.")] = False,
        unit: Annotated[str, typer.Option(help="With --complete: the unit's id.")] = "",
        from_: Annotated[str, typer.Option("--from", help="With --complete: the first day, YYYY-MM-DD.")] = "",
        to: Annotated[str, typer.Option(help="With --complete: the last day.")] = "",
        dry_run: DryRunOption = False,
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask before visits are called off.")] = False,
        data: DataOption = None,
    ) -> None:
        """Plan the visits of a file, and change those that it changes."""
        with open_house(data) as house, _told_plainly():
            wanted = _completeness(house, unit, from_, to) if complete else None
            job = _job(house, file, source, mapping, PLAN_COLUMNS, dry_run=dry_run)
            if wanted and not dry_run:
                wanted = _agreed(job, wanted, yes=yes)
            with progress_bar("plans") as step:
                report = import_plans(replace(job, step=step), wanted)
            _tell(job, file, PLAN_COLUMNS, report)

    @app.command()
    def registrations(
        file: FileArgument,
        source: SourceOption,
        mapping: MappingOption = None,
        dry_run: DryRunOption = False,
        data: DataOption = None,
    ) -> None:
        """Take in the registrations of a file, each on its visit: named, matched, or one of its own."""
        with open_house(data) as house, _told_plainly():
            job = _job(house, file, source, mapping, REGISTRATION_COLUMNS, dry_run=dry_run)
            with progress_bar("registrations") as step:
                report = import_registrations(replace(job, step=step))
            _tell(job, file, REGISTRATION_COLUMNS, report)

    return app


def _job(house: House, file: Path, source: str, mapping: Path | None, columns: Columns, *, dry_run: bool) -> ImportJob:
    if not SOURCE.fullmatch(source):
        raise _stop("--source takes 1-64 letters, digits and . _ -")
    if file.stat().st_size > FILE_BYTES_MAX:
        raise UnusableFileError("too_large", "")
    content = file.read_bytes()
    found = read_mapping(_text(mapping), columns) if mapping else DOCUMENTED
    house.projector.catch_up()
    house.writer.start()
    return ImportJob(
        house=house,
        source=source,
        file_name=file.name,
        content=content,
        mapping=found,
        actor=f"import/{source}",
        rehearsal=dry_run,
    )


def _text(mapping: Path) -> str:
    try:
        return mapping.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UnusableFileError("mapping_invalid", "/mapping") from None


def _completeness(house: House, unit: str, first: str, last: str) -> Completeness:
    try:
        days = Span(date.fromisoformat(first), date.fromisoformat(last), house.rulebook.zone)
        unit_id = UnitId(str(UUID(unit)))
    except ValueError:
        raise _stop("--complete needs --unit ID, --from YYYY-MM-DD and --to YYYY-MM-DD.") from None
    if days.last_on < days.first_on:
        raise _stop("--to is before --from.")
    return Completeness(unit_id, days)


def _agreed(job: ImportJob, wanted: Completeness, *, yes: bool) -> Completeness:
    """Show what a complete file would call off, ask, and let exactly that be called off."""
    missing = import_plans(replace(job, rehearsal=True), wanted).missing
    listed = [each for each in missing if each.status == "to_cancel"]
    if missing and not listed:
        return wanted  # None can be called off; the report says why.
    zone = job.house.rulebook.zone
    enter_command(job.house, "import", Doing.LIST, {("visit", each.visit_id) for each in listed})
    for each in listed:
        typer.echo(f"not in the file: {local(each.starts_at, zone)}  visit {each.visit_id}")
    if listed and not yes and not typer.confirm(f"Call off these {len(listed)} visits?"):
        errors.print("[yellow]Nothing was stored.[/]")
        raise typer.Exit(1)
    return replace(wanted, agreed=frozenset(each.visit_id for each in listed))


def _tell(job: ImportJob, file: Path, columns: Columns, report: ImportReport) -> None:
    """Say what came of it. Ends with 1 where a row was rejected."""
    enter_command(job.house, "import", Doing.LIST, told_of(report))
    for result in report.results:
        if result.status == "rejected":
            where = f", column {result.column}" if result.column else ""
            typer.echo(f"line {result.line}{where}: {result.code}")
        elif result.match:
            apart = "" if result.minutes_apart is None else f", {result.minutes_apart:+} min"
            typer.echo(f"line {result.line}: visit {result.visit_id} ({result.match}{apart})")
    for each in report.missing:
        typer.echo(f"visit {each.visit_id}: {each.status} {each.code}".rstrip())
    done = "" if report.stored else " Nothing was stored: this was a dry run."
    typer.echo(f"{report.accepted} accepted, {report.known} known, {report.rejected} rejected.{done}")
    if write_rejects(reject_path(file), job.table(columns), report.results, job.mapping):
        errors.print(f"[yellow]The rejected rows are in[/] {reject_path(file)}")
        raise typer.Exit(1)


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Tell errors of file, mapping and store in one line, and end with 2."""
    try:
        yield
    except Problem as problem:
        places = " ".join(error.pointer for error in problem.errors)
        raise _stop(f"{problem.info.title_en} {places}".rstrip() + f". {problem.info.what_to_do_en}") from None
    except (WriterBusyError, StoreUnavailableError):
        raise _stop("The store could not take it just now. Import the file again: nothing counts twice.") from None


def _stop(why: str) -> typer.Exit:
    errors.print(f"[red]Not imported.[/] {why}")
    return typer.Exit(2)
