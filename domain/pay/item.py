"""Something to pay for, on its way from a visit to a line of the basis."""

from datetime import date

import msgspec

from domain.ids import VisitId
from domain.pay.bands import Split
from domain.pay.lines import PayKind, Withheld
from domain.pay.rates import WHOLE
from domain.pay.terms import Terms, Whose
from domain.rulebook.values import CompensationModel, RatePer

PAID_AS_A_WHOLE = frozenset({CompensationModel.GRANTED, CompensationModel.LEVEL, CompensationModel.BUDGET})
"""Models that pay for something else than the single visit."""
SHARES = frozenset({PayKind.DECLINED, PayKind.FAILED, PayKind.ABSENCE})
RANKS = {why: rank for rank, why in enumerate(Withheld)}


class PayItem(msgspec.Struct, eq=False):
    """One service of one client on one local day of a visit (or without one, on a day of an absence).

    Minutes are whole. `payable` is what the rules make of `base` before the cap; `reimbursed` is what is left of it. `starts`
    is a minute since 1970, `split` the real minutes of each band from there on. `percent` is a share that is paid of all.
    `pieces` are the tasks or occasions where it is not paid by the hour.
    """

    kind: PayKind
    whose: Whose
    day: date
    terms: Terms
    visit_id: VisitId | None
    performed: int = 0
    base: int = 0
    payable: int = 0
    reimbursed: int = 0
    withheld_minutes: int = 0
    starts: int = 0
    visit_starts: int = 0
    split: Split = ()
    per: RatePer = RatePer.HOUR
    pieces: int = 1
    percent: int = WHOLE
    withheld: Withheld | None = None
    week_max: int | None = None
    is_extra: bool = False
    is_measured: bool = False
    is_first: bool = True
    """Whether it is the service's first day in the visit: what is paid once a visit is paid there."""

    @property
    def is_share(self) -> bool:
        """Whether a share is paid of what was not done."""
        return self.kind in SHARES

    def withhold(self, why: Withheld | None) -> None:
        """Keep it from being paid. A reason that is told before the one that stands takes its place."""
        if why is not None and (self.withheld is None or RANKS[why] < RANKS[self.withheld]):
            self.withheld = why
