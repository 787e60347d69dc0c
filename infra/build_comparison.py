"""The build that was filled beside, held against the one that serves, as both stood at one position."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from infra.build_tables import are_there
from infra.table_difference import Difference, Fingerprint, fingerprints, named_differences
from projections.builds import BESIDE, of_build
from projections.projection import Projection


@dataclass(frozen=True)
class TableCompared:
    """One table of both builds. The differences are of the live one: what it lacks is missing."""

    table: str
    live: Fingerprint
    beside: Fingerprint
    differences: Sequence[Difference] = ()

    @property
    def is_same(self) -> bool:
        """Whether both hold the same rows."""
        return self.live == self.beside


@dataclass(frozen=True)
class Comparison:
    """All tables that have the same columns in both builds, and where both stood. None could be compared where the live
    ones have other columns, or stand further back or in another log."""

    position: int
    live_version: int
    tables: Sequence[TableCompared] = ()

    @property
    def differing(self) -> Sequence[TableCompared]:
        """The tables in which a row differs."""
        return [table for table in self.tables if not table.is_same]

    def proves_same(self, projection: Projection) -> bool:
        """Whether the live build is known to hold what the new one does."""
        return len(self.tables) == len(projection.tables) and not self.differing


def compare_builds(
    projection: Projection, live: sa.Connection, engine: sa.Engine, told: Callable[[int, int], None]
) -> list[TableCompared]:
    """Compare table by table; rows are read in order, and named, only of a table that differs."""
    compared = []
    with of_build(engine, BESIDE).connect() as beside:
        for number, table in enumerate(projection.tables, start=1):
            if are_there(live, [table]):
                one, other = fingerprints(table, live, beside)
                named = named_differences(table, live, beside) if one != other else ()
                compared.append(TableCompared(table.name, one, other, named))
            told(number, len(projection.tables))
    return compared
