"""A command that shows people's data enters who ran it, and whose data it showed; the others are known to show nobody."""

import re

import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from api.bootstrap import House
from api.cli import app
from infra.access_reading import entries_of
from tests.access.cast import Cast, Relation

ENTERED = {
    "access explain",
    "access-log extract",
    "access-log review",
    "compare",
    "export",
    "hold list",
    "import plans",
    "import registrations",
    "parked",
    "period statement",
    "rebuild",
    "replay",
    "report",
    "rulebook compare",
    "verify",
}
"""Those that show ids of clients, workers or visits, or write them into a file."""
SHOW_NOBODY = {
    "access table",
    "access-log prune",
    "access-log verify",
    "admission restore",
    "admission withdraw",
    "backup",
    "consume",
    "demo",
    "erase",
    "hold lift",
    "hold place",
    "keys fill-numbers",
    "keys list",
    "keys rotate",
    "keys rotate-master",
    "migrate",
    "month",
    "period close",
    "period list",
    "publish",
    "restore",
    "rulebook adopt",
    "rulebook check",
    "rulebook list",
    "rulebook rules",
    "rulebook schema",
    "rulebook show",
    "rulebook validate",
    "serve",
    "token",
    "work",
}
"""Rules, counts, positions and digests; the figures of a month by unit and provider. What they decide is an event."""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def commands(command: object, name: str = "") -> set[str]:
    """All commands below one, by their words."""
    if not isinstance(command, TyperGroup):
        return {name}
    return {each for word, below in command.commands.items() for each in commands(below, f"{name} {word}".strip())}


def run(cast: Cast, *arguments: str) -> str:
    """What a command says."""
    done = CliRunner().invoke(app, [*arguments, "--data", str(cast.folder)])
    assert done.exit_code in {0, 1}, done.output
    return done.output


def last_action(house: House, kind: str, person_id: str) -> tuple[str, str]:
    """The last that was entered about a person: who, and by which action."""
    entry = list(entries_of(house.access_log.reader, kind, person_id))[-1]
    return entry.role, entry.action


def test_every_command_is_known_to_enter_whom_it_shows_or_to_show_nobody() -> None:
    assert commands(typer.main.get_command(app)) == ENTERED | SHOW_NOBODY
    assert not ENTERED & SHOW_NOBODY


def test_lists_of_months_and_rules_name_no_client_worker_or_visit(cast: Cast) -> None:
    people = {getattr(each, kind) for each in cast.things.values() for kind in ("client", "worker", "visit")}
    for command in ("period", "rulebook"):
        assert not people & set(_ID.findall(run(cast, command, "list")))


def test_who_asks_why_somebody_reaches_a_client_or_worker_is_entered(cast: Cast, house: House) -> None:
    things = cast.things[Relation.OWN]
    for kind in ("client", "worker"):
        told = run(cast, "access", "explain", "--role", "auditor", f"--{kind}", getattr(things, kind))
        assert "unit" in told
        assert last_action(house, kind, getattr(things, kind)) == ("operator", "read.people")
