"""Kill a rebuild that several processes fill side by side: whatever a kill leaves of the parts, in the end all is equal.

PostgreSQL, at least two processors, nobody writing. Only who leads is killed: its helpers end by that.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from api.bootstrap import House, build
from infra.read_database import open_read_database
from infra.settings import Settings
from infra.verify import verify
from projections.projection import PROJECTION_POSITION
from tests.benchmarks.raw import open_raw
from tests.benchmarks.scale_block import block_in
from tests.faults.rebuild_kill import Attempt, Verdict, kill_again_and_again

READ_MODELS = ("facts",)
"""The one that takes longest."""
FACTS_IN_BLOCK = 12_000
IN_PARTS = "in parts"


def run_in_parts(settings: Settings, *, events: int, kills: int, seed: int, progress: Callable[[int], None]) -> Verdict:
    """Fill a ledger with so many events or some more, and kill one rebuild after the other; let the last one end, and judge."""
    with closing(build(settings)) as house:
        _fill(house, events, settings.data_dir)
    killed, rebuilds = kill_again_and_again(partial(_AttemptInParts, settings), random.Random(seed), kills, progress)
    with closing(build(settings)) as house:
        differing = verify(house.log, house.codec, house.read_database)
        head, _ = house.log.head()
    return Verdict(kills, dict(killed), rebuilds, 0, 0, head, len(differing))


def _fill(house: House, events: int, folder: Path) -> None:
    block = block_in(folder, FACTS_IN_BLOCK)
    with closing(open_raw(house.settings)) as raw:
        for number in count():
            if (head := house.log.head()[0]) >= events:
                break
            raw.append(*block.copy(number, head, len(block.rows)))
    house.projector.catch_up()


class _AttemptInParts(Attempt):
    """A rebuild that is helped. `kill_after` tells also whether it has left parts."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, READ_MODELS, helped=True)
        self._url = settings.read_url

    def kill_after(self, seconds: float) -> str | None:
        stage = super().kill_after(seconds)
        return IN_PARTS if stage is not None and _has_parts(self._url, READ_MODELS) else stage


def _has_parts(url: str, names: Sequence[str]) -> bool:
    place = PROJECTION_POSITION.c
    beside = [f"{name}__beside" for name in names]
    engine = open_read_database(url)
    try:
        with engine.connect() as db:
            found = sa.select(place.partition).where(place.name.in_(beside), place.partition > 0)
            return db.execute(found).first() is not None
    finally:
        engine.dispose()
