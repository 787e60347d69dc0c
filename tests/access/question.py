"""One way of asking a route, and how a thing of a relation is put into it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.access.cast import Relation, Things
from tests.api.calls import Json
from tests.api.town import fresh

Of = Callable[[Things], Any]
"""Makes a part of a question from the thing that it is about."""
THERE = tuple(each for each in Relation if each is not Relation.ABSENT)


def nothing(_: Things) -> Json:
    """Nothing of it."""
    return {}


def always(sent: Json) -> Of:
    """The same whatever it is."""
    return lambda _: sent


def at(name: str, kind: str) -> Of:
    """Its id of a kind, under a name."""
    return lambda thing: {name: getattr(thing, kind)}


def with_unit(sent: Json) -> Of:
    """With its unit."""
    return lambda thing: {**sent, "unit_id": thing.unit}


def about(kind: str, kind_name: str, id_name: str) -> Of:
    """Its kind and its id, under two names."""
    return lambda thing: {kind_name: kind, id_name: getattr(thing, kind)}


def both(sent: Json, of: Of) -> Of:
    """What is always said, with something of it."""
    return lambda thing: {**sent, **of(thing)}


def new(name: str) -> Of:
    """An id that nothing has."""
    return lambda _: {name: fresh("new")}


@dataclass(frozen=True)
class Question:
    """One way of asking a route. `kind` says of which kind the thing is that the relation is about; empty: of none."""

    route: str
    action: str
    kind: str = ""
    path: Of = nothing
    """What stands in the path; what is not named there is the first unit's own."""
    body: Of | None = None
    """What is written; None: it is read."""
    params: Of = nothing
    csv: Of | None = None
    creates: bool = False
    """Whether the id may be drawn by the caller: then one that is not there is free."""
    where: str = "path"
    needs_own: str = ""
    """The kind of the first unit's own thing that is named beside, and must be reached too."""
    also_unit: str = ""
    """Likewise a unit."""
    is_of_own: bool = False
    """Whether the first unit's own thing stands in the path."""
    relations: tuple[Relation, ...] = tuple(Relation)

    @property
    def method(self) -> str:
        """How it is asked."""
        return "GET" if self.body is None and self.csv is None else "POST"

    @property
    def is_list(self) -> bool:
        """Whether whoever reaches every unit is told an empty list of what is not there."""
        return self.where == "filter" or self.route.startswith("/v1/audit/")

    @property
    def name(self) -> str:
        """How it is told of."""
        return f"{self.method} {self.route} ({self.where}: {self.kind or 'nothing'})"
