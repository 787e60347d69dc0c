"""`visitledger`: the command line for people who operate and audit."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.access_command import access_commands
from api.access_log_commands import access_log_commands
from api.admission_commands import admission_commands
from api.bootstrap import NOW
from api.caretaking import add_caretaking
from api.csv_import.commands import import_commands
from api.demo.loading import DemoTooEarlyError, run_demo
from api.demo.municipality import make_municipality
from api.demo.scope import CLIENTS, Scope, ScopeError
from api.demo.summary import DemoRefusedError
from api.demo_load import DemoInterruptedError, DemoLoad, check_empty, mark_loaded
from api.differences_command import differences_command
from api.kafka_commands import consume, publish
from api.key_commands import key_commands
from api.month_command import month_command
from api.opening import DataOption, errors, open_begun, open_house
from api.operating import export_log, history_of, local, position_asked, progress_bar
from api.operator import enter_command
from api.parked_command import parked_command
from api.period_commands import period_commands, report_command
from api.person_keys_commands import add_person_keys
from api.rulebook_commands import rulebook_commands
from api.serving import serve as run_server
from api.story import Storyteller
from api.work_command import work_command
from domain.access.entry import Doing
from domain.local_time import MonthUnreadableError, parse_month
from infra.left_alone import check_not_left_alone
from infra.proofs import thumbprint_of
from infra.servable import check_servable
from infra.setting_values import SettingError
from infra.settings import Settings
from infra.tokens import ROLES
from projections.fact_reader import FactReader
from projections.mentions import mentions

LEARNED_LATE = timedelta(minutes=10)
FOLD_WITHIN_S = 600.0
DEMO_MONTH = "2026-10"

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="The ledger of home-care visits.")

app.add_typer(access_commands(open_house), name="access")
app.add_typer(access_log_commands(open_begun), name="access-log")
app.add_typer(import_commands(open_house), name="import")
app.add_typer(rulebook_commands(open_house), name="rulebook")
app.add_typer(period_commands(open_begun), name="period")
app.add_typer(admission_commands(open_house), name="admission")
app.command()(report_command(open_begun))
app.command("month")(month_command(open_begun))
app.command("parked")(parked_command(open_begun))
app.command("work")(work_command())
app.command()(publish)
app.command()(consume)
add_caretaking(app)
app.add_typer(keys := key_commands(), name="keys")
add_person_keys(app, keys, open_house)
app.command("compare")(differences_command(open_begun))


@app.command()
def token(
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    subject: Annotated[str, typer.Option(help="Who it is: a worker's id for a care worker, else a name.")],
    unit: Annotated[
        list[str] | None, typer.Option(help="The id of a unit that the person works for; once for each of several.")
    ] = None,
    device: Annotated[UUID | None, typer.Option(help="The id of the phone that it is bound to.")] = None,
    dpop_key: Annotated[
        Path | None,
        typer.Option(help="A file with the key that must prove each call, public or private: PEM or a JWK."),
    ] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 365, help="How long it holds.")] = 12,
    data: DataOption = None,
) -> None:
    """Print a token of the development issuer, for trying things out."""
    with open_house(data) as house:
        if role not in ROLES:
            errors.print(f"[red]No such role.[/] Choose one of {', '.join(ROLES)}.")
            raise typer.Exit(2)
        try:
            issuer = house.tokens
        except SettingError as error:
            errors.print(f"[red]No token:[/] {error}")
            raise typer.Exit(2) from None
        typer.echo(
            issuer.issue(
                subject=subject,
                role=role,
                unit_ids=unit or (),
                device_id=str(device or ""),
                key=thumbprint_in(dpop_key) if dpop_key else "",
                lifetime_s=int(hours * 3600),
            )
        )


def thumbprint_in(path: Path) -> str:
    """The thumbprint of the key in a file. Says what is wrong and ends with 2."""
    try:
        return thumbprint_of(path.read_bytes())
    except (OSError, ValueError):
        errors.print("[red]No key:[/] The file takes one key for ES256, PS256 or Ed25519, as PEM or as a JWK.")
        raise typer.Exit(2) from None


SeedOption = Annotated[int, typer.Option(help="The same seed gives the same municipality, to the last fact.")]
MonthOption = Annotated[str, typer.Option(help="The month it tells, YYYY-MM; one that is over.")]
ClientsOption = Annotated[int, typer.Option(help="How many clients; everything else follows.")]
OutsideOption = Annotated[bool, typer.Option("--outside-provider", help="Let a private provider have some clients.")]


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any that is free.")] = None,
    with_demo: Annotated[bool, typer.Option("--demo", help="Load the demo municipality into an empty ledger.")] = False,
    seed: SeedOption = 1,
    month: MonthOption = DEMO_MONTH,
    clients: ClientsOption = CLIENTS,
    outside_provider: OutsideOption = False,
    data: DataOption = None,
) -> None:
    """Serve the API and the pages. The first line printed is the address."""
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}

    def check(settings: Settings) -> None:
        check_servable(settings, with_demo=with_demo)
        check_not_left_alone(settings)

    with open_house(data, check=check, serves=True, **changes) as house:
        scope = scope_asked(seed, month, clients, outside_provider)
        try:
            run_server(house, announce=typer.echo, demo=DemoLoad(house, scope) if with_demo else None)
        except SettingError as error:  # of another's environment variables: traces
            errors.print(f"[red]visitledger cannot serve:[/] {error}")
            raise typer.Exit(2) from None


@app.command()
def demo(
    seed: SeedOption = 1,
    month: MonthOption = DEMO_MONTH,
    clients: ClientsOption = CLIENTS,
    outside_provider: OutsideOption = False,
    days: Annotated[int | None, typer.Option(help="Only the first days of the month.")] = None,
    data: DataOption = None,
) -> None:
    """Load the demo municipality into an empty ledger: a month of home care in a municipality of Bräcke's size."""
    scope = scope_asked(seed, month, clients, outside_provider, days)
    with open_house(data) as house, progress_bar("telling the month") as step:
        try:
            if not check_empty(house):
                typer.echo("The demo is here already.")
                return
            house.start()
            told = run_demo(house, make_municipality(scope), progress=lambda share, _: step(int(share * 100), 100))
            mark_loaded(house)
        except (DemoInterruptedError, DemoTooEarlyError, DemoRefusedError) as error:
            errors.print(f"[red]The demo cannot be loaded:[/] {error}")
            raise typer.Exit(2) from None
        house.projector.wait_until(told.position, FOLD_WITHIN_S)
    typer.echo(
        f"{told.position} events: {told.syncs} syncs with {told.facts.total()} facts ({told.facts_known} sent again), "
        f"{told.decisions.total()} decisions of the office."
    )


