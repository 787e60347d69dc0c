"""What a load came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from domain.command import Accepted, Command, Known, Outcome, Refused, Wish


class DemoRefusedError(Exception):
    """A rule refused a decision of the demo's office, or a fact of its phones was not taken: the ledger held other things
    before."""


@dataclass(slots=True)
class Summary:
    """Counts of what was sent and of what became of it."""

    syncs: int = 0
    facts_known: int = 0
    """Facts that had come before: answers were lost, and phones sent them again."""
    facts: Counter[str] = field(default_factory=Counter)
    """What phones registered, by whom it is about: `visit` or `worker`."""
    decisions: Counter[str] = field(default_factory=Counter)
    """What the office decided, by whom it is about."""
    position: int = 0
    """How far the log reaches when all is stored."""
    examples: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The first visit of each kind worth showing: `alarm`, `couple`, `forgot_departure` (corrected later)..."""

    def take_sync(self, wishes: Sequence[Wish], outcomes: Sequence[Outcome]) -> None:
        """Count a sync. The last wish is that the phone was heard from."""
        self.syncs += 1
        for wish, outcome in zip(wishes[:-1], outcomes[:-1], strict=True):
            match wish, outcome:
                case Command(), Accepted():
                    self.facts[wish.aggregate.KIND] += 1
                case Command(), Known():
                    self.facts_known += 1
                case _:
                    raise DemoRefusedError(f"A phone's fact was answered: {type(outcome).__name__}.")

    def take_decisions(self, wishes: Sequence[Wish], outcomes: Sequence[Outcome]) -> None:
        """Count decisions of the office."""
        for wish, outcome in zip(wishes, outcomes, strict=True):
            if isinstance(outcome, Refused):
                raise DemoRefusedError(f"A decision of the office was refused: {outcome.error.code}.")
            if isinstance(wish, Command):
                self.decisions[wish.aggregate.KIND] += 1
