"""The tables of a read model's builds in the database: made, indexed, renamed, dropped.

Each function works on the build that its connection is for. An index cannot be renamed on every store, so it keeps its name
when its table gets another; the next build's index takes a name that is free.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import sqlalchemy as sa

from infra.wall import raise_wall
from projections.builds import BUILDS, LIVE, PRIOR, build_of, in_build, standing, within
from projections.parked import park_aside
from projections.projection import Projection, set_aside

KEPT = "kept"
"""The status of a prior build."""


def are_there(db: sa.Connection, tables: Sequence[sa.Table]) -> bool:
    """Whether every table stands with the columns that this program knows, in their order."""
    named = [standing(db, table) for table in tables]
    found = sa.inspect(db).get_multi_columns(filter_names=[table.name for table in named])
    columns = {name: [column["name"] for column in listed] for (_, name), listed in found.items()}
    return columns == {table.name: [column.name for column in table.columns] for table in named}


def create(db: sa.Connection, tables: Sequence[sa.Table], *, indexes: bool) -> None:
    """Make the tables, with their key and their part of the wall; with their indexes where they are filled little by little."""
    twins = [in_build(table, build_of(db)) for table in tables]
    for twin in twins:
        twin.create(db)
    raise_wall(db, [twin.name for twin in twins])
    if indexes:
        for lacking in missing_indexes(db, tables):
            for index in lacking:
                index.create(db)


def missing_indexes(db: sa.Connection, tables: Sequence[sa.Table]) -> list[list[sa.Index]]:
    """The indexes that each of the tables lacks, under names that are free."""
    taken = _indexes(db, tables)
    return [_lacking(db, table, taken) for table in tables]


def drop(db: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """Drop those of the tables that are there."""
    for table in tables:
        standing(db, table).drop(db, checkfirst=True)


def rename(db: sa.Connection, tables: Sequence[sa.Table], start: str, to: str) -> None:
    """Give the tables of one build, those that are there, the names of another, which must be free."""
    there = set(sa.inspect(db).get_table_names())
    for table in tables:
        if table.name + start in there:
            db.exec_driver_sql(f'ALTER TABLE "{table.name}{start}" RENAME TO "{table.name}{to}"')


def retire(db: sa.Connection, projection: Projection) -> None:
    """Keep the live build as the prior one, with what waits of it, so that there is a way back, and leave none that serves."""
    with within(db, PRIOR):
        drop(db, projection.tables)
    rename(db, projection.tables, LIVE, PRIOR)
    set_aside(db, projection, status=KEPT)
    park_aside(db, projection.name)


def _lacking(db: sa.Connection, table: sa.Table, taken: Mapping[str, set[str]]) -> list[sa.Index]:
    has = taken.get(table.name + build_of(db), set())
    used = {name for build in BUILDS for name in taken.get(table.name + build, ())}
    twin = table.to_metadata(sa.MetaData(), name=table.name + build_of(db))  # with all that an index has but its name
    lacking = sorted((each for each in twin.indexes if has.isdisjoint(_names(each))), key=lambda each: str(each.name))
    for index in lacking:
        index.name = sa.quoted_name(next(name for name in _names_of(index) if name not in used), quote=None)
    return lacking


def _indexes(db: sa.Connection, tables: Sequence[sa.Table]) -> dict[str, set[str]]:
    """The names of the indexes that each build of the tables has, by the build's name for the table."""
    names = [table.name + build for table in tables for build in BUILDS]
    found = sa.inspect(db).get_multi_indexes(filter_names=names)
    return {name: {str(index["name"]) for index in listed} for (_, name), listed in found.items()}


def _names_of(index: sa.Index) -> Iterator[str]:
    """The names that an index may have, as many as it takes."""
    return (f"{index.name}__{number}" if number > 1 else str(index.name) for number in count(1))


def _names(index: sa.Index) -> set[str]:
    """Those of them that can be in use: one for each build."""
    names = _names_of(index)
    return {next(names) for _ in BUILDS}
