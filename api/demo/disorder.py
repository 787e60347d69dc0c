"""The same month in another order: what phones send comes twice, and shuffled. Nothing but lateness may be different."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from api.demo.deliveries import Afterwork, Delivery, OfficeWork, Sync


@dataclass(frozen=True, slots=True, kw_only=True)
class Disorder:
    """How the syncs are mixed up. What the office makes of registrations still comes after them, in its own order: it
    names positions, and nobody approves what has not come."""

    seed: int = 1
    twice: bool = True
    shuffle: bool = True

    def mixed(self, deliveries: Iterable[Delivery]) -> Iterator[Delivery]:
        """First what all builds on, then plans and syncs thrown together, then the office's work with registrations."""
        everything = list(deliveries)
        works = [each for each in everything if isinstance(each, OfficeWork)]
        syncs = [each for each in everything if isinstance(each, Sync)] * (2 if self.twice else 1)
        chance = Random(self.seed)
        if self.shuffle:
            chance.shuffle(syncs)
        yield from (work for work in works if work.is_founding)
        yield from _thrown_together([work for work in works if not work.is_founding], syncs, chance)
        yield from (each for each in everything if isinstance(each, Afterwork))


def _thrown_together(works: Sequence[OfficeWork], syncs: Sequence[Sync], chance: Random) -> Iterator[Delivery]:
    """Each kind keeps its own order."""
    is_work = [True] * len(works) + [False] * len(syncs)
    chance.shuffle(is_work)
    next_work, next_sync = iter(works), iter(syncs)
    for work_is_next in is_work:
        yield next(next_work) if work_is_next else next(next_sync)
