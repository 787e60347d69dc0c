"""`visitledger period list|close|statement`, and `visitledger report`: closed months on the command line."""

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.bootstrap import NOW, House
from api.closed_statements import Checked, check
from api.closing import Draft, draft_of
from api.opening import DataOption, OpenHouse, errors
from api.operator import enter_command
from domain.access.entry import Doing
from domain.access.whose import Mention, named_in
from domain.command import Accepted
from domain.errors import DomainError
from domain.local_time import Month, MonthUnreadableError, parse_month
from domain.office.act import Act
from domain.office.errors import PositionAheadError
from domain.office.periods import close_period
from domain.period.facts import PeriodClosing
from domain.period.statement import kept, read_statement
from domain.period.values import EarlyClosingReason
from projections.fact_reader import FactReader

DIFFERENCES_TOLD_MAX = 50

AccountableArgument = Annotated[str, typer.Argument(help="The unit's or provider's id.")]
MonthArgument = Annotated[str, typer.Argument(help="YYYY-MM.")]


def period_commands(open_house: OpenHouse) -> typer.Typer:
    """The commands about months, over the function that opens the house."""
    app = typer.Typer(no_args_is_help=True, help="Close months, and show what was closed.")

    @app.command("list")
    def list_periods(data: DataOption = None) -> None:
        """List every month that was ever closed."""
        with open_house(data) as house:
            for each in closings(house):
                typer.echo(
                    f"{each.month}  {each.accountable_id}  {each.state}  position {each.position}  "
                    f"{', '.join(each.rulebook_versions)}  calculation {each.calculation_version}  {each.digest}"
                )

    @app.command()
    def close(
        accountable_id: AccountableArgument,
        month: MonthArgument,
        by: Annotated[str, typer.Option(help="Who closes it: a name that the audit trail shows.")],
        position: Annotated[int | None, typer.Option(help="As of this log position. Default: the last.")] = None,
        early_because: Annotated[
            EarlyClosingReason | None, typer.Option(help="Why it is closed before its lock date.")
        ] = None,
        data: DataOption = None,
    ) -> None:
        """Fix a month's basis and keep its statement."""
        with open_house(data) as house:
            try:
                closed_at, draft = _close(house, accountable_id, _month(month), by, position, early_because)
            except DomainError as error:
                errors.print(f"[red]{error.code}:[/] {error.detail}")
                raise typer.Exit(1) from None
        if draft.must_fix:
            errors.print(f"[yellow]{draft.must_fix} visits must be fixed.[/] Until then they are not paid.")
        typer.echo(f"Closed at position {closed_at}; statement {draft.basis.digest}.")

    @app.command()
    def statement(
        accountable_id: AccountableArgument,
        month: MonthArgument,
        path: Annotated[Path, typer.Argument(help="File to write.")],
        data: DataOption = None,
    ) -> None:
        """Write a closed month's statement, byte for byte as it was stored."""
        with open_house(data) as house:
            wanted = [each for each in closings(house, accountable_id) if each.month == month and each.is_closed]
            content = house.log.statement(wanted[0].digest) if wanted else None
            if content is not None:
                enter_command(house, "read.periods", Doing.EXPORT, named_in(read_statement(content)))
        if content is None:
            errors.print("[yellow]That month is not closed.[/]")
            raise typer.Exit(1)
        path.write_bytes(content)
        typer.echo(f"{len(content)} bytes written to {path}.")

    return app


def report_command(open_house: OpenHouse) -> Callable[..., None]:
    """The command that holds closed months against what is stored, and against what would be computed now."""

    def report(
        recompute: Annotated[
            bool, typer.Option("--recompute", help="Compute each closed month again and state every difference.")
        ] = False,
        month: Annotated[str | None, typer.Option(help="Only this month, YYYY-MM.")] = None,
        data: DataOption = None,
    ) -> None:
        """Say of each closed month whether its statement is whole. Nothing stored is replaced. Ends with 1 if one differs."""
        with open_house(data) as house:
            wanted = [each for each in closings(house) if each.is_closed and month in (None, each.month)]
            found = list(check(house, wanted, recompute=recompute))
            enter_command(house, "read.periods", Doing.LIST, _named(found))
        for checked in found:
            _tell(checked)
        if not all(checked.is_same for checked in found):
            raise typer.Exit(1)

    return report


def closings(house: House, accountable_id: str | None = None) -> list[PeriodClosing]:
    """Every month that was ever closed, as the log ends now."""
    house.projector.catch_up()
    with house.read_database.connect() as db:
        found = FactReader(db, NOW).period_closings(accountable_id=accountable_id)
    return sorted(found, key=lambda each: (each.month, each.accountable_id))


def _close(
    house: House,
    accountable_id: str,
    month: Month,
    by: str,
    position: int | None,
    early_because: EarlyClosingReason | None,
) -> tuple[int, Draft]:
    """Close the month, and give the closing's position and what was closed. Raises the rule's error."""
    head = house.log.head()[0]
    if position is not None and position > head:
        raise PositionAheadError
    house.projector.catch_up()
    draft = draft_of(house, accountable_id, month, position or head)
    command = close_period(
        draft.basis,
        kept(draft.content),
        at=house.clock(),
        known_through=head,
        early_because=early_because,
        adjustments=draft.settled,
        act=Act(actor=f"admin/{by}"),
    )
    (outcome,) = house.ledger.decide([command])
    if isinstance(outcome, Accepted):
        return outcome.position, draft
    raise getattr(outcome, "error", AssertionError(outcome))


def _month(text: str) -> Month:
    try:
        return parse_month(text)
    except MonthUnreadableError as error:
        errors.print(f"[red]{error.detail}[/]")
        raise typer.Exit(2) from None


def _named(found: Iterable[Checked]) -> set[Mention]:
    shown = chain.from_iterable(checked.differences[:DIFFERENCES_TOLD_MAX] for checked in found)
    texts = chain.from_iterable((each.stored, each.recomputed) for each in shown)
    return named_in([msgspec.json.decode(text) for text in texts if text])


def _tell(checked: Checked) -> None:
    closing = checked.closing
    computed = f" by calculation {checked.version}" if checked.version else ""
    verdict = checked.fault or (f"{len(checked.differences)} differences" if checked.differences else "the same")
    typer.echo(f"{closing.month}  {closing.accountable_id}  {verdict}{computed}")
    for difference in checked.differences[:DIFFERENCES_TOLD_MAX]:
        if difference.stored:
            typer.echo(f"  - {difference.section} {difference.stored}")
        if difference.recomputed:
            typer.echo(f"  + {difference.section} {difference.recomputed}")
