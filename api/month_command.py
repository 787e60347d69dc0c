"""`visitledger month`: all figures of a month by unit and provider, computed by one process or several."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.opening import DataOption, OpenHouse, errors
from api.operating import progress_bar
from api.reading import view_as_of
from domain.local_time import MonthUnreadableError, parse_month
from domain.month_totals import MonthTotals
from domain.reconciliation import Level, ReconciliationRow
from infra.month_run import run_month
from infra.month_worker import MonthOrder

MINUTES_IN_HOUR = 60
COLUMNS = ("", "", "ordered h", "planned h", "performed h", "deviation h", "paid kr")


def month_command(open_house: OpenHouse) -> Callable[..., None]:
    """The command, over the function that opens the house."""

    def compute(
        month: Annotated[str, typer.Argument(help="YYYY-MM.")],
        processes: Annotated[int, typer.Option(min=1, max=64, help="How many compute at once.")] = 1,
        as_of: Annotated[str | None, typer.Option(help="A log position, an instant, or a date (its end).")] = None,
        form: Annotated[str, typer.Option("--format", help="table or json")] = "table",
        data: DataOption = None,
    ) -> None:
        """Compute a month's ordered, planned, performed and paid time, exceptions and continuity, by unit and provider."""
        try:
            wanted = parse_month(month)
        except MonthUnreadableError as error:
            errors.print(f"[red]{error.code}:[/] {error.detail}")
            raise typer.Exit(2) from None
        with open_house(data) as house:
            house.projector.catch_up()
            with view_as_of(house, as_of) as view, progress_bar("computing the month") as step:
                order = MonthOrder(
                    url=house.settings.read_url,
                    as_of=view.position,
                    month=wanted,
                    rulebook=view.rulebook,
                    at=view.at,
                )
                totals = run_month(order, processes=processes, told=step).totals
                names = {str(unit.unit_id): unit.name for unit in view.facts.units()}
                names |= {str(provider.provider_id): provider.name for provider in view.facts.providers()}
        told = summary(totals, names)
        if form == "json":
            typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            _show(told)

    return compute


def summary(totals: MonthTotals, names: dict[str, str]) -> dict[str, Any]:
    """The totals as plain data: minutes whole, kronor to the öre as text; `workers_met` is a number of clients by number of
    workers."""
    return {
        "clients": totals.clients,
        "visits": totals.visits,
        "rows": [_row(row, names) for row in (totals.reconciliation() if totals.tallies else ())],
        "exceptions": {str(code): count for code, count in sorted(totals.exceptions.items())},
        "workers_met": {str(workers): count for workers, count in sorted(totals.continuity.items())},
    }


def _row(row: ReconciliationRow, names: dict[str, str]) -> dict[str, Any]:
    subject = (row.unit_id if row.level is Level.UNIT else row.provider_id) or ""
    return {
        "level": str(row.level),
        "id": subject,
        "name": names.get(subject, ""),
        "legal_basis": row.legal_basis,
        "ordered_minutes": row.ordered_minutes,
        "planned_minutes": row.planned_minutes,
        "performed_minutes": row.performed_minutes,
        "deviation_minutes": row.deviation_minutes,
        "causes": {str(cause): minutes for cause, minutes in row.causes.items()},
        "reimbursed_minutes": row.reimbursed_minutes,
        "reimbursed_amount": str(row.reimbursed_amount),
    }


def _show(told: dict[str, Any]) -> None:
    table = Table(*COLUMNS, title=f"{told['clients']} clients, {told['visits']} visits")
    for row in told["rows"]:
        hours = (_hours(row[f"{layer}_minutes"]) for layer in ("ordered", "planned", "performed", "deviation"))
        table.add_row(row["name"] or row["id"], row["legal_basis"], *hours, row["reimbursed_amount"])
    console = Console()
    console.print(table)
    console.print("Exceptions: " + ", ".join(f"{code} {count}" for code, count in told["exceptions"].items()))
    met = ", ".join(f"{count} clients {workers}" for workers, count in told["workers_met"].items())
    console.print(f"Workers met in the period of continuity: {met}")


def _hours(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes / MINUTES_IN_HOUR:,.1f}"
