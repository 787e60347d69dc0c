"""JSON as the ledger takes it: strictly, and without ever repeating what was sent.

A good body costs one pass of the C scanner and a few searches of its bytes. Only a body that looks odd is parsed into a
tree that still shows what plain values hide (repeated keys, numbers as written), to say what is wrong and where.
"""

import json
import math
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeAlias

from annotated_types import GroupedMetadata, MaxLen, MinLen
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException

from api.json_values import has_few_values

if TYPE_CHECKING:
    JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
else:
    # In a pydantic model: taken as it is. The parser saw every value; pydantic's own JsonValue would see each again.
    JsonValue = Any
Steps: TypeAlias = "tuple[str | int, ...]"
"""The keys and indexes that lead to a value."""

DEPTH_MAX = 32
INTEGER_MAX = 2**53
"""Beyond this, readers that keep numbers as doubles (every browser) see another number than the one sent."""
INTEGER_DIGITS_MAX = 16
NOTE_CODE_POINTS_MAX = 10_000

STATUS_OF_FAULT = {
    **dict.fromkeys(("malformed_json", "bad_encoding", "duplicate_key", "too_deep"), 400),
    **dict.fromkeys(("not_finite", "bad_text", "out_of_range"), 422),
    "too_large": 413,
}

_NOT_IN_NOTES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_FIELD_NAME = re.compile(r"[a-z_][A-Za-z0-9_-]{0,63}", re.ASCII)
_ODD_BYTES = [re.compile(odd) for odd in (rb"\\(?:u(?:[dD]|00[01789])|[bfr])", rb"\xc2[\x80-\x9f]", rb"\x7f")]
"""What may be a half surrogate pair or a control character. Each pattern starts with a literal: fast to find."""
_BRACKETS = b"{[]}"
_AS_ROUND = bytes.maketrans(_BRACKETS, b"(())")
_NOT_BRACKETS = bytes(sorted(set(range(256)) - set(_BRACKETS)))


class MalformedBodyError(HTTPException):
    """The body cannot be taken as JSON. `pointer` says where (RFC 6901; empty: the whole body), never what stood there.

    An HTTPException, because FastAPI turns every other exception raised while it reads a body into one of its own.
    """

    def __init__(self, code: str, status: int, pointer: str = "") -> None:
        super().__init__(status, code)
        self.code = code
        self.status = status
        self.pointer = pointer


class Fault(NamedTuple):
    """One thing wrong inside a body that parses, and where."""

    code: str
    path: Steps


class Survey(NamedTuple):
    """A body that parses. A value at fault is None, a key at fault is left out, a repeated key has its last value."""

    value: JsonValue
    faults: tuple[Fault, ...]


def parse(body: bytes) -> JsonValue:
    """Parse a body in which every value must be good. Raises `MalformedBodyError` for the first that is not."""
    value, faults = survey(body)
    if faults:
        raise _refusal(*faults[0])
    return value


def survey(body: bytes) -> Survey:
    """Parse a body whose parts stand on their own, such as a batch: one bad fact must not sink the others.

    Raises `MalformedBodyError` when nothing can be told apart: malformed, badly encoded, too large, nested without end.
    """
    text = _decoded(body)
    if not has_few_values(body):
        raise _refusal("too_large" if _nests_within_limit(body) else "too_deep")
    if _looks_plain(body):
        with suppress(ValueError, RecursionError):
            return Survey(_PLAIN.decode(text), ())
    faults: list[Fault] = []
    value = _plain(_tree(text), (), faults)
    return Survey(value, tuple(faults))


def pointer_to(path: Iterable[str | int]) -> str:
    """Write an RFC 6901 pointer. It ends before a key that does not look like a field's name, for that key may be a
    person's name or number put in the wrong place."""
    pointer = ""
    for step in path:
        if isinstance(step, str) and not _FIELD_NAME.fullmatch(step):
            break
        pointer += f"/{step}"
    return pointer


def clean_text(value: str, *, notes: bool) -> str:
    """Give the text back unchanged; signs that steer the direction of writing are part of the record and stay.

    Raises `PydanticCustomError` (a ValueError) `bad_text` for NUL, control characters and half surrogate pairs; tab and
    newline are allowed in notes.
    """
    if (_NOT_IN_NOTES if notes else _NOT_IN_TEXT).search(value):
        raise PydanticCustomError("bad_text", "text with a character that cannot be kept")
    return value


@dataclass(frozen=True)
class Text(GroupedMetadata):
    """Limits a text field: `Annotated[str, Text(200)]`. Lengths are in code points, so stacked accents count."""

    max_code_points: int
    min_code_points: int = 0
    notes: bool = False

    def __iter__(self) -> Iterator[object]:
        yield Field(strict=True)
        yield MinLen(self.min_code_points)
        yield MaxLen(self.max_code_points)
        yield AfterValidator(self._clean)

    def _clean(self, value: str) -> str:
        return clean_text(value, notes=self.notes)


