"""What a batch of events changes in the beliefs: facts that begin to be believed, and facts that no longer are."""

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from domain.facts import Fact
from projections import bulk
from projections.bulk import Row
from projections.fact_tables import FACT_TABLES
from projections.projection import FOREVER

Believed = Sequence[Fact]
"""All facts of one subject, each with a key of its own."""
FactKey = tuple[type[Fact], Any]

_KEYS = {fact_class: attrgetter(*fact_class.KEY) for fact_class in FACT_TABLES}


class BeliefChanges:
    """Collects the changes of a batch in memory, in log order; many a fact is opened and closed by the same batch."""

    def __init__(self) -> None:
        self._opened: dict[FactKey, tuple[int, Fact]] = {}
        self._added: defaultdict[type[Fact], list[Row]] = defaultdict(list)
        self._ended: defaultdict[type[Fact], list[Row]] = defaultdict(list)

    def believe(self, position: int, before: Believed, after: Believed) -> None:
        """Close what changed or vanished with the event at `position`, and open what is new."""
        for fact in before:
            if fact not in after:
                self._close(fact, position)
        for fact in after:
            if fact not in before:
                self._opened[_key_of(fact)] = (position, fact)

    def write(self, db: sa.Connection) -> None:
        """Write all of it: one statement for the facts that end in each table, and one for those added."""
        for fact_class, rows in self._ended.items():
            bulk.end_beliefs(db, FACT_TABLES[fact_class].table, fact_class.KEY, rows)
        for since, fact in self._opened.values():
            self._added[type(fact)].append(FACT_TABLES[type(fact)].row(fact, since, FOREVER))
        for fact_class, rows in self._added.items():
            bulk.insert(db, FACT_TABLES[fact_class].table, rows)

    def _close(self, fact: Fact, position: int) -> None:
        fact_class = type(fact)
        since, _ = self._opened.pop(_key_of(fact), (None, None))
        if since is None:
            self._ended[fact_class].append((position, *FACT_TABLES[fact_class].key(fact)))
        else:
            self._added[fact_class].append(FACT_TABLES[fact_class].row(fact, since, position))


def _key_of(fact: Fact) -> FactKey:
    return type(fact), _KEYS[type(fact)](fact)
