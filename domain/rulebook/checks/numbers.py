"""Amounts and numbers that cannot be meant, wherever they stand."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from domain.rulebook.checks.found import Found, Steps
from domain.rulebook.fault_codes import FaultCode
from domain.rulebook.policies import Policies

AMOUNT_MAX = Decimal(10**9)
DECIMALS_MAX = 4


def amounts(policies: Policies) -> Iterator[Found]:
    """Kronor below zero, without end, or finer than anybody pays."""
    for path, value in _values((), policies):
        if isinstance(value, Decimal):
            if not value.is_finite() or abs(value) >= AMOUNT_MAX or _decimals(value) > DECIMALS_MAX:
                yield path, FaultCode.AMOUNT_UNREADABLE
            elif value < 0:
                yield path, FaultCode.AMOUNT_NEGATIVE


def limits(policies: Policies) -> Iterator[Found]:
    """Values outside what their types allow, in rules that were not read from a document."""
    for field in msgspec.structs.fields(Policies):
        value = getattr(policies, field.name)
        try:
            msgspec.convert(msgspec.to_builtins(value), field.type)
        except msgspec.ValidationError:
            yield (field.name,), FaultCode.VALUE_NOT_ALLOWED


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _values(path: Steps, value: object) -> Iterator[tuple[Steps, object]]:
    """Every value inside, with the way to it."""
    match value:
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from _values((*path, name), getattr(value, name))
        case tuple():
            for number, part in enumerate(value):
                yield from _values((*path, number), part)
        case _:
            yield path, value
