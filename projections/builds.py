"""Builds of a read model: the one that serves, one that is filled beside it, and the one before it, kept to go back to.

A build is a set of tables and a place in the log, each named with the build's ending. What is written goes into the build
that the connection is for; readers know the live one alone, and a switch is a matter of names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

import sqlalchemy as sa

ENDING = "__"
LIVE, BESIDE, PRIOR = "", f"{ENDING}beside", f"{ENDING}prior"
"""The endings of tables and places."""
BUILDS = (LIVE, BESIDE, PRIOR)
_BUILD = "visitledger_build"

OptionsBearer = TypeVar("OptionsBearer", sa.Engine, sa.Connection)


def of_build(bearer: OptionsBearer, build: str) -> OptionsBearer:
    """An engine for another build; a connection itself becomes one for that build."""
    return bearer.execution_options(**{_BUILD: build})


@contextmanager
def within(db: sa.Connection, build: str) -> Iterator[None]:
    """Work on another build for the length of a block."""
    before = build_of(db)
    of_build(db, build)
    try:
        yield
    finally:
        of_build(db, before)


def build_of(db: sa.Connection) -> str:
    """The build that a connection is for."""
    build: str = db.get_execution_options().get(_BUILD, LIVE)
    return build


def standing(db: sa.Connection, table: sa.Table) -> sa.Table:
    """A read model's table, in the build that the connection is for."""
    build = build_of(db)
    return in_build(table, build) if build else table


@cache
def in_build(table: sa.Table, build: str) -> sa.Table:
    """A table with the same columns under the name that it has in a build. It has no indexes but its key."""
    twin = table.to_metadata(sa.MetaData(), name=table.name + build)
    twin.indexes.clear()
    return twin