def scope_asked(seed: int, month: str, clients: int, outside_provider: bool, days: int | None = None) -> Scope:
    """The municipality that the options describe. Says what is wrong and ends with 2."""
    try:
        return Scope(seed=seed, month=parse_month(month), clients=clients, outside_provider=outside_provider, days=days)
    except (ScopeError, MonthUnreadableError) as error:
        errors.print(f"[red]No such demo:[/] {getattr(error, 'detail', error)}")
        raise typer.Exit(2) from None


@app.command()
def replay(
    kind: Annotated[str, typer.Argument(help="visit, order, client, worker, device, exception...")],
    subject: Annotated[str, typer.Argument(help="Its id.")],
    as_of: Annotated[str | None, typer.Option(help="Up to a position, an instant, or the end of a date.")] = None,
    version: Annotated[int | None, typer.Option(help="Up to this version of the stream itself.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what other streams say of it: visits of a client.")
    ] = False,
    language: Annotated[str, typer.Option(help="sv or en")] = "en",
    open_sealed: Annotated[bool, typer.Option("--open", help="Show personal values; needs the keys.")] = False,
    data: DataOption = None,
) -> None:
    """Tell what happened to something, in the order the ledger learned of it."""
    with open_begun(data) as house:
        until = position_asked(house, as_of)
        events = history_of(house, kind, subject, everything=everything, until=until, version=version)
        if not events:
            errors.print("[yellow]Nothing is known of that.[/] Check the kind and the id.")
            raise typer.Exit(1)
        named = {(kind, subject)}.union(*(mentions(each.event) for each in events))
        enter_command(house, "read.history", Doing.READ, named)
        opener = house.sealing if open_sealed else None
        zone = house.rulebook.zone
        teller = Storyteller("sv" if language == "sv" else "en", zone, opener)
        for line in map(teller.tell, events):
            happened = line.occurred_at or line.recorded_at
            late = " (learned later)" if line.recorded_at - happened > LEARNED_LATE else ""
            typer.echo(f"{local(happened, zone)}  #{line.position}  {line.text}  [{line.actor}]{late}")


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="File to write; one JSON line for each event.")],
    after: Annotated[int, typer.Option(min=0, help="Only events past this position.")] = 0,
    data: DataOption = None,
) -> None:
    """Write the log as JSON lines, personal fields sealed as they are stored."""
    with open_begun(data) as house, progress_bar("exporting") as step:
        with house.read_database.connect() as db:
            everybody = {(person.kind, person.person_id) for person in FactReader(db, NOW).people()}
        enter_command(house, "read.events", Doing.EXPORT, everybody)
        count = export_log(house.log, path, after, step)
    typer.echo(f"{count} events written to {path}.")
