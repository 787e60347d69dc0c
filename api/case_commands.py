"""`visitledger rulebook check` and `rules`: cases that municipal staff write, and the table of rules they are for."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.opening import errors
from api.terminal import print_table
from domain.cases.case import CaseFile
from domain.cases.figures import Figure
from domain.cases.rule_row import proofs_in, rules_page
from domain.cases.run import CaseRun, run_case
from domain.errors import RefusedError
from domain.rulebook.rulebook import Rulebook
from infra.case_files import (
    CaseDocument,
    NoSuchRulebookError,
    case_names,
    case_text,
    read_case_file,
    rule_rows,
    rulebook_named,
    shipped_cases,
)

console = Console(soft_wrap=True)

FileArgument = Annotated[
    Path | None, typer.Argument(help="The file of cases, YAML; or --shipped.", exists=True, dir_okay=False)
]
ShippedOption = Annotated[str, typer.Option(help=f"Cases that come with the program: {', '.join(case_names())}.")]
RulebookOption = Annotated[
    str, typer.Option("--rulebook", help="Another rulebook than the file names: one that comes along, or a document.")
]


def add_case_commands(app: typer.Typer) -> None:
    """Put the commands among those of rulebooks."""

    @app.command()
    def check(file: FileArgument = None, shipped: ShippedOption = "", rulebook: RulebookOption = "") -> None:
        """Run the cases of a file: what its rulebook makes of what is given, held against what is expected. Ends with 1 when
        one fails."""
        document, beside = _document(file, shipped)
        cases = _sound(document)
        book = _rulebook(rulebook or cases.rulebook, Path.cwd() if rulebook else beside)
        runs = [_run(cases, number, line, book) for number, line in enumerate(document.lines)]
        _tell(runs, document.lines)
        failed = sum(not run.passed for run in runs)
        console.print(f"{len(runs) - failed} of {len(runs)} cases hold under {escape(book.municipality)}.")
        if failed:
            raise typer.Exit(1)

    @app.command()
    def rules() -> None:
        """Print the table of rules: what becomes of every row of the domain rules, and which cases show it."""
        typer.echo(rules_page(rule_rows(), proofs_in(shipped_cases())), nl=False)


def _document(file: Path | None, shipped: str) -> tuple[CaseDocument, Path]:
    if (file is None) == (shipped == ""):
        raise _stop("Name a file, or one of those that come with the program by --shipped.")
    if file is not None:
        return read_case_file(file.read_bytes()), file.parent
    if shipped not in case_names():
        raise _stop(f"No such cases come with the program. There are {', '.join(case_names())}.")
    return read_case_file(case_text(shipped)), Path.cwd()


def _sound(document: CaseDocument) -> CaseFile:
    if document.file is None:
        for fault in document.faults:
            typer.echo(f"line {fault.line}: {fault.path or '/'}: {fault.sentence} [{fault.code}]")
        errors.print(f"[red]{len(document.faults)} faults.[/] No case was run.")
        raise typer.Exit(1)
    return document.file


def _rulebook(name: str, beside: Path) -> Rulebook:
    try:
        return rulebook_named(name, beside)
    except NoSuchRulebookError as error:
        raise _stop(str(error)) from None


def _run(cases: CaseFile, number: int, line: int, rulebook: Rulebook) -> CaseRun:
    try:
        return run_case(cases.cases[number], rulebook)
    except RefusedError as error:
        raise _stop(f"line {line}: the case cannot be run. {error.detail}") from None


def _tell(runs: list[CaseRun], lines: tuple[int, ...]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("line", "case", "", "expected", "found"):
        table.add_column(heading, overflow="fold", ratio=4 if heading == "case" else None)
    for run, line in zip(runs, lines, strict=True):
        verdict = "[green]holds[/]" if run.passed else "[red]FAILS[/]"
        table.add_row(str(line), escape(run.case.case), verdict)
        for miss in run.misses:
            what = f"{miss.figure} {miss.name}".rstrip()
            table.add_row("", f"  {escape(what)}", "", escape(_told(miss.expected)), escape(_told(miss.found)))
    print_table(console, table)


def _told(figure: Figure) -> str:
    return ", ".join(str(part) for part in figure) or "none" if isinstance(figure, tuple) else str(figure)


def _stop(text: str) -> typer.Exit:
    errors.print(f"[red]{escape(text)}[/]")
    return typer.Exit(2)
