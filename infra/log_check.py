"""Proof that a log is whole: in order, without gaps in any stream, every event readable, the register as the events say.

One pass over the log; what has to be remembered stands in a database of its own, so that a log of any size is checked.
"""

from collections.abc import Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from types import MappingProxyType

import sqlalchemy as sa

from domain.event import RecordedEvent
from domain.log import StoredRow
from domain.period.events import PeriodClosed
from infra.codec import EventCodec
from infra.fact_register import REGISTER, FactRegister, registered
from infra.projector import Progress
from infra.recorder import LedgerRecorder
from infra.sealing import keys_named
from infra.table_difference import DIFFERENCES_MAX, Difference, Kind, compare, rows_of
from projections import bulk
from projections.parked import is_parked
from projections.projection import text

PAGE_EVENTS = 2_000
NONE_UNREAD: Mapping[str, int] = MappingProxyType({})

STREAM_END = sa.Table(
    "stream_end",
    sa.MetaData(),  # of no read model: it is only ever made to be checked by
    sa.Column("stream", text(), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
)


@dataclass
class LogCheck:
    """What came of it. `found` is empty where the log is whole."""

    events: int = 0
    streams: int = 0
    numbers_unused: int = 0
    """Positions that were drawn and never written: PostgreSQL gives none twice."""
    without_key: int = 0
    """Events with a personal value whose key is not among those given: of erased persons, if nothing is lost."""
    found: list[Difference] = field(default_factory=list)

    def note(self, table: str, key: object, *columns: str, kind: Kind = Kind.OTHER) -> None:
        """Name something that is wrong."""
        if len(self.found) < DIFFERENCES_MAX:
            self.found.append(Difference(table, (key,), kind, columns))


def check_log(
    recorder: LedgerRecorder,
    codec: EventCodec,
    scratch: sa.Engine,
    told: Progress,
    *,
    keys: Set[str] | None = None,
    unread: Mapping[str, int] = NONE_UNREAD,
) -> LogCheck:
    """Read the log through its present end. `scratch` is an empty database; `keys` are the names of the keys there are;
    what stands in the streams of `unread`, from a position on, is known not to be readable and is passed over."""
    return _Reading(recorder, codec, scratch, keys, unread).read(told)


class _Reading:
    def __init__(
        self,
        recorder: LedgerRecorder,
        codec: EventCodec,
        scratch: sa.Engine,
        keys: Set[str] | None,
        unread: Mapping[str, int],
    ) -> None:
        self._recorder, self._codec, self._scratch, self._keys = recorder, codec, scratch, keys
        self._unread = unread
        self._left_out: set[int] = set()
        self._check = LogCheck()
        self._last = StoredRow(0, "", 0, "", b"", 0)

    def read(self, told: Progress) -> LogCheck:
        head, _ = self._recorder.head()
        with self._scratch.begin() as db:
            for table in (STREAM_END, REGISTER):
                table.create(db, checkfirst=True)
        while rows := self._recorder.read(self._last.position, PAGE_EVENTS, upto=head):
            with self._scratch.begin() as db:
                self._take(rows, db)
            self._last = rows[-1]
            told(self._last.position, head)
        self._compare_register(head)
        return self._check

    def _take(self, rows: Sequence[StoredRow], db: sa.Connection) -> None:
        self._check.events += len(rows)
        self._look_at_order(rows)
        self._look_at_streams(rows, db)
        self._look_at_keys(rows)
        events = self._decoded([row for row in rows if not self._is_unread(row)])
        FactRegister().fold(events, db)
        for recorded in events:
            if isinstance(recorded.event, PeriodClosed):
                self._look_at_statement(recorded.event.digest)

    def _look_at_order(self, rows: Sequence[StoredRow]) -> None:
        before = self._last
        for row in rows:
            self._check.numbers_unused += row.position - before.position - 1
            if row.recorded_at < before.recorded_at:
                self._check.note("event", row.position, "recorded_at")
            before = row

    def _look_at_streams(self, rows: Sequence[StoredRow], db: sa.Connection) -> None:
        """Each stream's versions are 1, 2, 3... in the order of positions: none is left out."""
        names = {row.stream for row in rows}
        query = sa.select(STREAM_END.c.stream, STREAM_END.c.version).where(STREAM_END.c.stream.in_(names))
        ends = {row.stream: row.version for row in db.execute(query)}
        self._check.streams += len(names - ends.keys())
        for row in rows:
            if row.version != ends.get(row.stream, 0) + 1:
                self._check.note("event", row.position, "version")
            ends[row.stream] = row.version
        bulk.upsert(db, STREAM_END, list(ends.items()))

    def _look_at_keys(self, rows: Sequence[StoredRow]) -> None:
        if self._keys is not None:
            named = (keys_named(row.state) for row in rows)
            self._check.without_key += sum(any(name not in self._keys for name in names) for names in named)

    def _is_unread(self, row: StoredRow) -> bool:
        unread = is_parked(self._unread, row.stream, row.position)
        if unread:
            self._left_out.add(row.position)
        return unread

    def _decoded(self, rows: Sequence[StoredRow]) -> list[RecordedEvent]:
        """The events, without those that cannot be read: they are named."""
        if not rows:
            return []
        try:
            events = self._codec.decode_rows(rows)
        except Exception:  # of whatever kind: bytes that were damaged can be anything
            if len(rows) == 1:
                self._check.note("event", rows[0].position, "state")
                self._left_out.add(rows[0].position)
                return []
            middle = len(rows) // 2
            return self._decoded(rows[:middle]) + self._decoded(rows[middle:])
        for row, recorded in zip(rows, events, strict=True):
            if (row.stream, row.version) != (recorded.event.originator_id, recorded.event.originator_version):
                self._check.note("event", row.position, "stream", "version", "state")
        return events

    def _look_at_statement(self, digest: str) -> None:
        content = self._recorder.statement(digest)
        if content is None:
            self._check.note("statement", digest, kind=Kind.MISSING)
        elif sha256(content).hexdigest() != digest:
            self._check.note("statement", digest, "content")

    def _compare_register(self, head: int) -> None:
        """The register, without the facts of events that could not be read."""
        unknown = self._facts_left_out(head)
        with self._scratch.connect() as db, closing(rows_of(db, REGISTER)) as right:
            found = (row for row in registered(self._recorder, head) if row.fact_id not in unknown)
            said = (row for row in right if row[0] not in unknown)
            self._check.found += islice(compare(REGISTER, found, said), DIFFERENCES_MAX)

    def _facts_left_out(self, head: int) -> frozenset[str]:
        if not self._left_out:
            return frozenset()
        facts = registered(self._recorder, head)
        return frozenset(row.fact_id for row in facts if row.position in self._left_out)
