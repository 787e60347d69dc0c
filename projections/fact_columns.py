"""How the values of a fact stand in columns: numbers, text and JSON that SQL can read, and back to the very same values."""

import types
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, NewType, Union, get_args, get_origin, get_type_hints

import msgspec
import sqlalchemy as sa

from projections.projection import text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_PER_S = 1_000_000
SECONDS_PER_DAY = 86_400

Convert = Callable[[Any], Any]
ConvertAll = Callable[[Sequence[Any]], Sequence[Any]]


class Column(NamedTuple):
    """One field of a fact as a column. `store` and `load` take the values of many rows, and are None where these go through
    as they are."""

    name: str
    sql_type: sa.types.TypeEngine[Any]
    nullable: bool
    store: ConvertAll | None
    load: ConvertAll | None


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


def instants(microseconds_since_1970: Iterable[int]) -> list[datetime]:
    """Give many instants back. To multiply is quicker than to have `timedelta` read its arguments."""
    epoch, microsecond = EPOCH, MICROSECOND
    return [epoch + microsecond * count for count in microseconds_since_1970]


def _column(name: str, hint: Any) -> Column:
    plain, nullable = _plain(hint)
    sql_type, store, load = _conversion(plain)
    if nullable:
        store = store and _but_none(store)
        load = _but_none(load) if load is instants else load
    return Column(name, sql_type, nullable, store, load)


def _conversion(plain: Any) -> tuple[sa.types.TypeEngine[Any], ConvertAll | None, ConvertAll | None]:
    """The column's type, and the ways in and out."""
    if plain is datetime:
        return sa.BigInteger(), _each(microseconds), instants
    if plain is date:
        return text(), _each(date.isoformat), _each_once(date.fromisoformat)
    if plain is bool:
        return sa.Boolean(), None, _each(bool)  # SQLite has no truth values of its own
    if plain is int:
        return sa.BigInteger(), None, None
    if plain is str:
        return text(), None, None
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        members: dict[str | None, StrEnum | None] = {None: None, **{str(each): each for each in plain}}
        return text(), _each(str.__str__), _each(members.__getitem__)
    return text(), _each(_to_json), _each_once(msgspec.json.Decoder(plain).decode)


def _each(convert: Convert) -> ConvertAll:
    return lambda values: list(map(convert, values))


class _Once(dict[Any, Any]):
    """Converts each value once: a column of many rows holds few. What is missing stays so."""

    def __init__(self, convert: Convert) -> None:
        super().__init__({None: None})
        self._convert = convert

    def __missing__(self, value: Any) -> Any:
        converted = self[value] = self._convert(value)
        return converted


def _each_once(convert: Convert) -> ConvertAll:
    return lambda values: list(map(_Once(convert).__getitem__, values))


def _but_none(convert: ConvertAll) -> ConvertAll:
    """Leave out what is missing, and put it back."""

    def convert_known(values: Sequence[Any]) -> Sequence[Any]:
        if None not in values:
            return convert(values)
        known = iter(convert([value for value in values if value is not None]))
        return [None if value is None else next(known) for value in values]

    return convert_known


def _plain(hint: Any) -> tuple[Any, bool]:
    """Take off `| None` and the names that ids go by."""
    if get_origin(hint) in {Union, types.UnionType}:
        others = [_plain(option)[0] for option in get_args(hint) if option is not types.NoneType]
        assert len(set(others)) == 1, f"one column cannot hold {hint}"
        return others[0], types.NoneType in get_args(hint)
    return (hint.__supertype__ if isinstance(hint, NewType) else hint), False


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()
