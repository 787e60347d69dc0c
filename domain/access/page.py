"""The table of access as a page for people: docs/access.md is this, held by a test."""

from collections.abc import Iterator

from domain.access.assumptions import ASSUMPTIONS
from domain.access.by_role import RULE_OF
from domain.access.table import ACTIONS, OF_CLIENTS, RULES, Rule
from domain.access.values import DOCUMENTATION, WINDOW_AHEAD, WINDOW_BACK, Extent, RecordClass, Role

HEAD = """\
# Who may do and see what

Written by `visitledger access table`; the table is `domain/access/table.py`. What is not in it is denied. Every route asks
for one action; a test fails where one does not. Whether a caller reaches a thing is asked of who is responsible for it now.

403 `forbidden` says that a role may never do it. What a caller does not reach is answered as what is not there: 404 for one
thing, `client_unknown`, `worker_unknown` and so on in a batch or a file, and nothing in a list. A cursor is its caller's, with
the units of their token. An id that somebody else has drawn already is unknown too.

A client with protected identity is reached by those who are named for them (the column *Protected*), whatever role and unit;
to everybody else they and what names them (visits, orders, exceptions, events, rows) are not there. Sums that name no client
hold everybody. An auditor reaches them for the purpose `incident`. Who is named is said by `POST
/v1/clients/{id}/name-staff` and `remove-staff`, whose callers need not be named, so that nobody is hidden for good.

Where a rule has purposes, whoever reads a named client's record (the client, their audit trail, a report of theirs alone, a
cell of a report taken apart) states one in the header `Purpose`; else 403 `purpose_required`, which lists them.

`visitledger access explain --role R [--unit U] [--action A] [--client C] [--worker W] [--visit V]` says what holds for
somebody, by which rule, and why.
"""
EXTENTS = {
    Extent.SELF: "Whatever the caller says of themselves: nothing is looked up.",
    Extent.OWN: f"The worker's own visits, {WINDOW_BACK.days} days back and {WINDOW_AHEAD.days} ahead [A], and their clients.",
    Extent.UNIT: "What the units in the token (claim `unit`: one id, several with spaces between them, or a list) are "
    "responsible for. Visits and rows of figures belong to the unit that was responsible on their day. The file follows the "
    "person: clients and workers are the unit's that is responsible for them now, will be, or was until "
    f"{DOCUMENTATION.days} days ago [A]. What adds up several units is told to nobody of a unit. A token without a unit "
    "reaches nothing.",
    Extent.ALL: "The municipality.",
}


def access_page() -> str:
    """The page, as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    yield "## How far"
    yield ""
    yield from (f"- `{extent}`: {text}" for extent, text in EXTENTS.items())
    yield ""
    yield "## Rules"
    yield ""
    yield "| Rule | Role | Reaches | Protected | May | Purposes | Because |"
    yield "|---|---|---|---|---|---|---|"
    for rule in RULES:
        actions = " ".join(f"`{action}`" for action in rule.actions)
        purposes = " ".join(f"`{purpose}`" for purpose in rule.purposes) or "-"
        about = f"`{rule.id}` | `{rule.role}` | `{rule.extent}` | {_protected(rule)}"
        yield f"| {about} | {actions} | {purposes} | {rule.why} |"
    yield ""
    yield "## Actions by role"
    yield ""
    yield f"| Action | About | {' | '.join(f'`{role}`' for role in Role)} |"
    yield f"|---|---|{'---|' * len(Role)}"
    for action, about in ACTIONS.items():
        yield f"| `{action}` | {about} | {' | '.join(_reach(role, action) for role in Role)} |"
    yield ""
    yield "## What is assumed"
    yield ""
    yield from (f"- `{each.id}`: {each.text}" for each in ASSUMPTIONS)
    yield ""
    yield f"Actions are about {', '.join(f'`{each}`' for each in RecordClass)}."


def _protected(rule: Rule) -> str:
    """Which clients with protected identity it reaches; nothing where it is of no client."""
    return f"`{rule.protected}`" if any(ACTIONS[action] in OF_CLIENTS for action in rule.actions) else "-"


def _reach(role: Role, action: str) -> str:
    rule = RULE_OF.get((role, action))
    return rule.extent if rule else "-"
