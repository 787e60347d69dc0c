"""How the values of a fact stand in columns: numbers, text and JSON that SQL can read, and back to the very same values."""

import types
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, NewType, Union, get_args, get_origin, get_type_hints

import msgspec
import sqlalchemy as sa

from projections.projection import text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS_PER_S = 1_000_000
SECONDS_PER_DAY = 86_400

Convert = Callable[[Any], Any]


class Column(NamedTuple):
    """One field of a fact as a column. `store` and `load` are None where the value goes through as it is."""

    name: str
    sql_type: sa.types.TypeEngine[Any]
    nullable: bool
    store: Convert | None
    load: Convert | None


def columns_of(struct: type[msgspec.Struct]) -> tuple[Column, ...]:
    """Give a struct's fields as columns, in the order of `msgspec.structs.astuple`."""
    hints = get_type_hints(struct)
    return tuple(_column(name, hints[name]) for name in struct.__struct_fields__)


def microseconds(at: datetime) -> int:
    """Count from 1970 UTC, exactly."""
    since = at - EPOCH
    return (since.days * SECONDS_PER_DAY + since.seconds) * MICROSECONDS_PER_S + since.microseconds


def instant(microseconds_since_1970: int) -> datetime:
    """Give the instant back."""
    return EPOCH + timedelta(microseconds=microseconds_since_1970)


def _column(name: str, hint: Any) -> Column:
    plain, nullable = _plain(hint)
    if plain is datetime:
        return Column(name, sa.BigInteger(), nullable, microseconds, instant)
    if plain is date:
        return Column(name, text(), nullable, date.isoformat, date.fromisoformat)
    if plain is bool:
        return Column(name, sa.Boolean(), nullable, None, bool)
    if plain is int:
        return Column(name, sa.BigInteger(), nullable, None, None)
    if plain is str:
        return Column(name, text(), nullable, None, None)
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return Column(name, text(), nullable, str.__str__, {str(each): each for each in plain}.__getitem__)
    return Column(name, text(), nullable, _to_json, msgspec.json.Decoder(plain).decode)


def _plain(hint: Any) -> tuple[Any, bool]:
    """Take off `| None` and the names that ids go by."""
    if get_origin(hint) in {Union, types.UnionType}:
        others = [_plain(option)[0] for option in get_args(hint) if option is not types.NoneType]
        assert len(set(others)) == 1, f"one column cannot hold {hint}"
        return others[0], types.NoneType in get_args(hint)
    return (hint.__supertype__ if isinstance(hint, NewType) else hint), False


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()
