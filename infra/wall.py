"""The wall behind the rules of access: PostgreSQL's row level security on every table of clients, workers or visits.

It is coarser than the rules (docs/adr/0018): a query that forgets whom its caller reaches shows nothing of units that have
nothing to do with the caller's. Embedded SQLite has none: there the process is the wall.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import sqlalchemy as sa

from infra.wall_book import BOOK, BOOK_TABLES, SUBJECT_TABLE, TELLS, TOLD, functions, told_by
from projections.builds import BUILDS, ENDING
from projections.projection import METADATA

VERSION = "2"
"""Raised with every change of policies, functions or book: all tables are then walled again, and the book is filled again."""
UNITS = "visitledger.units"
"""Names the setting of a transaction: the units whose rows it may read, or `EVERYTHING`. Without it it reads none."""
EVERYTHING = "*"
OWN, AT_WORK, HAPPENED, NAMED = 0, 4, 5, 6
"""How near to a unit what a row is about must be, at most: see `infra.wall_book`."""

_IS_ALL = f"(SELECT current_setting('{UNITS}', true) = '{EVERYTHING}')"
_IS_TOLD = f"(SELECT current_setting('{UNITS}', true) <> '')"
_UNITS = f"(SELECT string_to_array(current_setting('{UNITS}', true), ' '))::text[]"
_SUBJECTS = "('client', 'worker', 'person', 'visit', 'order')"


@dataclass(frozen=True)
class Walled:
    """How the rows of a table are told apart: by the column of whom or what they are about, and how near that must be.
    `others` are rows that are of nobody, so everybody's."""

    subject: str
    level: int
    others: str = ""

    def passes(self, name: str) -> str:
        """The condition for a row of the table of that name."""
        others = f"{_IS_TOLD} AND {self.others} OR " if self.others else ""
        near = f'book.subject_id = "{name}".{self.subject} AND book.level <= {self.level}'
        # Not EXISTS: PostgreSQL would read a unit's whole book for each query, also where it asks for a row or two.
        book = f"SELECT true FROM {SUBJECT_TABLE} AS book WHERE {near} AND book.unit_id = ANY ({_UNITS}) LIMIT 1"
        return f"{_IS_ALL} OR {others}coalesce(({book}), false)"


@dataclass(frozen=True)
class OfUnit:
    """A table whose rows name the unit that they are of."""

    subject: str = "unit_id"

    def passes(self, name: str) -> str:
        """The condition for a row of the table of that name."""
        return f'{_IS_ALL} OR "{name}".{self.subject} = ANY ({_UNITS})'


_VISIT = Walled("visit_id", HAPPENED)
_CLIENT = Walled("client_id", OWN)
_PERSON = Walled("person_id", NAMED)
_WORKER = Walled("worker_id", AT_WORK, "worker_id = ''")
WALLED: Mapping[str, Walled | OfUnit] = MappingProxyType(
    {
        **dict.fromkeys(("planned_visit", "attendance", "service_registered", "visit_failed"), _VISIT),
        **dict.fromkeys(("approval_given", "excess_approved", "client_visit"), _VISIT),
        **dict.fromkeys(("time_frame", "need_change", "care_contact", "tag", "client_month"), _CLIENT),
        "order_line": Walled("client_id", AT_WORK),
        "client_month_due": Walled("client_id", OWN, "client_id = '*'"),
        **dict.fromkeys(("person", "membership"), _PERSON),
        "absence": Walled("person_id", AT_WORK),
        **dict.fromkeys(("delegation", "title_held", "shift", "indirect_time"), _WORKER),
        **dict.fromkeys(("device_contact", "quarantined_fact"), _WORKER),
        **dict.fromkeys(("supervision_session", "team_meeting", SUBJECT_TABLE), OfUnit()),
        "acknowledgement": Walled("subject_id", HAPPENED, f"subject_kind NOT IN {_SUBJECTS}"),
        "audit_entry": Walled("entity_id", HAPPENED, f"entity_kind NOT IN {_SUBJECTS}"),
    }
)
"""Every table that is walled. The book itself is: what it says of others is nobody's business either."""
OPEN = frozenset(
    {
        "unit",
        "provider",
        "service_defined",
        "edition_adopted",
        "period_closing",
        "month_kept",
        "projection_position",
        "parked_stream",
    }
)
"""What whoever may read reads whole: it is of no client, worker or visit. Of streams that wait only their names stand there."""
_READERS = f"""SELECT DISTINCT acl.grantee::regrole::text FROM pg_class, aclexplode(relacl) AS acl
    WHERE oid = '{SUBJECT_TABLE}'::regclass AND acl.privilege_type = 'SELECT' AND acl.grantee NOT IN (relowner, 0)"""
