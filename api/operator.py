"""Reads by the command line, on the ledger's own machine: entered like any other, as whoever the system says it is."""

import getpass
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from uuid import uuid4

import typer

from api.bootstrap import House
from api.opening import errors
from api.whose import people_in
from domain.access.entry import OPERATOR, Access, Doing
from domain.access.table import ACTIONS
from domain.access.values import RecordClass
from domain.access.whose import NOBODY, Mention, Whose, named_in
from infra.access_tables import AccessLogUnavailableError
from infra.table_difference import Difference
from projections.read_models import READ_MODELS

RULE = "operator.machine"
"""Whoever may run commands on the machine: the system decides, not the table."""
_KEYS = {table.name: [column.name for column in table.primary_key] for each in READ_MODELS for table in each.tables}


def operators(action: str, doing: Doing, whose: Whose = NOBODY, *, purpose: str = "", form: str = "json") -> Access:
    """What is to be entered of a command."""
    return Access(
        subject=getpass.getuser(),
        role=OPERATOR,
        doing=doing,
        action=action,
        record_class=ACTIONS.get(action, RecordClass.ACCESS),
        purpose=purpose,
        rule=RULE,
        request_id=str(uuid4()),
        form=form,
        whose=whose,
    )


def named_in_keys(found: Iterable[Difference]) -> set[Mention]:
    """Whoever the keys of rows that differ name."""
    told: list[object] = []
    for each in found:
        told += [dict(zip(_KEYS.get(each.table, ()), each.key, strict=False)), each.key]
    return named_in(told)


def enter_command(house: House, action: str, doing: Doing, named: AbstractSet[Mention], *, form: str = "json") -> None:
    """Enter that a command is about to show people's data. Says so and ends with 2 where that cannot be done."""
    with house.read_database.connect() as db:
        whose = people_in(db, named)
    if not whose:
        return
    try:
        house.access_log.enter(operators(action, doing, whose, form=form))
    except AccessLogUnavailableError:
        errors.print("[red]Nothing is shown:[/] the access log cannot be written.")
        raise typer.Exit(2) from None
