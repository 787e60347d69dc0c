"""Rows of minutes and pay that may be told where they are named by client or visit: none of a client who is hidden."""

from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

from domain.access.reach import Reach

OF_ONE_CLIENT = frozenset({"client_id", "visit_id"})
"""Names of columns that say of whom a row is."""
Row = TypeVar("Row", bound="OfClient")


class OfClient(Protocol):
    """A row that says of whom and of which visit it is, where it is of one."""

    @property
    def client_id(self) -> str:
        """The client; empty for nobody."""
        ...

    @property
    def visit_id(self) -> str | None:
        """The visit."""
        ...


def told_rows(reach: Reach, rows: Iterable[Row], names: Collection[str]) -> list[Row]:
    """Those of some rows that may be told, or added up, under the columns `names`: all where these say of nobody. Of a visit
    to several clients none is told by the visit where one of them is hidden."""
    found = list(rows)
    if not reach.hidden or OF_ONE_CLIENT.isdisjoint(names):
        return found
    hidden = {row.visit_id for row in found if row.visit_id and not reach.tells(row.client_id)}
    if "visit_id" not in names:
        hidden = set()
    return [row for row in found if reach.tells(row.client_id) and row.visit_id not in hidden]
