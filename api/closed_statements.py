"""Closed months held against what is stored and what would be computed now. Nothing is ever replaced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.bootstrap import House
from api.closing import draft_of, event_at
from domain.local_time import parse_month
from domain.period.calculation import CALCULATION_VERSION, CALCULATIONS
from domain.period.differences import Difference, differences
from domain.period.facts import PeriodClosing
from domain.period.statement import digest_of, read_statement


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one closed month. `fault` is empty where it stands as it was closed."""

    closing: PeriodClosing
    version: int
    """The calculation that it was computed by now; 0 where it was not computed."""
    fault: str = ""
    differences: Sequence[Difference] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing is wrong."""
        return not self.fault and not self.differences


def check(house: House, closings: Sequence[PeriodClosing], *, recompute: bool) -> Iterator[Checked]:
    """Look at each closed month: are its bytes there and whole, and would the same three inputs give them again?"""
    for closing in closings:
        content = house.log.statement(closing.digest)
        if content is None:
            yield Checked(closing, 0, "The statement is missing.")
        elif digest_of(content) != closing.digest:
            yield Checked(closing, 0, "The stored bytes are not those that were closed.")
        elif event_at(house, closing.position) != closing.event_id:
            yield Checked(closing, 0, "The log has another event at the closing's position.")
        elif recompute:
            yield _recomputed(house, closing, content)
        else:
            yield Checked(closing, 0)


def _recomputed(house: House, closing: PeriodClosing, content: bytes) -> Checked:
    """Compute it again as of its position, by its own calculation if that can still be called, else by today's."""
    own = closing.calculation_version
    version = own if own in CALCULATIONS else CALCULATION_VERSION
    draft = draft_of(house, closing.accountable_id, parse_month(closing.month), closing.position, version)
    if draft.content == content:
        return Checked(closing, version)
    found = differences(read_statement(content), draft.statement)
    return Checked(closing, version, differences=found or (Difference("statement", "", ""),))
