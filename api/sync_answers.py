"""What comes of a sync, as the phone is told."""

from collections.abc import Sequence
from itertools import pairwise
from typing import assert_never

from api.sync_models import FactResult
from domain.command import Accepted, IdConflict, Known, Outcome, Quarantined, Refused


def result_of(fact_id: str, outcome: Outcome, pointer: str | None) -> FactResult:
    """Tell what became of a fact. `pointer` leads into one that could not be taken in."""
    match outcome:
        case Accepted(position=position):
            return FactResult(fact_id, "accepted", position)
        case Known(position=position):
            return FactResult(fact_id, "known", position)
        case IdConflict():
            return FactResult(fact_id, "rejected", code="id_conflict")
        case Quarantined(reason=reason):
            return FactResult(fact_id, "rejected", code=reason, pointer=pointer)
        case Refused(error=error):
            raise AssertionError(f"a fact from the field was refused by a rule: {error.code}")
        case _:
            assert_never(outcome)


def gaps_in(seqs: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers missing between the lowest and the highest of a batch, as (first, last) stretches."""
    return [(low + 1, high - 1) for low, high in pairwise(seqs) if high - low > 1]
