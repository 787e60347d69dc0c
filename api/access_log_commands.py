"""`visitledger access-log ...`: who has seen what, looked through, told to the person concerned, and kept five years."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from api.access_review import extract_of, reviewed
from api.opening import DataOption, OpenHouse, errors
from api.operator import enter_command, operators
from api.rendering import to_csv
from domain.access.entry import Doing, KeptLongerError, require_old
from domain.access.whose import named_in
from domain.client.errors import ClientUnknownError
from domain.local_time import MonthUnreadableError, parse_month
from infra.access_check import check_access_log
from infra.access_tables import LINK, AccessLogUnavailableError, instant_of
from infra.table_difference import Difference


def access_log_commands(open_house: OpenHouse) -> typer.Typer:
    """The commands, over the function that opens the house."""
    app = typer.Typer(no_args_is_help=True, help="Who has seen whose data.")

    @app.command("review")
    def review_month(
        month: Annotated[str, typer.Option(help="YYYY-MM")],
        data: DataOption = None,
    ) -> None:
        """Look a month's entries through: some readers by chance, and what stands out by rule. As CSV."""
        with open_house(data) as house:
            try:
                rows = _rows(reviewed(house, parse_month(month)))
            except (MonthUnreadableError, AccessLogUnavailableError) as error:
                raise _stop(getattr(error, "detail", "The access log does not answer.")) from None
            enter_command(house, "read.access_log", Doing.EXPORT, named_in(rows), form="csv")
        typer.echo(to_csv(rows), nl=False)

    @app.command("extract")
    def extract_for(
        client: Annotated[UUID, typer.Option(help="The client that it is for.")],
        language: Annotated[str, typer.Option(help="sv or en")] = "sv",
        data: DataOption = None,
    ) -> None:
        """Who has seen a client's data, told to the client: which unit, when and what kind. As CSV."""
        with open_house(data) as house:
            try:
                rows = _rows(extract_of(house, str(client), language))
            except (ClientUnknownError, AccessLogUnavailableError) as error:
                raise _stop(getattr(error, "detail", "The access log does not answer.")) from None
            enter_command(house, "read.access_extract", Doing.EXPORT, {("client", str(client))}, form="csv")
        typer.echo(to_csv(rows), nl=False)

    @app.command("verify")
    def verify(
        head: Annotated[
            str, typer.Option(help="LINK:HASH as an earlier run ended with: it must be in the chain.")
        ] = "",
        data: DataOption = None,
    ) -> None:
        """Check that no entry was changed, removed or put in. Ends with 1 where one was. Write down the head elsewhere."""
        known = _head_asked(head)
        with open_house(data) as house:
            check = check_access_log(house.access_log.reader, known)
        for each in check.found:
            typer.echo(f"{each.table} {each.key[0]}{_entered_at(each)}: {each.kind}")
        if check.found:
            errors.print("[red]The access log is not what was entered.[/]")
            raise typer.Exit(1)
        typer.echo(f"{check.answers} answers, whole. Head: {check.head.link_id}:{check.head.hash.hex()}")

    @app.command("prune")
    def prune(
        before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Entries of earlier days are taken away.")],
        data: DataOption = None,
    ) -> None:
        """Take away entries that are older than five years. That it was done is entered."""
        with open_house(data) as house:
            try:
                require_old(before.date(), house.clock().date())
                done = operators("access_log.prune", Doing.PRUNE, purpose=f"before {before.date()}")
                count = house.access_log.prune(before.replace(tzinfo=UTC), done)
            except KeptLongerError:
                raise _stop("Nothing was taken away: entries are kept for five years.") from None
            except AccessLogUnavailableError:
                raise _stop("Nothing was taken away: the access log does not answer.") from None
        typer.echo(f"{count} answers taken away.")

    return app


def _head_asked(head: str) -> tuple[int, bytes] | None:
    if not head:
        return None
    link_id, _, its_hash = head.partition(":")
    try:
        return int(link_id), bytes.fromhex(its_hash)
    except ValueError:
        raise _stop("A head is a number, a colon and 64 hexadecimal digits.") from None


def _entered_at(found: Difference) -> str:
    """When an answer was entered, by its number."""
    return "" if found.table == LINK.name else f" ({instant_of(found.key[0]):%Y-%m-%d %H:%M:%S} UTC)"


def _rows(found: Iterable[msgspec.Struct]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(each) for each in found]


def _stop(text: str) -> typer.Exit:
    errors.print(f"[red]{text}[/]")
    return typer.Exit(2)
