"""Connections that read for a caller, behind the wall where there is one (`infra.wall`).

How far the caller reaches is told to each transaction, and ends with it: a connection of the pool keeps none of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from domain.access.reach import Reach
from domain.access.values import Extent
from infra.read_database import open_engine, open_read_database, writing
from infra.setting_values import PREFIX, SettingError
from infra.settings import Settings
from infra.wall import AT_WORK, EVERYTHING, OPEN, UNITS, WALLED, let_read

_MIGRATE = "Run: visitledger migrate"
_STANDS = sa.text(
    """SELECT
    (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS is_above,
    bool_or(pg_has_role(relowner, 'MEMBER')) AS is_owner,
    bool_or(has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')) AS may_write,
    bool_and(has_table_privilege(oid, 'SELECT')) AS may_read,
    bool_and(relrowsecurity AND relforcerowsecurity OR relname = ANY (:open)) AS is_walled
    FROM pg_class WHERE relkind = 'r' AND oid = ANY (SELECT to_regclass(name) FROM unnest(CAST(:names AS text[])) AS name)"""
)
_TELL = sa.text("SELECT set_config(:name, :units, true)")
_UNITS_OF = sa.text(
    "SELECT string_agg(unit_id, ' ') FROM reach_subject WHERE subject_id = :worker_id AND level <= :level"
)


class Readers:
    """Opens connections to the read models. Without a wall it is the process that keeps a caller from what is not theirs."""

    def __init__(self, engine: sa.Engine, *, walled: bool) -> None:
        self._engine = engine
        self._walled = walled

    @contextmanager
    def open(self, reach: Reach | None = None) -> Iterator[sa.Connection]:
        """One transaction for somebody who reaches so far; None: for what is of no client, worker or visit."""
        with self._engine.connect() as db:
            if self._walled and reach is not None:
                _tell(db, _units_of(db, reach))
            yield db

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


def open_readers(settings: Settings, engine: sa.Engine) -> Readers:
    """Open what reads for callers: behind the wall as the role that the settings name, else the owner's own `engine`. Raises
    `SettingError` where that role would see over the wall, could write, or may not read yet."""
    if not settings.on_postgresql or not settings.store_reader:
        return Readers(engine, walled=False)
    found = Readers(open_engine(settings.reader_url), walled=True)
    try:
        with found.open() as db:
            _check(db)
    except BaseException:
        found.close()
        raise
    return found


def let_readers_read(settings: Settings) -> None:
    """Give the role that the settings name what it needs of the read models, and nothing more."""
    role = sa.make_url(settings.store_reader).username if settings.on_postgresql and settings.store_reader else None
    if role is None:
        return
    engine = open_read_database(settings.read_url)
    try:
        with writing(engine, tables=True) as db:
            let_read(db, role)
    finally:
        engine.dispose()


def _check(db: sa.Connection) -> None:
    stands = db.execute(_STANDS, {"names": [*WALLED, *OPEN], "open": list(OPEN)}).one()
    if stands.is_above or stands.is_owner or stands.may_write:
        raise SettingError(
            f"{PREFIX}STORE_READER names a role that row level security does not hold, or that may write: it must be no "
            "superuser, have no BYPASSRLS, own no table and be no member of who does."
        )
    if not stands.may_read or not stands.is_walled:
        raise SettingError(f"{PREFIX}STORE_READER names a role that may not read the read models yet. {_MIGRATE}")


def _units_of(db: sa.Connection, reach: Reach) -> str:
    """The units whose rows may be read. Behind the first space stands nobody's: it is every office's."""
    if reach.extent is Extent.ALL:
        return EVERYTHING
    if not reach.is_own:
        return " " + " ".join(sorted(reach.unit_ids))
    _tell(db, EVERYTHING)
    return " " + (db.scalar(_UNITS_OF, {"worker_id": reach.worker_id, "level": AT_WORK}) or "")


def _tell(db: sa.Connection, units: str) -> None:
    db.execute(_TELL, {"name": UNITS, "units": units})
