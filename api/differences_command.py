"""`visitledger compare`: which cells of a report are others at one position than at another, and the events behind them."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from api.asked_reports import ReportName
from api.compared_cells import Differences, Question, differences, open_sides
from api.opening import DataOption, OpenHouse, errors
from api.operating import progress_bar
from api.operator import enter_command
from api.problems import Problem
from api.rendering import cell, to_csv
from api.told_events import EventTeller
from domain.access.entry import Doing
from domain.access.whose import named_in
from domain.compared_reports import Narrowed
from domain.local_time import MonthUnreadableError, parse_month
from domain.reconciliation import Level

console = Console(soft_wrap=True)
EVENTS_SHOWN_MAX = 3
BY_THE_HOUR = "no event: the hour alone"
SIDE = "A log position, an instant, or a date (its end, local time)."


def differences_command(open_house: OpenHouse) -> Callable[..., None]:
    """The command, over the function that opens the house."""

    def compare(
        first: Annotated[str, typer.Argument(metavar="FROM", help=SIDE)],
        last: Annotated[str, typer.Argument(metavar="TO", help="The other, likewise.")],
        report: Annotated[ReportName, typer.Option(help="Which report.")],
        month: Annotated[str, typer.Option(help="YYYY-MM.")],
        group_by: Annotated[list[str] | None, typer.Option(help="What cells are named by; several times.")] = None,
        level: Annotated[Level, typer.Option(help="Of a reconciliation.")] = Level.SERVICE,
        client: Annotated[str | None, typer.Option(help="One client's id.")] = None,
        unit: Annotated[str | None, typer.Option(help="One unit's id.")] = None,
        worker: Annotated[str | None, typer.Option(help="One worker's id, of performed time and exceptions.")] = None,
        provider: Annotated[str | None, typer.Option(help="One provider's id, of reimbursement.")] = None,
        form: Annotated[str, typer.Option("--format", help="text, json or csv")] = "text",
        language: Annotated[str, typer.Option(help="sv or en")] = "en",
        data: DataOption = None,
    ) -> None:
        """Show what a month's report said at one position and says at another, and the events that made it so."""
        if form not in {"text", "json", "csv"}:
            raise _stop("Write --format text, json or csv.")
        with open_house(data) as house:
            house.projector.catch_up()
            try:
                whose = Narrowed(client, worker, unit, provider)
                asked = Question(report, parse_month(month), group_by or (), level, whose)
                with open_sides(house, first, last) as sides, progress_bar("comparing") as step:
                    found = differences(sides, asked, told=step)
                    teller = EventTeller(sides.after, language)
                    named = named_in([found.row(each, teller) for each in found.cells]) | teller.mentioned
                    enter_command(house, "read.history", Doing.LIST, named, form=form)
                    _tell(found, teller, form)
            except MonthUnreadableError as error:
                raise _stop(error.detail) from None
            except Problem as problem:
                raise _stop(f"{problem.info.title_en}: {', '.join(each.pointer for each in problem.errors)}") from None

    return compare


def _tell(found: Differences, teller: EventTeller, form: str) -> None:
    match form:
        case "csv":
            typer.echo(to_csv(found.columns(each) for each in found.cells), nl=False)
        case "json":
            rows = [found.row(each, teller) for each in found.cells]
            typer.echo(msgspec.json.Encoder(decimal_format="number").encode(rows).decode())
        case _:
            _show(found, teller)


def _show(found: Differences, teller: EventTeller) -> None:
    """Each cell with its figures as they were and are, and under it the latest of the events that made the difference."""
    if not found.cells:
        console.print("Nothing differs.")
    for each in found.cells:
        row = found.row(each, teller)
        key = ", ".join(str(part) for part in each.cell.key if part not in (None, ""))
        console.print(f"[bold]{escape(key)}[/]  {escape(_figures(row))}")
        events = row["causes"][-EVENTS_SHOWN_MAX:]
        hidden = len(each.causes.positions) - len(events)
        for told in events:
            console.print(f"  #{told['position']} {escape(told['text'])} {escape('[' + told['actor'] + ']')}")
        if hidden or not events:
            console.print(f"  and {hidden} events before" if hidden else f"  {BY_THE_HOUR}")
    if found.cells:
        console.print(f"\n{len(found.cells)} cells differ.")


def _figures(row: Any) -> str:
    before, after = row["before"] or {}, row["after"] or {}
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    return ", ".join(f"{name} {cell(before.get(name)) or '-'} → {cell(after.get(name)) or '-'}" for name in names)


def _stop(text: str) -> typer.Exit:
    errors.print(f"[red]{escape(text)}[/]")
    return typer.Exit(2)
