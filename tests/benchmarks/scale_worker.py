"""A process that folds a log into every read model shipped, up to a position, and says what it took.

python -m tests.benchmarks.scale_worker <data folder> <store's url> <position>
"""

import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec

from api.bootstrap import House, build
from infra.follower import Follower, place_at
from infra.process import sparing_the_collector
from infra.projector import PageSize
from infra.settings import Settings
from projections.read_models import READ_MODELS
from tests.benchmarks.measuring import memory_mb
from tests.benchmarks.scale_store import Worker

PAGE_EVENTS = PageSize().most


def main(data_dir: str, store_url: str, upto: str) -> None:
    """Fold, and print it as JSON."""
    settings = Settings(data_dir=Path(data_dir), store_url=store_url)
    with closing(build(settings)) as house, sparing_the_collector():
        folding, began = Folding(house), time.perf_counter()
        events = 0
        while folded := folding.fold(PAGE_EVENTS, upto=int(upto)):
            events += folded
        seconds = time.perf_counter() - began
    print(msgspec.json.encode(Worker(events, seconds, memory_mb("self", "VmHWM"))).decode())


class Folding:
    """The projector's work a page at a time, so that it can end where somebody wants it to."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._followers = [Follower(projection, house.read_database) for projection in READ_MODELS]
        for follower in self._followers:
            follower.open(house.log)

    @property
    def position(self) -> int:
        """The last event that every read model has."""
        return min(follower.position for follower in self._followers)

    def fold(self, events: int, *, upto: int | None = None) -> int:
        """Fold the next few events; gives how many there were."""
        rows = self._house.log.read(self.position, events, upto=upto)
        if rows:
            decoded = self._house.codec.decode_rows(rows)
            for follower in self._followers:
                follower.fold(decoded, place_at(self._house.log.identity(), rows[-1]))
        return len(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
