"""The register of facts, made again from the stamps that the events themselves carry."""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import ClassVar

import sqlalchemy as sa

from domain.event import RecordedEvent
from domain.log import FactRow
from infra.recorder import LedgerRecorder
from projections import bulk
from projections.projection import text

PAGE_FACTS = 5_000

REGISTER = sa.Table(
    "fact_register",
    sa.MetaData(),  # of no read model: it is only ever made to be compared
    sa.Column("fact_id", text(), primary_key=True),
    sa.Column("device_id", text(), nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)


class FactRegister:
    """One row for each stamp, at the last event of the command that brought it."""

    name: ClassVar[str] = "fact_register"
    version: ClassVar[int] = 1
    tables: ClassVar[Sequence[sa.Table]] = (REGISTER,)
    kept: ClassVar[Sequence[sa.Table]] = ()

    def fold(self, events: Sequence[RecordedEvent], db: sa.Connection) -> None:
        """Take a batch of events, in log order."""
        rows = {}
        for recorded in events:
            stamp = recorded.event.stamp
            if stamp is not None:
                rows[stamp.id] = (stamp.id, stamp.device_id, b64decode(stamp.digest), recorded.position)
        bulk.upsert(db, REGISTER, list(rows.values()))


def registered(recorder: LedgerRecorder, upto: int) -> Iterator[FactRow]:
    """Read the ledger's own register in the order of fact ids, as it was at a position."""
    page = recorder.facts("", PAGE_FACTS)
    while page:
        yield from (row for row in page if row.position <= upto)
        page = recorder.facts(page[-1].fact_id, PAGE_FACTS)
