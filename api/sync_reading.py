"""A sync as nearly every phone sends it, read in a few passes of C into what the models would make of it.

Nothing is refused here: whatever is not plainly good comes to None, and is left to the strict parser and the models, which
say what is wrong and where.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import reduce
from operator import or_
from typing import Annotated, Any, NamedTuple, Protocol
from uuid import UUID

import msgspec

from api.json_values import has_few_values
from api.model_structs import struct_of
from api.sync_facts import FACT_TYPES, FactType
from api.sync_models import FACTS_MAX, FactEnvelope, SyncEnvelope
from infra.digests import ENCODER, plain_number

_NAME_END = b'":'
_SPACE_AFTER_NAME = re.compile(rb'"[ \t\r\n]+:')
_CONTROLS_BEYOND_ASCII = re.compile(rb"\xc2[\x80-\x9f]")
_DELETE = b"\x7f"


class FactRead(Protocol):
    """A fact around its payload, whoever has read it."""

    @property
    def id(self) -> UUID | str: ...
    @property
    def seq(self) -> int: ...
    @property
    def visit_id(self) -> UUID | str | None: ...
    @property
    def wall_time(self) -> str: ...
    @property
    def monotonic_ms(self) -> int | None: ...
    @property
    def boot_id(self) -> str: ...


class EnvelopeRead(Protocol):
    """What the phone says of itself, whoever has read it."""

    @property
    def device_id(self) -> UUID | str: ...
    @property
    def device_time(self) -> str: ...
    @property
    def monotonic_ms(self) -> int | None: ...
    @property
    def boot_id(self) -> str: ...
    @property
    def queue_depth(self) -> int: ...
    @property
    def app_version(self) -> str: ...


class GoodFact(NamedTuple):
    """A fact in which nothing is odd."""

    kind: FactType
    fact: FactRead
    payload: Any
    canonical: bytes
    """What was sent, in its canonical form."""


class GoodSync(NamedTuple):
    """A body in which nothing is odd."""

    envelope: EnvelopeRead
    facts: Sequence[GoodFact]


def read_good(body: bytes) -> GoodSync | None:
    """Read a body that is plainly good; None for any other, which may be good too."""
    if not (_is_plain_text(body) and has_few_values(body)):
        return None
    with suppress(msgspec.MsgspecError, ValueError, RecursionError):
        envelope = _GOOD.decode(body)
        plain = _PLAIN.decode(body)
        canonical = [ENCODER.encode(fact) for fact in plain["facts"]]
        if _names_come_once(body, len(plain), canonical):
            return GoodSync(envelope, list(map(_good, envelope.facts, canonical)))
    return None


_PLAIN = msgspec.json.Decoder(float_hook=lambda digits: plain_number(float(digits)))
"""Reads values as the canonical form writes them."""


_STRUCTS = {
    name: struct_of(FactEnvelope, tag=name, payload=struct_of(kind.payload)) for name, kind in FACT_TYPES.items()
}
_KINDS: dict[type[Any], FactType] = {_STRUCTS[name]: kind for name, kind in FACT_TYPES.items()}
_FACTS: Any = list.__class_getitem__(reduce(or_, _KINDS))
_GOOD: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
    struct_of(SyncEnvelope, facts=Annotated[_FACTS, msgspec.Meta(min_length=1, max_length=FACTS_MAX)])
)


def _good(fact: Any, canonical: bytes) -> GoodFact:
    return GoodFact(_KINDS[type(fact)], fact, fact.payload, canonical)


def _is_plain_text(body: bytes) -> bool:
    """Whether no text can hold a character that has to be looked for: none is escaped, and the others stand as they are."""
    if b"\\" in body or _DELETE in body:
        return False
    return body.isascii() or not _CONTROLS_BEYOND_ASCII.search(body)


def _names_come_once(body: bytes, names_around: int, canonical: Sequence[bytes]) -> bool:
    """Whether no name is repeated in an object: then it would end in the body, and be gone from what was read of it.

    Without escapes a quotation mark before a colon ends a name, or begins a text, which may make this say no.
    """
    names = names_around + sum(fact.count(_NAME_END) for fact in canonical)
    return body.count(_NAME_END) == names and not _SPACE_AFTER_NAME.search(body)
