"""The sums of an adjustment, as its event tells them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from domain.period.adjustment import CAUSES_MAX, Adjustment, Treatment
from domain.period.aggregate import Settled
from domain.period.sections import Line, number

MINUTES, AMOUNT = "performed_minutes", "amount"
ORE_PER_KRONA = 100


def settled(adjustment: Adjustment) -> Settled:
    """Add an adjustment's lines up: performed minutes, and öre. What is late counts no money."""
    late = [line for line in adjustment.lines if line["treatment"] == Treatment.LATE]
    paid = [line for line in adjustment.lines if line["treatment"] == Treatment.ADJUSTMENT]
    return Settled(
        month=adjustment.month,
        digest=adjustment.digest,
        lines=len(paid),
        minutes=_minutes(paid),
        amount_ore=_ore(paid),
        late_lines=len(late),
        late_minutes=_minutes(late),
        cause_positions=_causes(adjustment.lines),
    )


def _minutes(lines: Iterable[Line]) -> int:
    return sum(int(number(line.get(MINUTES))) for line in lines)


def _ore(lines: Iterable[Line]) -> int:
    return int(sum((number(line.get(AMOUNT)) for line in lines), Decimal(0)) * ORE_PER_KRONA)


def _causes(lines: Sequence[Line]) -> tuple[int, ...]:
    found = {position for line in lines if isinstance(causes := line.get("causes"), tuple) for position in causes}
    return tuple(sorted(found))[:CAUSES_MAX]
