"""What is measured of a log that grows: the same slices at every size, and on the log that stays small."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, count, islice
from random import Random

from domain.ids import ClientId
from domain.local_time import Month, local_day, month_of
from domain.visit.events import VisitCheckedIn
from projections.fact_reader import FactReader
from projections.household_reader import HouseholdReader
from tests.benchmarks.appending import GROUP, Groups, append_slice, command_slice
from tests.benchmarks.measuring import Slice, speed
from tests.benchmarks.month_change import figures_of
from tests.benchmarks.phones import PHONES, phones
from tests.benchmarks.scale_store import Filled
from tests.benchmarks.scale_worker import Folding
from tests.benchmarks.stock import DecidedFact

SINGLE_APPENDS, GROUP_APPENDS, COMMANDS = 50, 4, 50
PAGES, PAGE_EVENTS = 4, 5_000
FOLDED_EVENTS = 500
MONTHS_READ = 5
FIRST_APPENDED = 0x8000
"""The copies from here on are appended event by event; those before it fill the log."""


class Slices:
    """The slices of one log. What they append goes on where the last one ended."""

    def __init__(self, filled: Filled, seed: int) -> None:
        self._filled, self._house = filled, filled.house
        self._drawn = Random(seed)
        number = filled.block.next_number(filled.house, FIRST_APPENDED)
        self._decided: Iterator[DecidedFact] = chain.from_iterable(map(filled.block.decided, count(number)))
        first_phone = PHONES + filled.house.log.head()[0]  # nobody before them has the same ids
        self._command = command_slice(filled.house, phones(first_phone), COMMANDS)

    def append_1(self) -> Slice:
        """One decided event in a transaction."""
        return append_slice(self._house, self._groups(1), SINGLE_APPENDS)

    def append_500(self) -> Slice:
        """500 decided events in a transaction."""
        return append_slice(self._house, self._groups(GROUP), GROUP_APPENDS)

    def command(self) -> Slice:
        """Look up, load, decide and append one fact, a transaction each."""
        return self._command

    def replay(self) -> Slice:
        """Pages from anywhere in the log, read and decoded."""
        head, _ = self._house.log.head()

        def measured() -> float:
            places = [self._drawn.randrange(max(1, head - PAGE_EVENTS)) for _ in range(PAGES)]

            def work() -> int:
                pages = (self._house.log.read(after, PAGE_EVENTS) for after in places)
                return sum(len(self._house.codec.decode_rows(rows)) for rows in pages)

            return speed(PAGES * min(PAGE_EVENTS, head), work)

        return measured

    def fold(self) -> Slice:
        """What comes next in the log, into every read model; committed."""
        folding = Folding(self._house)

        def measured() -> float:
            folded = list[int]()
            per_second = speed(FOLDED_EVENTS, lambda: folded.append(folding.fold(FOLDED_EVENTS)))
            assert folded == [FOLDED_EVENTS], "the log has too little to fold"
            return per_second

        return measured

    def month(self) -> Slice:
        """Every figure of some clients' months, one client after the other, each anybody of the log."""
        position = Folding(self._house).position
        copies = [int(copy) for copy, end in self._filled.whole_copies().items() if end <= position]
        month = self._month()

        def measured() -> float:
            drawn = [
                self._drawn.choice(self._filled.block.client_ids(self._drawn.choice(copies)))
                for _ in range(MONTHS_READ)
            ]

            def work() -> None:
                for client_id in drawn:
                    self._read(client_id, month, position)

            return speed(MONTHS_READ, work)

        return measured

    def _read(self, client_id: ClientId, month: Month, position: int) -> None:
        with self._house.read_database.connect() as db:
            reader = HouseholdReader(db, position, month, FactReader(db, position).rulebook())
            assert figures_of(reader, client_id).visits, "a month without visits was read"

    def _month(self) -> Month:
        """The one with most of a block's visits."""
        decided = islice(self._filled.block.decided(0), len(self._filled.block.rows))
        arrivals = sorted(fact.fields["occurred_at"] for fact in decided if fact.event_class is VisitCheckedIn)
        with self._house.read_database.connect() as db:
            zone = FactReader(db, Folding(self._house).position).rulebook().zone
        return month_of(local_day(arrivals[len(arrivals) // 2], zone))

    def _groups(self, size: int) -> Groups:
        while True:
            yield list(islice(self._decided, size))


SLICES: Mapping[str, tuple[str, Callable[[Slices], Slice]]] = {
    "append_1": ("events/s", Slices.append_1),
    "append_500": ("events/s", Slices.append_500),
    "command": ("commands/s", Slices.command),
    "replay": ("events/s", Slices.replay),
    "fold": ("events/s", Slices.fold),
    "month": ("reads/s", Slices.month),
}
"""In this order: what is appended is folded afterwards."""
