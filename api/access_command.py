"""`visitledger access ...`: the table of access, and what holds for somebody, by which rule and why."""

from collections.abc import Iterator
from typing import Annotated

import typer

from api.access import decision_for, reach_for
from api.bootstrap import House
from api.log_look import AGGREGATES, LogLook
from api.opening import DataOption, OpenHouse, errors
from api.operator import enter_command
from domain.access.decision import NO_RULE, NO_UNITS
from domain.access.entry import Doing
from domain.access.page import EXTENTS, access_page
from domain.access.reach import Held
from domain.access.table import ACTIONS, RULES
from domain.access.values import Extent, Role
from domain.client.aggregate import Client
from domain.ids import ClientId, WorkerId
from domain.office.within import Looked
from domain.worker.aggregate import Worker
from infra.tokens import Caller

WHY = {rule.id: rule.why for rule in RULES} | {
    NO_RULE: "Nothing in the table lets the role do it.",
    NO_UNITS: "The token names no unit, so that nothing is reached.",
}


def access_commands(open_house: OpenHouse) -> typer.Typer:
    """The commands, over the function that opens the house."""
    app = typer.Typer(no_args_is_help=True, help="Who may do and see what, and why.")

    @app.command()
    def table() -> None:
        """Print the table as a page: docs/access.md."""
        typer.echo(access_page(), nl=False)

    @app.command()
    def explain(
        role: Annotated[Role, typer.Option(help="The role that a token names.")],
        unit: Annotated[list[str] | None, typer.Option(help="A unit that it names; once for each.")] = None,
        subject: Annotated[str, typer.Option(help="Whom it names; of a care worker the worker's id.")] = "",
        action: Annotated[str, typer.Option(help="Only this action; else all.")] = "",
        client: Annotated[str, typer.Option(help="A client that is asked for.")] = "",
        worker: Annotated[str, typer.Option(help="Or a worker.")] = "",
        visit: Annotated[str, typer.Option(help="Or a visit.")] = "",
        data: DataOption = None,
    ) -> None:
        """Say what somebody may do, by which rule and how far; and whether they reach a client, worker or visit."""
        if action and action not in ACTIONS:
            errors.print(f"[red]No such action.[/] They are {', '.join(ACTIONS)}.")
            raise typer.Exit(2)
        caller = Caller(subject, role, frozenset(unit or ()), 0)
        asked = [(kind, each) for kind, each in (("client", client), ("worker", worker), ("visit", visit)) if each]
        with open_house(data) as house:
            house.protected.look()
            enter_command(house, "read.people", Doing.READ, frozenset(asked))
            for line in _explained(house, caller, [action] if action else list(ACTIONS), asked):
                typer.echo(line)

    return app


def _explained(house: House, caller: Caller, actions: list[str], asked: list[tuple[str, str]]) -> Iterator[str]:
    look = LogLook(house, house.log.head()[0])
    for action in actions:
        decision = decision_for(caller, action)
        extent = decision.extent
        yield f"{action}: {'no' if extent is None else extent} ({decision.rule}). {WHY[decision.rule]}"
        if extent is None:
            continue
        reach = reach_for(house, caller, action, decision)
        for kind, subject_id in asked:
            is_there = look(AGGREGATES[kind], subject_id).version > 0
            verdict = "reached" if is_there and look.has(reach, kind, subject_id) else "answered as not there"
            yield f"  {kind} {subject_id}: {verdict}{'' if is_there else ', since it is not'}."
    for extent in dict.fromkeys(each for action in actions if (each := decision_for(caller, action).extent)):
        if extent is not Extent.ALL:
            yield f"{extent}: {EXTENTS[extent]}"
    for kind, subject_id in asked:
        yield from _belonging(look, kind, subject_id)


def _belonging(look: LogLook, kind: str, subject_id: str) -> Iterator[str]:
    """Where a client or worker belongs: what decides."""
    where = Looked(look)
    held: list[Held] = []
    if kind == Client.KIND:
        held = where.of_client(ClientId(subject_id))
    elif kind == Worker.KIND:
        held = where.of_worker(WorkerId(subject_id))
    for each in held:
        until = f" until {each.days.until_on}" if each.days.until_on else ""
        yield f"{kind} {subject_id}: unit {each.unit_id} from {each.days.from_on}{until}"
