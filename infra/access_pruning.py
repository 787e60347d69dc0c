"""Old entries are taken away: it is entered first, with where the chain goes on, and then done some thousands at a time."""

import sqlalchemy as sa

from domain.access.entry import Access
from infra.access_chain import BEGINNING, Head, head_of
from infra.access_entering import insert
from infra.access_tables import ANSWER, LINK, PERSON, PRUNING

ANSWERS_AT_ONCE = 5_000
"""Between them others enter."""


def prune(engine: sa.Engine, bound: int, access: Access, *, at_us: int) -> int:
    """Take away the answers of numbers below a bound, and give how many it was."""
    with engine.begin() as db:
        head = head_of(db)
        bound = _between_links(db, bound)
        link_id, its_hash = _goes_on_after(db, bound, head)
        insert(db, [access], head, at_us=at_us, prunings=[(bound, link_id, its_hash)])
    count = 0
    while taken := _take_some_away(engine, bound):
        count += taken
    with engine.begin() as db:
        for table in (PERSON, PRUNING):
            db.execute(table.delete().where(table.c.answer_id < bound))
        db.execute(LINK.delete().where(LINK.c.link_id <= link_id))
    return count


def _between_links(db: sa.Connection, bound: int) -> int:
    """The bound, or the beginning of the link that it falls into."""
    nearest = sa.select(LINK).where(LINK.c.first_answer_id < bound).order_by(LINK.c.first_answer_id.desc()).limit(1)
    found = db.execute(nearest).one_or_none()
    return found.first_answer_id if found is not None and found.last_answer_id >= bound else bound


def _goes_on_after(db: sa.Connection, bound: int, head: Head) -> tuple[int, bytes]:
    """The link, and its hash, after which the chain goes on once the links below a bound are gone from its beginning. What
    was brought back from a backup is later in the chain: its links stay, without their answers."""
    stays = db.scalar(sa.select(sa.func.min(LINK.c.link_id)).where(LINK.c.first_answer_id >= bound))
    link_id = head.link_id if stays is None else stays - 1
    gone = (sa.select(table.c.hash).where(table.c.link_id == link_id) for table in (LINK, PRUNING))
    hashes = (db.scalars(each).first() for each in gone)
    return link_id, next((bytes(found) for found in hashes if found is not None), BEGINNING.hash)


def _take_some_away(engine: sa.Engine, bound: int) -> int:
    oldest = sa.select(ANSWER.c.answer_id).where(ANSWER.c.answer_id < bound).order_by(ANSWER.c.answer_id)
    with engine.begin() as db:
        last = db.scalar(sa.select(sa.func.max(oldest.limit(ANSWERS_AT_ONCE).subquery().c.answer_id)))
        if last is None:
            return 0
        db.execute(PERSON.delete().where(PERSON.c.answer_id <= last))
        return db.execute(ANSWER.delete().where(ANSWER.c.answer_id <= last)).rowcount
