"""What a load came to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.command import Accepted, Known, Outcome, Refused


class DemoRefusedError(Exception):
    """A rule refused a decision of the demo's office, or a fact of its phones was not taken: the ledger held other things
    before."""


@dataclass(slots=True)
class Summary:
    """Counts of what was sent and of what became of it."""

    syncs: int = 0
    facts: int = 0
    """New ones; the others had come before."""
    facts_known: int = 0
    decisions: int = 0
    events_by_kind: Counter[str] = field(default_factory=Counter)
    position: int = 0
    """How far the log reaches when all is stored."""

    def take_sync(self, outcomes: Sequence[Outcome]) -> None:
        """Count a sync. The last outcome is that the phone was heard from."""
        self.syncs += 1
        for outcome in outcomes[:-1]:
            match outcome:
                case Accepted():
                    self.facts += 1
                case Known():
                    self.facts_known += 1
                case _:
                    raise DemoRefusedError(f"A phone's fact was answered: {type(outcome).__name__}.")

    def take_decisions(self, outcomes: Sequence[Outcome]) -> None:
        """Count decisions of the office."""
        for outcome in outcomes:
            if isinstance(outcome, Refused):
                raise DemoRefusedError(f"A decision of the office was refused: {outcome.error.code}.")
        self.decisions += len(outcomes)
