"""The chain of the access log: each commit's answers are a link, whose hash is over theirs and the hash before.

What was entered cannot be changed, removed or put in without every later link being made anew. Only the newest links have
none behind them: a head that was written down elsewhere holds those.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from math import inf
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

Row = tuple[Any, ...]
HASH_BYTES = 32
STRAYS_AT_ONCE = 1_000
LAST_LINK = "SELECT last_answer_id, link_id, hash FROM access_link ORDER BY first_answer_id DESC LIMIT 1"
LOCKED_LAST_LINK = "SELECT last, link, head FROM access_head()"
STILL_LAST_LINK = (
    "SELECT last, link, head, (last, link, head) IS NOT DISTINCT FROM (%s::bigint, %s::bigint, %s::bytea) AS holds"
    " FROM access_head()"
)


class Head(NamedTuple):
    """Where a chain ends, and the highest number in it."""

    last_answer_id: int
    link_id: int
    hash: bytes


class Link(NamedTuple):
    """A row of the chain's table, in the order of its columns."""

    first_answer_id: int
    last_answer_id: int
    link_id: int
    digest: bytes
    hash: bytes

    @property
    def head(self) -> Head:
        """The chain's end, where this is the last link."""
        return Head(self.last_answer_id, self.link_id, self.hash)


class Linked(NamedTuple):
    """A link and the rows that are there of its answers, table by table; of none, the rows that are no link's."""

    link: Link | None
    rows: tuple[list[Row], ...]


BEGINNING = Head(0, 0, bytes(HASH_BYTES))


def head_of(db: sa.Connection) -> Head:
    """Where the chain goes on. Nobody else adds to it until this transaction ends: on SQLite nobody can, on PostgreSQL they
    wait here. Asked of the driver: it is asked for each answer."""
    cursor = db.connection.cursor()
    cursor.execute(LOCKED_LAST_LINK if db.dialect.name == "postgresql" else LAST_LINK)
    found = cursor.fetchone()
    cursor.close()
    return BEGINNING if found is None else head_found(*found)


def head_found(last_answer_id: int | None, link_id: int | None, its_hash: bytes | None) -> Head:
    """A head as PostgreSQL tells it: nothing where the chain begins."""
    if last_answer_id is None or link_id is None or its_hash is None:
        return BEGINNING
    return Head(last_answer_id, link_id, its_hash)


def digest_of(rows: Sequence[Sequence[Row]]) -> bytes:
    """SHA-256 of rows as they are stored: those of each table in the order of its key."""
    return sha256(msgspec.msgpack.encode(rows)).digest()


def link_after(head: Head, first: int, last: int, digest: bytes) -> Link:
    """The next link of a chain."""
    return Link(first, last, head.link_id + 1, digest, hash_of(head.hash, first, last, head.link_id + 1, digest))


def hash_of(before: bytes, first: int, last: int, link_id: int, digest: bytes) -> bytes:
    """A link's hash, over the hash before."""
    return sha256(msgspec.msgpack.encode((before, first, last, link_id, digest))).digest()


def chained(head: Head, pieces: Iterable[Linked]) -> Iterator[Linked]:
    """Pieces of a log as the next links of a chain: of a link that is given, only its numbers are looked at."""
    for link, rows in pieces:
        if link is not None:
            following = link_after(head, link.first_answer_id, link.last_answer_id, digest_of(rows))
            head = following.head
            yield Linked(following, rows)


def unlinked(first: int, last: int) -> Link:
    """A link of which only the numbers are known."""
    return Link(first, last, 0, b"", b"")


def linked(links: Iterable[Link], tables: Sequence[Iterable[Row]]) -> Iterator[Linked]:
    """Put rows to their links, all in the order of answers' numbers; memory holds one link's at a time."""
    streams = [_Rows(table) for table in tables]
    for link in links:
        if any(strays := tuple(stream.below(link.first_answer_id) for stream in streams)):
            yield Linked(None, strays)
        yield Linked(link, tuple(stream.below(link.last_answer_id + 1) for stream in streams))
    while any(strays := tuple(stream.below(inf, STRAYS_AT_ONCE) for stream in streams)):
        yield Linked(None, strays)


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of numbers that follow each other: what a commit enters has such."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = number
        elif number != last + 1:
            yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last


class _Rows:
    """Rows in the order of their first column, taken up to a number."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def below(self, number: float, most: float = inf) -> list[Row]:
        found = list[Row]()
        while self._next is not None and self._next[0] < number and len(found) < most:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found
