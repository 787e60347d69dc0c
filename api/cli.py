"""`visitledger`: the command line for people who operate and audit."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from api.app import create_app
from api.bootstrap import House, build
from infra.keys import KeyStoreError
from infra.settings import SettingError, Settings
from infra.tokens import ROLES

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="The ledger of home-care visits.")
console = Console()
errors = Console(stderr=True)

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of log, read models and keys. Default: VISITLEDGER_DATA, or var.")
]


@contextmanager
def open_house(data: Path | None, *, running: bool = False) -> Iterator[House]:
    """The wired house over the settings; `running` also takes writes and follows the log. Says what is wrong and ends."""
    if data is not None:
        os.environ["VISITLEDGER_DATA"] = str(data)
    try:
        house = build(Settings.from_environment())
    except (SettingError, KeyStoreError) as error:
        errors.print(f"[red]visitledger cannot start:[/] {error}")
        raise typer.Exit(2) from None
    if running:
        house.start()
    try:
        yield house
    finally:
        house.close()


@app.command()
def token(
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    subject: Annotated[str, typer.Option(help="Who it is: a worker's id for a care worker, else a name.")],
    unit: Annotated[str, typer.Option(help="The unit's id, where the role has one.")] = "",
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 365, help="How long it holds.")] = 12,
    data: DataOption = None,
) -> None:
    """Print a token of the development issuer, for trying things out."""
    with open_house(data) as house:
        if role not in ROLES:
            errors.print(f"[red]No such role.[/] Choose one of {', '.join(ROLES)}.")
            raise typer.Exit(2)
        typer.echo(house.tokens.issue(subject=subject, role=role, unit_id=unit, lifetime_s=int(hours * 3600)))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any that is free.")] = None,
    data: DataOption = None,
) -> None:
    """Serve the API and the pages. The first line printed is the address."""
    with open_house(data) as house:
        settings = house.settings
        listening = socket.create_server((host or settings.host, settings.port if port is None else port), backlog=512)
        address, bound = listening.getsockname()[:2]
        typer.echo(f"http://{address}:{bound}")
        config = uvicorn.Config(create_app(house), log_level="warning", access_log=False, timeout_graceful_shutdown=10)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    app()