def _instant_text(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "not a text")
    if not _INSTANT.fullmatch(value):
        raise PydanticCustomError("bad_time", "not an instant")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("bad_time", "outside the calendar") from None


Note = Annotated[str, Text(NOTE_CODE_POINTS_MAX, notes=True)]
"""Free text by a person: tab and newline allowed."""

Instant = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_instant_text), AfterValidator(_in_utc)]
"""An instant written with its offset, also in a strict model; a model holds it in UTC. Without our look first, a number
would pass as seconds since 1970; without the offset nobody could tell the two 02:30 of an October night apart."""


def _refusal(code: str, path: Steps = ()) -> MalformedBodyError:
    return MalformedBodyError(code, STATUS_OF_FAULT[code], pointer_to(path))


def _decoded(body: bytes) -> str:
    # JSON starts with two ASCII characters, so a NUL that early is UTF-16 or UTF-32.
    if body.startswith(BOM_UTF8) or b"\0" in body[:2]:
        raise _refusal("bad_encoding")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise _refusal("bad_encoding") from None


def _looks_plain(body: bytes) -> bool:
    """Say whether the C scanner alone can judge this body. Sending a good body the slow way does no harm."""
    return not any(odd.search(body) for odd in _ODD_BYTES) and _nests_within_limit(body)


def _nests_within_limit(body: bytes) -> bool:
    """Peel the innermost pairs of brackets off, one level a round. Brackets in texts may make it say no."""
    brackets = body.translate(_AS_ROUND, _NOT_BRACKETS)
    for _ in range(DEPTH_MAX):
        if not brackets:
            return True
        brackets = brackets.replace(b"()", b"")
    return not brackets


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _small_integer(digits: str) -> int:
    if len(digits) >= INTEGER_DIGITS_MAX:
        raise ValueError
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError
    return number


_PLAIN = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_small_integer, parse_float=_finite, parse_constant=_finite
)
"""Takes what is plainly good. A ValueError only means: look closer."""


class _Unfit(NamedTuple):
    """Stands in the tree for a number that cannot be taken."""

    code: str


_NOT_FINITE = _Unfit("not_finite")
_OUT_OF_RANGE = _Unfit("out_of_range")
_Node: TypeAlias = "bool | int | float | str | _Unfit | _Members | list[_Node] | None"


class _Members(list[tuple[str, _Node]]):
    """An object as it was sent: in order, with repeated keys."""


def _integer_or_unfit(digits: str) -> int | _Unfit:
    # The length first: converting many digits is slow, and Python refuses some thousands of them.
    if len(digits) > INTEGER_DIGITS_MAX + 1 or abs(number := int(digits)) > INTEGER_MAX:
        return _OUT_OF_RANGE
    return number


def _float_or_unfit(digits: str) -> float | _Unfit:
    return number if math.isfinite(number := float(digits)) else _NOT_FINITE


_TREE = json.JSONDecoder(
    object_pairs_hook=_Members,
    parse_int=_integer_or_unfit,
    parse_float=_float_or_unfit,
    parse_constant=_float_or_unfit,
)


def _tree(text: str) -> _Node:
    try:
        tree: _Node = _TREE.decode(text)
    except RecursionError:
        raise _refusal("too_deep") from None
    except json.JSONDecodeError as error:
        raw_control = _NOT_IN_NOTES.match(text, error.pos)
        raise _refusal("bad_text" if raw_control else "malformed_json") from None
    return tree


def _plain(node: _Node, path: Steps, faults: list[Fault]) -> JsonValue:
    """Turn a tree into plain values, and add what is wrong with it to `faults` in the order it was sent."""
    if isinstance(node, str):
        if not _NOT_IN_NOTES.search(node):
            return node
        code = "bad_text"
    elif isinstance(node, _Unfit):
        code = node.code
    elif not isinstance(node, list):
        return node
    elif len(path) >= DEPTH_MAX:
        code = "too_deep"
    elif isinstance(node, _Members):
        return _plain_members(node, path, faults)
    else:
        return [_plain(item, (*path, index), faults) for index, item in enumerate(node)]
    faults.append(Fault(code, path))
    return None


def _plain_members(members: _Members, path: Steps, faults: list[Fault]) -> dict[str, JsonValue]:
    plain: dict[str, JsonValue] = {}
    for key, node in members:
        if key in plain:
            faults.append(Fault("duplicate_key", (*path, key)))
        if _NOT_IN_NOTES.search(key):
            faults.append(Fault("bad_text", path))
            continue
        plain[key] = _plain(node, (*path, key), faults)
    return plain