_FORCED = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
_VERSION = f"SELECT obj_description(to_regclass('{SUBJECT_TABLE}'))"


def keep_wall(db: sa.Connection) -> None:
    """Wall what stands outside of a wall that stands: tables that are new, and all of them where it is an earlier program's."""
    if _stands(db):
        _wall(db)


def _stands(db: sa.Connection) -> bool:
    """Whether there is a wall: it is raised when the first role is let read, and costs nobody anything before."""
    return db.dialect.name == "postgresql" and bool(
        db.scalar(sa.text(f"SELECT to_regclass('{SUBJECT_TABLE}') IS NOT NULL"))
    )


def _wall(db: sa.Connection) -> None:
    """Wall whatever stands outside. What the tables hold is written into the book."""
    inside = set[str]()
    if db.scalar(sa.text(_VERSION)) == VERSION:
        inside.update(db.scalars(sa.text(_FORCED)))
    else:
        for statement in (BOOK, *functions(), f"COMMENT ON TABLE {SUBJECT_TABLE} IS '{VERSION}'"):
            db.exec_driver_sql(statement)
        for name in BOOK_TABLES:
            _force(db, name)
    outside = [name for name in _to_be_read(db) if name not in inside]
    for name in (strange := _strange(db, outside)):
        _force(db, name)
    outside = [name for name in outside if name not in strange]
    raise_wall(db, outside)
    for name in outside:
        if (table := _table_of(name)) in TELLS:
            db.exec_driver_sql(f"DO $body$ BEGIN {told_by(table, name)} END $body$")


def raise_wall(db: sa.Connection, names: Iterable[str]) -> None:
    """Wall some tables, of any build: whoever folds reads and writes all, others read what passes; and let those read them who
    read the others. Nothing where no wall stands."""
    if not _stands(db):
        return
    readers = list(db.scalars(sa.text(_READERS)))
    for name in names:
        table = _table_of(name)
        if table in WALLED:
            _force(db, name)
            passes = WALLED[table].passes(name)
            db.exec_driver_sql(f'CREATE POLICY reached ON "{name}" FOR SELECT USING ({passes})')
        if table in TELLS:
            db.exec_driver_sql(
                f'CREATE OR REPLACE TRIGGER told AFTER INSERT ON "{name}" REFERENCING NEW TABLE AS {TOLD}'
                f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_reach()"
            )
        if table in WALLED or table in OPEN:
            _grant(db, [name], readers)


def let_read(db: sa.Connection, role: str) -> None:
    """Raise the wall, and let a role read what stands behind it: the read models, and the book for the wall's own sake. Neither
    the log, nor what facts are folded from."""
    _wall(db)
    _grant(db, _to_be_read(db), [db.dialect.identifier_preparer.quote_identifier(role)])


def _to_be_read(db: sa.Connection) -> list[str]:
    """The tables that readers read, of every build that is there."""
    there = set(sa.inspect(db).get_table_names())
    return [name + build for name in sorted({*WALLED, *OPEN}) for build in BUILDS if name + build in there]


def _strange(db: sa.Connection, names: Sequence[str]) -> set[str]:
    """Those that have other columns than this program's: of another version, read by nobody until they are built again."""
    found = sa.inspect(db).get_multi_columns(filter_names=names)
    has = {name: {column["name"] for column in listed} for (_, name), listed in found.items()}
    ours = {name: METADATA.tables.get(_table_of(name)) for name in names}
    return {name for name, table in ours.items() if table is not None and has[name] != set(table.columns.keys())}


def _table_of(name: str) -> str:
    return name.partition(ENDING)[0]


def _grant(db: sa.Connection, names: Collection[str], roles: Sequence[str]) -> None:
    for role in roles:
        listed = ", ".join(f'"{name}"' for name in names)
        db.exec_driver_sql(f"GRANT SELECT ON {listed} TO {role}")


def _force(db: sa.Connection, name: str) -> None:
    """Hold everybody, the owner too, and let whoever raises the wall fold behind it. Policies of an earlier wall go."""
    db.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
    db.exec_driver_sql(f'DROP POLICY IF EXISTS reached ON "{name}"; DROP POLICY IF EXISTS folded ON "{name}"')
    db.exec_driver_sql(f'CREATE POLICY folded ON "{name}" TO CURRENT_USER USING (true) WITH CHECK (true)')
