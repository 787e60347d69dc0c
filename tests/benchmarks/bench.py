"""What a bench is handed: its store, how much to do in a slice, and the events to do it with."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.benchmarks.measuring import Contest
from tests.benchmarks.stock import Stock
from tests.benchmarks.stores import Stores


@dataclass(frozen=True)
class Sizes:
    """How much one slice is: about half a second to two, so that a round is over before the machine has changed."""

    single_appends: int = 200
    group_appends: int = 6
    commands: int = 200
    folded_events: int = 8_000
    loaded_events: int = 24_000
    loaded_copies: int = 10
    """Of those, each with other ids: a rebuild begins with making its tables and waking others, however long the log is."""
    load_s: float = 1.5
    requests_per_s_max: int = 4_000
    """Bodies are written before a slice, which ends early if they are used up."""
    syncs_per_s_max: int = 320
    one_by_one_events: int = 240
    """Few, for the slow side of a contest, and enough to be past the registration of the clients."""
    visible_s: float = 4.0
    sealed_fields: int = 20_000


QUICK = Sizes(
    single_appends=20,
    group_appends=1,
    commands=20,
    folded_events=400,
    loaded_events=400,
    loaded_copies=1,
    load_s=0.3,
    requests_per_s_max=2_000,
    one_by_one_events=100,
    visible_s=0.5,
    sealed_fields=400,
)


@dataclass(frozen=True)
class Bench:
    """One store, and everything that is needed to measure on it."""

    store: str
    stores: Stores
    sizes: Sizes
    stock: Callable[[], Stock]
    notes: dict[str, float] = field(default_factory=dict)
    """What is to be told beside the figures."""


Setting = Callable[[Bench], AbstractContextManager[Contest]]
"""Sets a contest up, and clears it away afterwards."""
