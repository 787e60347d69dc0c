"""Whose data an answer holds: found in it by the names that ids go by.

Clients and workers are told by their ids. What names a visit or an order is about its clients, whom the ledger knows.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from domain.ids import kind_of, subject_of

Mention = tuple[str, str]
"""What kind of thing, and its id."""
Whose = frozenset[Mention]
NOBODY: Whose = frozenset()

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "client_id": "client",
        "client_ids": "client",
        "need_fell_client_id": "client",
        "worker_id": "worker",
        "worker_ids": "worker",
        "supervisor_id": "worker",
        "delegated_by": "worker",
        "care_contact_id": "worker",
        "subject": "worker",
        "visit_id": "visit",
        "visit_ids": "visit",
        "order_id": "order",
        "device_id": "device",
        "occasion_id": "supervision",
    }
)
"""Fields of rows, facts, events and calls. `subject` is what a token calls its owner: of a care worker the worker's id."""
PAIRS = (
    ("subject_kind", "subject_id"),
    ("entity_kind", "entity_id"),
    ("person_kind", "person_id"),
    ("by", "id"),
)
"""Fields of which the one says of what kind the other's thing is."""
PLACES: Mapping[str, str] = MappingProxyType(
    {"client": "client", "worker": "worker", "care_worker": "worker", "visit": "visit", "order": "order"}
)
"""Streams, and the actors that are workers: `kind/id`."""
PERSON = "person"
"""A client or a worker: what is told does not say which."""
PERSON_OF: Mapping[str, str] = MappingProxyType(
    {
        "client": "client",
        "client_unit": "client",
        "household": "client",
        "worker": "worker",
        "worker_unit": "worker",
        "lent": "worker",
    }
)
"""Whose id `person_id` is, by the `kind` beside it."""


def named_in(told: object) -> set[Mention]:
    """Everything of a kind in `KINDS` that rows, facts or any JSON name, with its id: a text that is not empty."""
    found: set[Mention] = set()
    _look(told, found)
    return {mention for mention in found if mention[1]}


def _look(told: Any, found: set[Mention]) -> None:
    if isinstance(told, msgspec.Struct):
        told = msgspec.structs.asdict(told)
    if isinstance(told, Mapping):
        for name, value in told.items():
            kind = KINDS.get(name)
            if kind is not None:
                _add(kind, value, found)
            elif isinstance(value, str):
                if "/" in value:
                    _add_place(value, found)
            elif value is not None:
                _look(value, found)
        _add_pairs(told, found)
    elif isinstance(told, str):
        if "/" in told:
            _add_place(told, found)
    elif isinstance(told, Iterable) and not isinstance(told, bytes):
        for each in told:
            _look(each, found)


def _add(kind: str, value: Any, found: set[Mention]) -> None:
    if isinstance(value, str):
        found.add((kind, value))
    elif isinstance(value, Iterable) and not isinstance(value, Mapping):
        found.update((kind, each) for each in value if isinstance(each, str))


def _add_place(text: str, found: set[Mention]) -> None:
    """A stream, an actor, or the key of an exception, which has a stream between bars."""
    for part in text.split("|"):
        kind = PLACES.get(kind_of(part))
        if kind is not None:
            found.add((kind, subject_of(part)))


def _add_pairs(told: Mapping[Any, Any], found: set[Mention]) -> None:
    for kind_name, id_name in PAIRS:
        kind, thing_id = told.get(kind_name), told.get(id_name)
        if isinstance(kind, str) and isinstance(thing_id, str):
            found.add((str(kind), thing_id))
    person_id = told.get("person_id")
    if isinstance(person_id, str) and "person_kind" not in told:
        found.add((PERSON_OF.get(str(told.get("kind")), PERSON), person_id))
