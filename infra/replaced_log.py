"""What stands in the place that a backup is to be restored into, and what of it the backup lacks."""

from contextlib import closing
from dataclasses import dataclass

import sqlalchemy as sa

from infra.backup_files import Manifest
from infra.migrate import found_at
from infra.read_database import open_engine, snapshot
from infra.schema import READ, STORE
from infra.settings import Settings
from infra.store_tables import EVENT, LEDGER
from projections.projection import PROJECTION_POSITION


@dataclass(frozen=True)
class ReplacedLog:
    """The log that a restored one takes the place of. Of one that cannot be read only that is known."""

    readable: bool
    ledger_id: str = ""
    epoch: int = 0
    events: int = 0
    common: int = 0
    """Through this position both logs say the same."""
    lost_events: int | None = None
    lost_from: int | None = None
    lost_until: int | None = None
    """How many events come after it, and when the first and the last were recorded, in microseconds since 1970."""


def log_there(settings: Settings, staged: sa.Engine) -> ReplacedLog | None:
    """Look at the log that stands there, beside the one from the backup; None where there is none."""
    try:
        if found_at(settings.log_url, STORE) is None:
            return None
        engine = open_engine(settings.log_url)
        try:
            with snapshot(engine) as db, staged.connect() as restored:
                return _compared(db, restored)
        finally:
            engine.dispose()
    except (sa.exc.DatabaseError, sa.exc.NoResultFound):
        return ReplacedLog(readable=False)


def epoch_above(settings: Settings, manifest: Manifest, there: ReplacedLog | None) -> int:
    """The epoch of the restored log: above the backup's, and above any that is known here of this ledger."""
    known = [manifest.epoch, _epoch_of_read_models(settings, manifest.ledger_id)]
    if there is not None and there.ledger_id == manifest.ledger_id:
        known.append(there.epoch)
    return max(known) + 1


def _epoch_of_read_models(settings: Settings, ledger_id: str) -> int:
    try:
        if found_at(settings.read_url, READ) is None:
            return 0
        engine = open_engine(settings.read_url)
        try:
            with engine.connect() as db:
                place = PROJECTION_POSITION.c
                return db.scalar(sa.select(sa.func.max(place.epoch)).where(place.ledger_id == ledger_id)) or 0
        finally:
            engine.dispose()
    except sa.exc.DatabaseError:
        return 0  # nothing is lost with them: they are folded again


def _compared(db: sa.Connection, restored: sa.Connection) -> ReplacedLog:
    ledger = db.execute(sa.select(LEDGER)).one()
    events = db.scalar(sa.select(sa.func.count()).select_from(EVENT)) or 0
    common = _common_through(db, restored)
    recorded = EVENT.c.recorded_at
    counted = sa.select(sa.func.count(), sa.func.min(recorded), sa.func.max(recorded)).where(EVENT.c.position > common)
    lost, first, last = db.execute(counted).one()
    return ReplacedLog(True, ledger.ledger_id, ledger.epoch, events, common, lost, first, last)


def _common_through(one: sa.Connection, other: sa.Connection) -> int:
    """The last position through which both logs agree. By halves: where they part, they part for good."""
    low, high = 0, min(_head(one), _head(other))
    while low < high:
        middle = (low + high + 1) // 2
        if _last_upto(one, middle) == _last_upto(other, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _head(db: sa.Connection) -> int:
    return db.scalar(sa.select(sa.func.max(EVENT.c.position))) or 0


def _last_upto(db: sa.Connection, position: int) -> tuple[object, ...] | None:
    query = sa.select(EVENT).where(EVENT.c.position <= position).order_by(EVENT.c.position.desc()).limit(1)
    with closing(db.execute(query)) as found:
        row = found.one_or_none()
    return None if row is None else tuple(row)
