"""A full event of any class, each field filled by its type: what a golden file is made of when a new version ships."""

import types
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

import msgspec

from domain.event import DomainEvent
from domain.ports import Sealed
from domain.rulebook.policies import Policies, PolicyChanges

ENVELOPE = "1.bGP4iqoDqZzSZdJjWkg00Q.lTor2WECGm8atVMqluqBHWmFow_heXleiScnxsLlNbJmoDigZcszBaVIYR4"
"""Sealed with a key that exists nowhere."""


def sample(event_class: type[DomainEvent]) -> DomainEvent:
    """Fill every field, those with defaults too."""
    hints = get_type_hints(event_class, include_extras=True)
    fields = {name: _value(hints[name], name) for name in event_class.__struct_fields__}
    kind = event_class.TOPIC.partition(".")[0]
    fields |= {"originator_id": f"{kind}/11111111-1111-4111-8111-111111111111", "originator_version": 3}
    return event_class(**fields)


def sample_policies() -> dict[str, Any]:
    """A value for every policy."""
    hints = get_type_hints(Policies, include_extras=True)
    return {name: _value(hints[name], name) for name in Policies.__struct_fields__}


def _value(hint: Any, name: str) -> Any:
    if hint is Sealed:
        return ENVELOPE
    if isinstance(hint, NewType):
        return _value(hint.__supertype__, name)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        examples = [mark.examples[0] for mark in arguments[1:] if isinstance(mark, msgspec.Meta) and mark.examples]
        return examples[0] if examples else _value(arguments[0], name)
    if origin in (Union, types.UnionType):
        return _value(next(part for part in arguments if part is not type(None)), name)
    if origin is Literal:
        return arguments[0]
    if origin in (tuple, frozenset):
        return origin(_value(part, name) for part in arguments if part is not Ellipsis)
    return _plain(hint, name)


def _plain(hint: type, name: str) -> Any:
    if hint in (Policies, PolicyChanges):
        return hint()  # of which there come to be more, each with a default: test_stored_policies.py holds on to them
    if issubclass(hint, msgspec.Struct):
        hints = get_type_hints(hint, include_extras=True)
        return hint(**{field: _value(hints[field], field) for field in hint.__struct_fields__})
    if issubclass(hint, Enum):
        return list(hint)[-1]
    if issubclass(hint, datetime):
        return datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
    if issubclass(hint, date):
        return date(2026, 10, 5)
    return {bool: True, int: 15, float: 1.5, Decimal: Decimal("1.5")}.get(hint, f"{name} of a golden event")
