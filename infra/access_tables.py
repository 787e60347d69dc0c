"""The access log's tables, in a database of their own: what is entered of an answer, and for each person in it one short row.

An answer's number is its time in microseconds since 1970 and ten bits that tell it from others of that moment: numbers
rise, so that rows are always added at the end, and those of two logs of one ledger can be put together. What one commit
enters is a link of a chain; what is taken away by age leaves behind where the chain goes on.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from infra.access_guard import STATEMENTS
from infra.kept_database import open_kept
from infra.schema import ACCESS
from projections.fact_columns import instant

METADATA = sa.MetaData()
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER_BITS = 10

ANSWER = sa.Table(
    "access_answer",
    METADATA,
    sa.Column("answer_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    sa.Column("subject", TEXT, nullable=False),
    sa.Column("role", TEXT, nullable=False),
    sa.Column("unit_ids", TEXT, nullable=False, comment="with spaces between"),
    sa.Column("device_id", TEXT, nullable=False),
    sa.Column("doing", TEXT, nullable=False, comment="read, list, export, denied, prune or restore"),
    sa.Column("action", TEXT, nullable=False, comment="of the table of access"),
    sa.Column("record_class", TEXT, nullable=False),
    sa.Column("purpose", TEXT, nullable=False),
    sa.Column("rule", TEXT, nullable=False, comment="of the table of access"),
    sa.Column("request_id", TEXT, nullable=False),
    sa.Column("form", TEXT, nullable=False, comment="json or csv"),
)
PERSON = sa.Table(
    "access_person",
    METADATA,
    sa.Column("answer_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        "kind", TEXT, primary_key=True, comment="client or worker; of what is denied also visit, order and others"
    ),
    sa.Column("person_id", sa.LargeBinary, primary_key=True, comment="the 16 bytes of a UUID"),
    sa.Index("access_person_of", "person_id", "answer_id"),
    sqlite_with_rowid=False,
)
PRUNING = sa.Table(
    "access_pruning",
    METADATA,
    sa.Column("answer_id", sa.BigInteger, primary_key=True, autoincrement=False, comment="the entry that says who"),
    sa.Column("before", sa.BigInteger, nullable=False, comment="answers of lower numbers are taken away"),
    sa.Column("link_id", sa.BigInteger, nullable=False, comment="the last link that went with them; 0: none"),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="that link's"),
)
LINK = sa.Table(
    "access_link",
    METADATA,
    sa.Column("first_answer_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_answer_id", sa.BigInteger, nullable=False, comment="every number between is an answer"),
    sa.Column("link_id", sa.BigInteger, nullable=False, comment="1, 2, 3... in the order of the chain"),
    sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the rows of these answers"),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the hash before, numbers and digest"),
    sqlite_with_rowid=False,
)
ENTERED = (ANSWER, PERSON, PRUNING)
"""What a link is over: rows that begin with an answer's number."""
ACCESS_TABLES = (*ENTERED, LINK)
for dialect, statements in STATEMENTS.items():
    for statement in statements:
        guard: sa.DDL = sa.DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        sa.event.listen(METADATA, "after_create", guard.execute_if(dialect=dialect))


class AccessLogUnavailableError(Exception):
    """The log does not answer, or an entry is not in it, or that is not known: nothing may be told."""


def first_number(microseconds: int) -> int:
    """The lowest number of an answer of that moment."""
    return microseconds << NUMBER_BITS


def instant_of(number: int) -> datetime:
    """When an answer of that number was entered."""
    return instant(number >> NUMBER_BITS)


def packed(person_id: str) -> bytes:
    """An id as it is kept."""
    return bytes.fromhex(person_id.replace("-", ""))


def unpacked(person_id: bytes) -> str:
    """An id as it is written."""
    return str(UUID(bytes=bytes(person_id)))


def open_access_database(url: str) -> sa.Engine:
    """Open the database, and create the tables of a new one. Raises `SchemaError` where they are another release's."""
    return open_kept(url, ACCESS, METADATA)
