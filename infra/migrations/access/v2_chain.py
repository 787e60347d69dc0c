"""Entries are only added to, and each commit's are a link of a chain: what was entered before becomes its first links."""

from collections.abc import Iterator
from itertools import islice, starmap
from typing import Any

import sqlalchemy as sa
from alembic import op

from infra.access_chain import BEGINNING, chained, linked, runs, unlinked
from infra.access_guard import STATEMENTS

revision = "0002"
down_revision = "0001"

PAGE_ROWS = 5_000


def upgrade() -> None:
    """Create the tables, link what is there, and let nothing of it be changed from now on."""
    op.create_table(
        "access_pruning",
        sa.Column("answer_id", sa.BigInteger, primary_key=True, autoincrement=False, comment="the entry that says who"),
        sa.Column("before", sa.BigInteger, nullable=False, comment="answers of lower numbers are taken away"),
        sa.Column("link_id", sa.BigInteger, nullable=False, comment="the last link that went with them; 0: none"),
        sa.Column("hash", sa.LargeBinary, nullable=False, comment="that link's"),
    )
    link = op.create_table(
        "access_link",
        sa.Column("first_answer_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last_answer_id", sa.BigInteger, nullable=False, comment="every number between is an answer"),
        sa.Column("link_id", sa.BigInteger, nullable=False, comment="1, 2, 3... in the order of the chain"),
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the rows of these answers"),
        sa.Column("hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the hash before, numbers and digest"),
        sqlite_with_rowid=False,
    )
    db = op.get_bind()
    numbers = (number for (number,) in _read(db, "SELECT answer_id FROM access_answer ORDER BY answer_id"))
    answers = _read(db, "SELECT * FROM access_answer ORDER BY answer_id")
    people = _read(db, "SELECT * FROM access_person ORDER BY answer_id, kind, person_id")
    pieces = chained(BEGINNING, linked(starmap(unlinked, runs(numbers)), (answers, people, ())))
    while page := [each.link._asdict() for each in islice(pieces, PAGE_ROWS) if each.link]:
        db.execute(link.insert(), page)
    for statement in STATEMENTS[db.dialect.name]:
        db.exec_driver_sql(statement)


def _read(db: sa.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    yield from map(tuple, db.execute(sa.text(query).execution_options(yield_per=PAGE_ROWS)))
