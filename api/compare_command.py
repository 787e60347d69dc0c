"""`visitledger rulebook compare`: what another rulebook would have made of the months on record."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.compared import months_of, names_of, records, told
from api.comparison_chart import bars_of, chart, lines
from api.opening import DataOption, OpenHouse, errors
from api.operator import enter_command
from api.reading import View, view_as_of
from api.rendering import to_csv
from api.rulebook_sides import side_named
from api.terminal import print_table
from domain.access.entry import Doing
from domain.access.whose import Mention
from domain.local_time import MonthUnreadableError
from domain.order.values import MinuteControl
from domain.rulebook.change import PolicyUnreadableError
from domain.what_if import NO_SIDE, By, Difference, compare_rulebooks, most_affected
from infra.case_files import NoSuchRulebookError

MINUTES_IN_HOUR, ID_WIDTH = 60, 41
console = Console(soft_wrap=True)
Names = Mapping[tuple[By, str], str]

SIDE = "adopted, one that comes with the program, or a document; with changes: adopted+excess_policy=pay_actual"
BeforeArgument = Annotated[str, typer.Argument(metavar="A", help=SIDE)]
AfterArgument = Annotated[str, typer.Argument(metavar="B", help="The other, likewise.")]
PeriodOption = Annotated[str, typer.Option(help="A month, 2026-10, or several, 2026-10..2026-12.")]
ControlOption = Annotated[
    MinuteControl | None, typer.Option(help="What if, for B, every order were bound so firmly.", case_sensitive=False)
]
ClientsOption = Annotated[int, typer.Option(min=0, max=1000, help="How many of the clients most affected.")]
FormatOption = Annotated[str, typer.Option("--format", help="table, json or csv: all rows, clients too.")]
ChartOption = Annotated[Path | None, typer.Option("--chart", help="Draw the units' bars into this file, SVG.")]
AsOfOption = Annotated[str | None, typer.Option(help="As of a position, an instant, or the end of a date.")]


class Asked(NamedTuple):
    """What is compared, in the words of whoever asks."""

    before: str
    after: str
    period: str

    @property
    def title(self) -> str:
        """The comparison in a sentence."""
        return f"{self.before} and {self.after}, {self.period}"


def add_compare_command(app: typer.Typer, open_house: OpenHouse) -> None:
    """Put the command among those of rulebooks."""

    @app.command()
    def compare(
        before: BeforeArgument,
        after: AfterArgument,
        period: PeriodOption,
        minute_control: ControlOption = None,
        clients: ClientsOption = 10,
        form: FormatOption = "table",
        chart_file: ChartOption = None,
        as_of: AsOfOption = None,
        data: DataOption = None,
    ) -> None:
        """Compute the months on record under two rulebooks, and show minutes and kronor side by side."""
        if form not in {"table", "json", "csv"}:
            raise _stop("Write --format table, json or csv.")
        with open_house(data) as house:
            house.projector.catch_up()
            with view_as_of(house, as_of) as view:
                found = _compared(view, before, after, period, minute_control)
                names = names_of(view)
            affected = most_affected(found, clients)
            shown = affected if form == "table" else found
            enter_command(
                house, "read.comparisons", Doing.LIST if form == "table" else Doing.EXPORT, _clients(shown), form=form
            )
        spoken = after if minute_control is None else f"{after}, minute control {minute_control}"
        asked = Asked(before, spoken, period)
        units = [each for each in found if each.by is By.UNIT]
        labels = [_label(each, names) for each in units]
        if chart_file is not None:
            drawn = chart(*bars_of(units, labels), title=f"Paid: {asked.title}", before=asked.before, after=asked.after)
            chart_file.write_text(drawn, encoding="utf-8")
        if form == "table":
            _tell(found, affected, asked, names)
            _draw(units, labels)
        else:
            rows = [told(each, names) for each in found]
            encoder = msgspec.json.Encoder(decimal_format="number")
            typer.echo(to_csv(rows) if form == "csv" else encoder.encode(rows).decode(), nl=form == "json")


def _clients(rows: Sequence[Difference]) -> set[Mention]:
    return {("client", each.name) for each in rows if each.by is By.CLIENT}


def _compared(view: View, before: str, after: str, period: str, control: MinuteControl | None) -> list[Difference]:
    try:
        sides = [side_named(side, view, Path.cwd()) for side in (before, after)]
        return compare_rulebooks(records(view, months_of(period)), *sides, minute_control=control)
    except (MonthUnreadableError, PolicyUnreadableError) as error:
        raise _stop(f"{error.detail} {getattr(error, 'why', '')}".strip()) from None
    except NoSuchRulebookError as error:
        raise _stop(str(error)) from None


def _tell(found: Sequence[Difference], affected: Sequence[Difference], asked: Asked, names: Names) -> None:
    console.print(
        f"[bold]A[/] {escape(asked.before)}\n[bold]B[/] {escape(asked.after)}\n[bold]Period[/] {asked.period}, hours\n"
    )
    for by in (By.ALL, By.PROVIDER, By.UNIT, By.SERVICE):
        _table([each for each in found if each.by is by], f"By {by}" if by is not By.ALL else "All", names)
    if affected:
        _table(affected, "The clients most affected", names)
    else:
        console.print("No client's figures differ.\n")


def _table(rows: Sequence[Difference], title: str, names: Names) -> None:
    """One line for each; what is the same on both sides stands once, and kronor only where there are any."""
    rows = [each for each in rows if each.before != NO_SIDE or each.after != NO_SIDE]
    is_priced = any(each.before.amount or each.after.amount for each in rows)
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None)
    table.add_column("", overflow="fold", min_width=ID_WIDTH if any(each.by is By.CLIENT for each in rows) else None)
    for head in ("ordered", "performed", "paid", "change", *(("kronor", "change") if is_priced else ()), "deviation"):
        table.add_column(head, justify="right")
    for each in rows:
        table.add_row(escape(_label(each, names)), *_cells(each, is_priced=is_priced))
    print_table(console, table)
    console.print()


def _cells(each: Difference, *, is_priced: bool) -> Iterator[str]:
    a, b = each.before, each.after
    yield _both(_hours(a.ordered_minutes), _hours(b.ordered_minutes))
    yield _both(_hours(a.performed_minutes), _hours(b.performed_minutes))
    yield _both(_hours(a.reimbursed_minutes), _hours(b.reimbursed_minutes))
    yield _hours(each.reimbursed_change, signed=True)
    if is_priced:
        yield _both(_kronor(a.amount), _kronor(b.amount))
        yield _kronor(each.amount_change, signed=True)
    yield _both(_hours(a.deviation_minutes), _hours(b.deviation_minutes))


def _both(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _draw(units: Sequence[Difference], labels: Sequence[str]) -> None:
    groups, unit = bars_of(units, labels)
    table = Table(title=f"Paid by unit, {unit}: ░ A, █ B", title_justify="left", title_style="bold", box=None)
    for column in ("", "bar", "figure"):
        table.add_column(column, justify="right" if column == "figure" else "left", no_wrap=column == "bar")
    table.show_header = False
    for label, bar, figure in lines(groups, unit):
        table.add_row(escape(label), bar, figure)
    print_table(console, table)
    console.print("What has no rate in a rulebook is worth nothing under it: then the hours tell the story.")


def _label(each: Difference, names: Names) -> str:
    name = names.get((each.by, each.name)) or each.name or ("all" if each.by is By.ALL else "none named")
    return f"{name}, {each.legal_basis}"


def _hours(minutes: int, *, signed: bool = False) -> str:
    hours = minutes / MINUTES_IN_HOUR
    return f"{hours:+,.1f}" if signed else f"{hours:,.1f}"


def _kronor(amount: Decimal, *, signed: bool = False) -> str:
    return f"{amount:+,.0f}" if signed else f"{amount:,.0f}"


def _stop(text: str) -> typer.Exit:
    errors.print(f"[red]{escape(text)}[/]")
    return typer.Exit(2)
