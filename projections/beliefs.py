"""What a batch of events changes in the beliefs: facts that begin to be believed, and facts that no longer are."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import zip_longest
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from domain.facts import Fact
from projections import bulk
from projections.fact_tables import FACT_TABLES, Belief
from projections.projection import FOREVER
from projections.subjects import Parts

_KEYS = {fact_class: attrgetter(*fact_class.KEY) for fact_class in FACT_TABLES}


class BeliefChanges:
    """Collects the changes of a batch in memory, in log order; many a fact is opened and closed by the same batch."""

    def __init__(self) -> None:
        self._opened: defaultdict[type[Fact], dict[Any, tuple[int, Fact]]] = defaultdict(dict)
        self._added: defaultdict[type[Fact], list[Belief]] = defaultdict(list)
        self._ended: defaultdict[type[Fact], list[tuple[int, Fact]]] = defaultdict(list)

    def believe(self, position: int, before: Parts, after: Parts) -> None:
        """Close what changed or vanished with the event at `position`, and open what is new."""
        for was, now in zip_longest(before, after, fillvalue=()):
            if was is not now:
                self._believe_part(position, was, now)

    def _believe_part(self, position: int, before: Sequence[Fact], after: Sequence[Fact]) -> None:
        for fact in before:
            if fact not in after:
                self._close(fact, position)
        for fact in after:
            if fact not in before:
                self._opened[type(fact)][_key_of(fact)] = (position, fact)

    def write(self, db: sa.Connection) -> None:
        """Write all of it: one statement for the facts that end in each table, and one for those added."""
        for fact_class, ended in self._ended.items():
            positions, facts = zip(*ended, strict=True)
            keys = FACT_TABLES[fact_class].keys(facts)
            rows = [(position, *key) for position, key in zip(positions, keys, strict=True)]
            bulk.end_beliefs(db, FACT_TABLES[fact_class].table, fact_class.KEY, rows)
        for fact_class, opened in self._opened.items():
            self._added[fact_class] += [(fact, since, FOREVER) for since, fact in opened.values()]
        for fact_class, beliefs in self._added.items():
            bulk.insert(db, FACT_TABLES[fact_class].table, FACT_TABLES[fact_class].rows(beliefs))

    def _close(self, fact: Fact, position: int) -> None:
        since, _ = self._opened[type(fact)].pop(_key_of(fact), (None, None))
        if since is None:
            self._ended[type(fact)].append((position, fact))
        else:
            self._added[type(fact)].append((fact, since, position))


def _key_of(fact: Fact) -> Any:
    return _KEYS[type(fact)](fact)
