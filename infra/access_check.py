"""Proof that the access log is whole: every link's answers are those that were entered, and every link follows another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from infra.access_chain import BEGINNING, Head, Link, Linked, Row, digest_of, hash_of, linked, runs
from infra.access_tables import ANSWER, ENTERED, LINK, PRUNING
from infra.read_database import snapshot
from infra.table_difference import DIFFERENCES_MAX, Difference, Kind, rows_of


@dataclass
class AccessCheck:
    """What came of it. `found` is empty where the log is whole: answers are named by their numbers, links by theirs."""

    answers: int = 0
    head: Head = BEGINNING
    """The end of the chain."""
    found: list[Difference] = field(default_factory=list)

    def note(self, table: sa.Table, number: int, kind: Kind, *columns: str) -> None:
        """Name something that is wrong."""
        if len(self.found) < DIFFERENCES_MAX:
            self.found.append(Difference(table.name, (number,), kind, columns))


def check_access_log(engine: sa.Engine, known: tuple[int, bytes] | None = None) -> AccessCheck:
    """Read the log from end to end as it is at one moment. `known` is a link's number and its hash, as it once ended."""
    with snapshot(engine) as db:
        prunings = list(rows_of(db, PRUNING))
        return check_rows(rows_of(db, LINK), [rows_of(db, table) for table in ENTERED], prunings, known)


def check_rows(
    links: Iterable[Row],
    tables: Sequence[Iterable[Row]],
    prunings: Sequence[Row],
    known: tuple[int, bytes] | None = None,
) -> AccessCheck:
    """Check rows of the log, each table's in the order of its key: `tables` are those of `ENTERED`."""
    reading = _Reading(prunings, known)
    for each in linked(map(Link._make, links), tables):
        reading.take(each)
    return reading.end()


class _Reading:
    """One pass in the order of answers' numbers. That is the order of the chain too, but for what a restore brought back:
    there the chain begins anew, and where one piece ends is held against where the next begins when all are known."""

    def __init__(self, prunings: Sequence[Row], known: tuple[int, bytes] | None) -> None:
        self._check = AccessCheck()
        self._known, self._found_known = known, b""
        self._pruned_before = max((before for _, before, _, _ in prunings), default=0)
        self._pruned = {link_id: bytes(found) for _, _, link_id, found in prunings}
        self._begins: list[Link] = []
        self._ends = {BEGINNING.link_id: BEGINNING.hash}
        self._last: Link | None = None

    def take(self, each: Linked) -> None:
        if each.link is None:
            for table, rows in zip(ENTERED, each.rows, strict=True):
                for number in sorted({row[0] for row in rows}):
                    self._stray(table, number)
            return
        self._check.answers += len(each.rows[0])
        if each.link.last_answer_id >= self._pruned_before:
            self._look_at_answers(each.link, each.rows)
        self._look_at_link(each.link)

    def _stray(self, table: sa.Table, number: int) -> None:
        """A row of no link. Below what was pruned it is one that is still to be taken away."""
        if number >= self._pruned_before:
            self._check.note(table, number, Kind.SURPLUS)

    def _look_at_answers(self, link: Link, rows: Sequence[Sequence[Row]]) -> None:
        if digest_of(rows) == link.digest:
            return
        there = {row[0] for row in rows[0]}
        missing = [number for number in range(link.first_answer_id, link.last_answer_id + 1) if number not in there]
        for number in missing:
            self._check.note(ANSWER, number, Kind.MISSING)
        if not missing:
            for first, _ in runs(sorted(there)):
                self._check.note(ANSWER, first, Kind.OTHER)

    def _look_at_link(self, link: Link) -> None:
        last = self._last
        if last is None or link.link_id != last.link_id + 1:
            self._begins.append(link)
            if last is not None:
                self._ends[last.link_id] = last.hash
        elif not _follows(link, last.hash):
            self._check.note(LINK, link.link_id, Kind.OTHER, "hash")
        self._last = link
        if self._known is not None and link.link_id == self._known[0]:
            self._found_known = link.hash

    def end(self) -> AccessCheck:
        if self._last is not None:
            self._ends[self._last.link_id] = self._last.hash
            self._check.head = self._last.head
        for link in self._begins:
            before = self._ends.get(link.link_id - 1, self._pruned.get(link.link_id - 1))
            if before is None:
                self._check.note(LINK, link.link_id - 1, Kind.MISSING)
            elif not _follows(link, before):
                self._check.note(LINK, link.link_id, Kind.OTHER, "hash")
        if (last := max(self._ends)) > self._check.head.link_id:
            self._check.note(LINK, last + 1, Kind.MISSING)
        self._look_for_known()
        return self._check

    def _look_for_known(self) -> None:
        """The head that was written down is in the chain, unless it is pruned."""
        if self._known is None:
            return
        link_id, its_hash = self._known
        if self._found_known and self._found_known != its_hash:
            self._check.note(LINK, link_id, Kind.OTHER, "hash")
        elif not self._found_known and link_id > max(self._pruned, default=0):
            self._check.note(LINK, link_id, Kind.MISSING)


def _follows(link: Link, before: bytes) -> bool:
    return link.hash == hash_of(before, link.first_answer_id, link.last_answer_id, link.link_id, link.digest)
