"""All that a store says of its own tables: what two ways of making them must agree on."""

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from infra.durable_database import open_durably
from infra.wall_book import BOOK_TABLES
from projections.builds import PRIOR
from projections.read_models import READ_MODELS
from tests.infra.stores import SQLITE, run_sql

Line = tuple[Any, ...]

COLUMNS = """SELECT table_name, column_name, ordinal_position, data_type, collation_name, is_nullable, is_identity,
    identity_generation, column_default, character_maximum_length FROM information_schema.columns
    WHERE table_schema = 'public'"""
CONSTRAINTS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
TRIGGERS = """SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(trigger.oid), prosrc FROM pg_trigger AS trigger
    JOIN pg_proc ON tgfoid = pg_proc.oid WHERE pronamespace = 'public'::regnamespace"""
COMMENTS = """SELECT objoid::regclass::text, objsubid, description FROM pg_description JOIN pg_class ON pg_class.oid = objoid
    WHERE classoid = 'pg_class'::regclass AND relnamespace = 'public'::regnamespace"""
ORDER = """SELECT indrelid::regclass::text, array_agg(indexrelid::regclass::text ORDER BY indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace GROUP BY indrelid"""
OF_TABLES = (COLUMNS, CONSTRAINTS, INDEXES, ORDER, TRIGGERS, COMMENTS)
RELATIONS = """SELECT relname, relkind::text, relpersistence::text, reloptions, relrowsecurity, relforcerowsecurity,
    relacl::text, relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"""
POLICIES = """SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies
    WHERE schemaname = 'public'"""
FUNCTIONS = """SELECT proname, pg_get_functiondef(oid), proacl::text, proowner::regrole::text FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace"""
OF_NAMES = re.compile(r"__(\d+|beside|prior)|(?<=_pkey)\d+|(?<=_null)\d+")
"""What tells names of builds apart."""
SPACES = re.compile(r'(\s|\\n|\\t|")+')
OF_READ_MODELS = {table.name for each in READ_MODELS for table in (*each.tables, *each.kept)} | set(BOOK_TABLES)


def catalogue(url: str) -> list[Line]:
    """One line for each table, column, constraint, index, trigger and comment; read models' own tables left out, and the book
    of their wall."""
    engine = open_durably(url)
    with engine.connect() as db:
        lines = _of_sqlite(db) if url.startswith(SQLITE) else _of_postgresql(db)
    engine.dispose()
    return sorted((line for line in lines if line[0] not in OF_READ_MODELS), key=repr)


def whole_catalogue(url: str) -> set[str]:
    """A line for everything that is said of anything in the database, read models too, and who may read what. Indexes are
    called by their first names; what is kept of prior builds is left out."""
    engine = open_durably(url)
    with engine.connect() as db:
        if url.startswith(SQLITE):
            lines = list(map(tuple, db.exec_driver_sql("SELECT tbl_name, type, sql FROM sqlite_master")))
            for (name,) in db.exec_driver_sql("SELECT name FROM pragma_table_list"):
                lines.append((name, *(f"{index[1]}" for index in _pragma(db, "index_list", name))))
        else:
            more = (RELATIONS, POLICIES, FUNCTIONS)
            lines = [*_of_postgresql(db), *(tuple(row) for query in more for row in db.exec_driver_sql(query))]
    engine.dispose()
    said = (SPACES.sub(" ", OF_NAMES.sub("", f"{line}")) for line in lines if not f"{line[0]}".endswith(PRIOR))
    return {line.replace("( ", "(").replace(" )", ")") for line in said}


def take_away(url: str) -> None:
    """Leave an empty database."""
    if url.startswith(SQLITE):
        path = Path(url.removeprefix(SQLITE))
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
    else:
        run_sql(url, "DROP SCHEMA public CASCADE")
        run_sql(url, "CREATE SCHEMA public")


def _of_postgresql(db: sa.Connection) -> list[Line]:
    return [tuple(row) for query in OF_TABLES for row in db.exec_driver_sql(query)]


def _of_sqlite(db: sa.Connection) -> list[Line]:
    made = "SELECT name, sql LIKE '%%AUTOINCREMENT%%' FROM sqlite_master WHERE type = 'table'"
    numbering = dict(map(tuple, db.exec_driver_sql(made.replace("%%", "%"))))
    said = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' OR sql GLOB 'CREATE INDEX * WHERE *'"
    lines: list[Line] = list(map(tuple, db.exec_driver_sql(said)))
    for name, without_rowid, strict in db.exec_driver_sql("SELECT name, wr, strict FROM pragma_table_list"):
        lines.append((name, without_rowid, strict, numbering.get(name)))
        lines += [(name, *column) for column in _pragma(db, "table_xinfo", name)]
        for _, index, unique, origin, partial in _pragma(db, "index_list", name):
            lines.append((name, unique, origin, partial, *(column[2] for column in _pragma(db, "index_info", index))))
    return lines


def _pragma(db: sa.Connection, name: str, of: str) -> list[Line]:
    return [tuple(row) for row in db.exec_driver_sql(f"SELECT * FROM pragma_{name}('{of}')")]
