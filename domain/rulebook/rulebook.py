"""The municipality's policies, as data. There is no national rulebook: every rule that differs between municipalities is
a field here, with the source of its default ([S:...] in rules.md 14) or the mark [A]: an assumption of ours.

A calculation takes the rulebook it is to follow, so that an old month is computed with the rules of its time.
"""

from enum import StrEnum

import msgspec

from domain.order.values import MinuteControl
from domain.values import ApprovalRole, VisitKind


class DoubleStaffing(StrEnum):
    """Whether two workers' time at one client counts once or twice (rules.md 5.1)."""

    COUNT_EACH = "count_each"
    INCLUDED_IN_RATE = "included_in_rate"


class HouseholdSplit(StrEnum):
    """How a visit's time is divided between cohabiting clients (rules.md 5.2)."""

    EQUAL = "equal"
    """Equal parts; personal care to the client it was done for."""
    EQUAL_ALL = "equal_all"
    """Equal parts, whatever was done for whom."""


class Rulebook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One municipality's policies over the days it holds. Minutes, seconds (`_s`) and percent are whole."""

    version: str
    """Names these rules in every figure they made."""
    zone: str = "Europe/Stockholm"
    """[A] rules.md 2.1: days, months and bands go by the clock on the wall."""

    # What counts as performed (rules.md 2, 5)
    double_staffing: DoubleStaffing = DoubleStaffing.INCLUDED_IN_RATE
    """Counted for each worker [S:KUNDTID], or included in the rate [S:HUDD] [S:VAS24]. Default [A], rules.md 13."""
    household_split: HouseholdSplit = HouseholdSplit.EQUAL
    """That the time is divided is [S:KSTD]; the key is [A], rules.md 5.2."""

    # Orders (rules.md 3)
    minute_control: MinuteControl = MinuteControl.FLEXIBLE
    """Where no order says otherwise. The modes are [S:SEED3]; the default is [A], rules.md 13."""

    # Approval (rules.md 2, 6)
    required_approvals: tuple[ApprovalRole, ...] = (ApprovalRole.WORKER, ApprovalRole.COORDINATOR)
    """Both, or the visit is not paid [S:INTRA16]."""
    corrector_may_approve_alone: bool = False
    """[A] Whoever changed a visit by hand is not its only office approver."""

    # What the office is told of
    arrival_grace_minutes: int = 15
    """[A] Before LATE_ARRIVAL. A vendor's practice is 15 to 30 minutes of buffer [S:CAIRE-DOC]."""
    departure_grace_minutes: int = 15
    """[A] Before EARLY_DEPARTURE."""
    not_registered_after_minutes: int = 60
    """[A] How long after its planned end a visit without any registration is taken up: late ones may still arrive."""
    departure_missing_after_minutes: int = 240
    """[A] How long after the planned end (the arrival, where nothing was planned) a visit may go on without a departure.
    No source gives a time at which a visit closes by itself, and none does (rules.md 2.1)."""
    short_visit_percent: int = 50
    """[A] A visit shorter than this share of its plan is SHORT_VISIT; 0 turns it off. No source gives a share."""
    duration_cap_minutes: int | None = None
    """[A] The longest attendance allowed. No source gives one (rules.md 2.1): off."""
    late_sync_limit_s: int = 86_400
    """[A] How long after it happened the ledger may learn of a fact before LATE_SYNC. No source: the next day is late."""
    clock_drift_limit_s: int = 300
    """[A] How far a device's clock may be off before CLOCK_DRIFT. The Community Health Toolkit warns above 600."""
    time_jump_limit_s: int = 300
    """[A] How far a device's clock may have been moved between a fact and its sync before TIME_JUMP."""
    position_checked: bool = True
    """[A] Whether a position outside the fence, weak or faked is told of. Never a reason to refuse (field-sync.md 5)."""
    position_required: bool = False
    """[A] Whether a missing position is told of. Off: indoors it is mostly missing, and its absence proves nothing."""
    alarm_kinds: frozenset[VisitKind] = frozenset({VisitKind.ALARM, VisitKind.ASSISTANCE})
    """Visits that are unplanned by nature and need no order of their own [S:KUNDTID], rules.md 5.6."""

    # Import
    match_limit_minutes: int = 120
    """[A] How far from a planned start a registration without a visit id may begin and still be that visit."""


DEFAULT_RULEBOOK = Rulebook(version="default-1")
"""Every policy at its default."""
