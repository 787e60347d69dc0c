"""Whom an event speaks of: its stream's subject, and everybody and everything whose id stands in its fields."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NewType, get_args, get_type_hints

import msgspec

from domain.event import DomainEvent
from domain.exception.events import ExceptionAcknowledged
from domain.ids import (
    ClientId,
    DeviceId,
    HouseholdId,
    OrderId,
    PersonId,
    ProviderId,
    UnitId,
    VisitId,
    WorkerId,
    kind_of,
    subject_of,
)

Mention = tuple[str, str]
"""What kind of thing, and its id."""
Find = Callable[[Any], Iterator[Mention]]

PERSON = "person"
"""A client or a worker: the event does not say which."""
KINDS: Mapping[object, str] = MappingProxyType(
    {
        VisitId: "visit",
        OrderId: "order",
        ClientId: "client",
        WorkerId: "worker",
        PersonId: PERSON,
        DeviceId: "device",
        UnitId: "unit",
        ProviderId: "provider",
        HouseholdId: "household",
    }
)


def mentions(event: DomainEvent) -> set[Mention]:
    """Give kind and id of all that the event speaks of."""
    found = {(kind, subject_id) for kind, subject_id in _finder(type(event))(event) if subject_id}
    subject_id = subject_of(event.originator_id)
    kind = event.subject_kind if isinstance(event, ExceptionAcknowledged) else kind_of(event.originator_id)
    return found | {(kind, subject_id)}


@cache
def _finder(hint: Any) -> Find:
    """Make the function that finds the ids in a value of this type, by the names that the types of ids go by."""
    if isinstance(hint, NewType):
        kind = KINDS.get(hint)
        return _nothing if kind is None else lambda subject_id: iter(((kind, subject_id),))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        found = {name: _finder(field) for name, field in get_type_hints(hint).items() if name in hint.__struct_fields__}
        return _in_fields({name: find for name, find in found.items() if find is not _nothing})
    inside = [find for part in get_args(hint) if (find := _finder(part)) is not _nothing]
    assert len(inside) <= 1, f"ids of two kinds in one field: {hint}"
    return _in_each(inside[0]) if inside else _nothing


def _nothing(_: object) -> Iterator[Mention]:
    return iter(())


def _in_fields(finders: Mapping[str, Find]) -> Find:
    """Look into the fields of a struct that hold ids."""
    if not finders:
        return _nothing

    def find(struct: object) -> Iterator[Mention]:
        for name, find_in in finders.items():
            yield from find_in(getattr(struct, name))

    return find


def _in_each(find: Find) -> Find:
    """Look into a value that may be missing, or into each one of a tuple."""

    def find_in_each(value: object) -> Iterator[Mention]:
        if isinstance(value, tuple):
            for each in value:
                yield from find(each)
        elif value is not None:
            yield from find(value)

    return find_in_each
