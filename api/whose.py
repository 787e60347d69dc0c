"""Whose data an answer holds, of what is named in it: people themselves, and the clients of visits and orders."""

import re
from collections.abc import Collection
from collections.abc import Set as AbstractSet

from domain.access.whose import PERSON, Mention, Whose
from domain.facts import Fact, OrderLine, Person
from domain.order.time_frame import TimeFrame
from domain.visit.concerned import ClientVisit
from infra.read_database import Connection
from projections import bulk
from projections.fact_tables import table_of

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
PEOPLE = frozenset({"client", "worker"})
LOOKED_UP = frozenset({PERSON, "visit", "order"})
"""What names people whom only the ledger knows."""


def people_in(db: Connection, named: AbstractSet[Mention]) -> Whose:
    """The clients and workers among what is named, and the clients of the visits and orders that are."""
    found = {mention for mention in named if mention[0] in PEOPLE}
    found |= {
        (kind, each) for kind, each in _known(db, Person, ("kind", "person_id"), "person_id", _ids(named, PERSON))
    }
    clients = _known(db, ClientVisit, ("client_id",), "visit_id", _ids(named, "visit"))
    for of_orders in (OrderLine, TimeFrame):
        clients |= _known(db, of_orders, ("client_id",), "order_id", _ids(named, "order"))
    return people_named(found | {("client", client_id) for (client_id,) in clients})


def asks_nothing(named: AbstractSet[Mention]) -> bool:
    """Whether all that is named says by itself who it is about: nothing of it has to be looked up."""
    return LOOKED_UP.isdisjoint(kind for kind, _ in named)


def people_named(named: AbstractSet[Mention]) -> Whose:
    """The clients and workers among what is named."""
    return frozenset(mention for mention in named if mention[0] in PEOPLE and is_id(mention[1]))


def is_id(text: str) -> bool:
    """Whether a text is an id as the ledger writes them: nothing else is ever entered of whom."""
    return _ID.fullmatch(text) is not None


def _known(
    db: Connection, fact_class: type[Fact], names: tuple[str, ...], key: str, ids: Collection[str]
) -> set[tuple[str, ...]]:
    return {tuple(row) for row in bulk.select(db, table_of(fact_class).table, names, key, list(ids))}


def _ids(named: AbstractSet[Mention], kind: str) -> set[str]:
    return {thing_id for each, thing_id in named if each == kind}
