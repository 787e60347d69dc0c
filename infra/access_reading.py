"""Reading the access log back: all of a time, or all about one person."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from domain.access.entry import Doing, Entry
from domain.access.whose import Whose
from infra.access_tables import ANSWER, PERSON, AccessLogUnavailableError, first_number, packed, unpacked
from projections.fact_columns import instant, microseconds

PAGE_ROWS = 5_000


def entries_between(engine: sa.Engine, since: datetime, until: datetime) -> Iterator[Entry]:
    """What was entered from an instant up to, not including, another, in the order of its entering."""
    first, last = (first_number(microseconds(at)) for at in (since, until))
    in_time = (ANSWER.c.answer_id >= first) & (ANSWER.c.answer_id < last)
    yield from _entries(engine, ANSWER.outerjoin(PERSON, ANSWER.c.answer_id == PERSON.c.answer_id), in_time)


def entries_of(engine: sa.Engine, kind: str, person_id: str) -> Iterator[Entry]:
    """What was entered about one person, in the order of its entering: each with that person alone."""
    about = (PERSON.c.kind == kind) & (PERSON.c.person_id == packed(person_id))
    yield from _entries(engine, ANSWER.join(PERSON, ANSWER.c.answer_id == PERSON.c.answer_id), about)


def people_between(engine: sa.Engine, since: datetime, until: datetime) -> list[str]:
    """The clients that anything was entered about in that time."""
    first, last = (first_number(microseconds(at)) for at in (since, until))
    in_time = (PERSON.c.answer_id >= first) & (PERSON.c.answer_id < last)
    query = sa.select(PERSON.c.person_id).where(in_time & (PERSON.c.kind == "client")).distinct()
    with _connected(engine) as db:
        return sorted(map(unpacked, db.scalars(query)))


def entries_of_request(engine: sa.Engine, request_id: str) -> list[Entry]:
    """What was entered for one request that came lately: all but nothing is looked through for it."""
    asked = ANSWER.c.request_id == request_id
    return list(_entries(engine, ANSWER.outerjoin(PERSON, ANSWER.c.answer_id == PERSON.c.answer_id), asked))


def _entries(engine: sa.Engine, source: sa.FromClause, which: sa.ColumnElement[bool]) -> Iterator[Entry]:
    query = sa.select(*ANSWER.c, PERSON.c.kind, PERSON.c.person_id).select_from(source).where(which)
    query = query.order_by(ANSWER.c.answer_id).execution_options(yield_per=PAGE_ROWS)
    with _connected(engine) as db, closing(db.execute(query)) as rows:
        for _, group in groupby(rows, attrgetter("answer_id")):
            yield _entry(list(group))


@contextmanager
def _connected(engine: sa.Engine) -> Iterator[sa.Connection]:
    """The log, for the length of a block. Raises `AccessLogUnavailableError`."""
    try:
        with engine.connect() as db:
            yield db
    except sa.exc.SQLAlchemyError as error:
        raise AccessLogUnavailableError from error


def _entry(rows: list[Any]) -> Entry:
    first = rows[0]
    whose: Whose = frozenset((row.kind, unpacked(row.person_id)) for row in rows if row.kind is not None)
    return Entry(
        recorded_at=instant(first.recorded_at),
        subject=first.subject,
        role=first.role,
        unit_ids=tuple(first.unit_ids.split()),
        device_id=first.device_id,
        doing=Doing(first.doing),
        action=first.action,
        record_class=first.record_class,
        purpose=first.purpose,
        rule=first.rule,
        request_id=first.request_id,
        form=first.form,
        whose=whose,
    )
