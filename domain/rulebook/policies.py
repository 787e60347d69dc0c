"""Every policy of a municipality, as data. There is no national rulebook: every rule that differs between municipalities
is a field here, with the source of its default ([S:...] in rules.md 14) or the mark [A]: an assumption of ours.

Minutes, seconds (`_s`), days and percent are whole. The policies stand in groups, one built upon the other.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from domain.client.values import ClientAbsenceKind
from domain.order.values import MinuteControl
from domain.organisation.values import ServiceCategory
from domain.rulebook.values import (
    AbsenceShare,
    AfterLock,
    AlarmPayment,
    Band,
    CancellationNotice,
    CapPeriod,
    CompensationModel,
    ContinuityMeasure,
    Count,
    DoubleStaffing,
    ExcessPolicy,
    HouseholdSplit,
    Kronor,
    Level,
    LockRule,
    MinimumMinutes,
    Minutes,
    NightPayment,
    PaidAs,
    Percent,
    Rate,
    Seconds,
    StandardTime,
    TimeWindow,
    WorkingDays,
)
from domain.values import ApprovalRole, NotPerformedReason, VisitKind
from domain.worker.values import IndirectKind


class PerformedPolicies(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What counts as performed, and who approves it (rules.md 2, 5, 6)."""

    double_staffing: DoubleStaffing = DoubleStaffing.INCLUDED_IN_RATE
    """Counted for each worker [S:KUNDTID], or included in the rate [S:HUDD] [S:VAS24]. Default [A], rules.md 13."""
    household_split: HouseholdSplit = HouseholdSplit.EQUAL
    """That the time is divided is [S:KSTD]; the key is [A], rules.md 5.2."""
    client_time: bool = True
    """Whether a service is client time at all; extra services that a client buys privately are not [S:KUNDTID]."""
    offsite_counts: bool = True
    """Whether work for the client elsewhere (shopping, laundry) counts without a presence at the home [S:GBG]."""
    call_counts: bool = True
    """Whether time by telephone counts, as for housing support [S:TYR-BO]. For other services [A]."""
    outreach_needs_approval: bool = False
    """Whether time counts only once a care manager approved it, as outreach in housing support [S:TYR-BO]. Default [A]."""
    overhead_kinds: frozenset[IndirectKind] = frozenset(
        {IndirectKind.TRAVEL, IndirectKind.DOCUMENTATION, IndirectKind.BREAK}
    )
    """Indirect time that the hourly rate covers [S:HUDD]; never client time [S:KUNDTID]."""
    require_presence_receipt: bool = False
    """Whether both ends need a receipt at the home [S:INTRA16] [S:STHLM-TID]. Default [A]."""
    order_required: bool = True
    """Whether a visit needs an order; home instructors' do not [S:SEED0]."""
    alarm_kinds: frozenset[VisitKind] = frozenset({VisitKind.ALARM, VisitKind.ASSISTANCE})
    """Visits that are unplanned by nature and need no order of their own [S:KUNDTID], rules.md 5.6."""
    alarm_before_visit_minutes: Minutes = 30
    """[A] How long before a planned visit an alarm is "just before" it [S:KUNDTID], rules.md 5.6."""
    minute_control: MinuteControl = MinuteControl.FLEXIBLE
    """Where no order says otherwise. The modes are [S:SEED3]; the default is [A], rules.md 13."""
    required_approvals: tuple[ApprovalRole, ...] = (ApprovalRole.WORKER, ApprovalRole.COORDINATOR)
    """Both, or the visit is not paid [S:INTRA16]."""
    corrector_may_approve_alone: bool = False
    """[A] Whoever changed a visit by hand is not its only office approver."""
    match_limit_minutes: Minutes = 120
    """[A] How far from a planned start a registration without a visit id may begin and still be that visit."""


class ExceptionPolicies(PerformedPolicies, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the office is told of (exceptions.md)."""

    arrival_grace_minutes: Minutes = 15
    """[A] Before LATE_ARRIVAL. A vendor's practice is 15 to 30 minutes of buffer [S:CAIRE-DOC]."""
    departure_grace_minutes: Minutes = 15
    """[A] Before EARLY_DEPARTURE."""
    not_registered_after_minutes: Minutes = 60
    """[A] How long after its planned end a visit without any registration is taken up: late ones may still arrive."""
    departure_missing_after_minutes: Minutes = 240
    """[A] How long after the planned end (the arrival, where nothing was planned) a visit may go on without a departure.
    No source gives a time at which a visit closes by itself, and none does (rules.md 2.1)."""
    short_visit_percent: Percent = 50
    """[A] A visit shorter than this share of its plan is SHORT_VISIT; 0 turns it off. No source gives a share."""
    duration_cap_minutes: Minutes | None = None
    """[A] The longest attendance allowed. No source gives one (rules.md 2.1): off."""
    late_sync_limit_s: Seconds = 86_400
    """[A] How long after it happened the ledger may learn of a fact before LATE_SYNC. No source: the next day is late."""
    clock_drift_limit_s: Seconds = 300
    """[A] How far a device's clock may be off before CLOCK_DRIFT. The Community Health Toolkit warns above 600."""
    time_jump_limit_s: Seconds = 300
    """[A] How far a device's clock may have been moved between a fact and its sync before TIME_JUMP."""
    position_checked: bool = True
    """[A] Whether a position outside the fence, weak or faked is told of. Never a reason to refuse (field-sync.md 5)."""
    position_required: bool = False
    """[A] Whether a missing position is told of. Off: indoors it is mostly missing, and its absence proves nothing."""
    travel_kmh_max: Count = 130
    """[A] Faster than this between two places is IMPOSSIBLE_TRAVEL; 0 turns it off."""
    order_stale_percent: Percent = 20
    """[A] How far performed must differ from ordered, for `order_stale_weeks` in a row, for ORDER_STALE; 0 turns it off."""
    order_stale_weeks: Count = 4
    """[A] See `order_stale_percent`."""
    refusal_pattern_percent: Percent = 25
    """[A] Declined visits of a client's month, as a share, from which REFUSAL_PATTERN looks; 0 turns it off."""
    refusal_pattern_visits_min: Count = 3
    """[A] How many visits of the month must be declined before they are a pattern."""
    merged_visits_gap_minutes: Minutes = 120
    """[A] Planned visits so far apart that were registered as one stay are MERGED_VISITS; 0 turns it off."""
    manual_share_alert_percent: Percent | None = None
    """Share of manual registrations in a unit's month that is told of. No source gives a value (rules.md 6.1) [A]: off."""


class PayPolicies(ExceptionPolicies, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which minutes are paid (rules.md 2.1, 2.2, 4, 5, 7)."""

    compensation_model: CompensationModel = CompensationModel.PERFORMED_MEASURED
    """[S:SKL16] names the models; the default is [A], rules.md 13."""
    paid_as: PaidAs = PaidAs.PERFORMED
    """Standard time for service tasks, 15 minutes for reassurance visits [S:SOLNA]; the clock elsewhere [S:INTRA16].
    Default [A]."""
    fixed_minutes: Minutes | None = None
    """With `paid_as: fixed` [S:SOLNA]. Default [A]."""
    standard_times: tuple[StandardTime, ...] = ()
    """Minutes by service, with conditions [S:KSTD-SCH] [S:SOLNA]. Default: none [A], rules.md 13."""
    minimum_minutes: tuple[MinimumMinutes, ...] = ()
    """Short evening and night visits rounded up [S:INTRA12] [S:INTRA16]. Default: none [A]; by the start time [A]."""
    greeting_allowance_minutes: Minutes = 0
    """Added to the measured minutes, before the minimum [A]; 3 in [S:INTRA12]."""
    excess_policy: ExcessPolicy = ExcessPolicy.CAP_UNLESS_APPROVED
    """[S:INTRA16]; as the default [A], rules.md 13."""
    cap_period: CapPeriod = CapPeriod.MONTH
    """[A] rules.md 2.2; within the week [S:TYR-BO]."""
    tolerance_percent: Percent = 0
    """[A] No source gives a tolerance (rules.md 2.2)."""
    carry_over_unused: bool = False
    """Whether granted time not used may be used the next month: no [S:TYR-BO]."""
    extra_needs_approval: bool = True
    """[A] Time outside the order is counted, and paid only once a care manager approved it (rules.md 5.5)."""
    declined_share_percent: Percent = 0
    """Paid for a declined visit or service: 75, 55 or 50 [S:SOLNA], nothing [S:HUDD]. Default [A], rules.md 13."""
    failed_share_percent: Percent = 0
    """Paid where somebody came and the client was not there. No source says so [A]: nothing."""
    absence_shares: tuple[AbsenceShare, ...] = ()
    """75 % on day 1, 25 % on days 2 to 5 [S:SOLNA]. Default: none [A], rules.md 13."""
    absence_triggers: frozenset[ClientAbsenceKind] = frozenset(
        {ClientAbsenceKind.HOSPITAL_UNPLANNED, ClientAbsenceKind.DEATH}
    )
    """Kinds of absence that are paid for [S:SOLNA]; planned absence is not [A]."""
    new_client_bonus_minutes: Minutes = 0
    """Once for each client and provider: 240 [S:SOLNA]. Default [A], rules.md 13."""
    night_payment: NightPayment = NightPayment.HOUR
    """By the hour, or by the task between 22 and 07 [S:STHLM-ERS]; that a task is meant is [A]. Default [A]."""
    night_window: TimeWindow = "22:00-07:00"
    """[S:STHLM-ERS], by the start time [A]."""
    alarm_payment: AlarmPayment = AlarmPayment.HOUR
    """[S:TYR]; occasion [S:VETL], month [S:STHLM-ERS], day [S:VAS24]. Default [A], rules.md 13."""
    alarm_full_month: Rate | None = None
    """With `alarm_payment: day`, what a full month costs instead [S:VAS24]. Default [A]."""
    meal_box_rate: Rate | None = None
    """For each meal delivered [S:VETL] [S:JKPG]. Default [A]."""
    meal_minutes_per_month: Minutes = 0
    """Paid for each client with meal delivery and month: 60 [S:HUDD]. Default [A]."""
    rates: tuple[Rate, ...] = ()
    """What an hour, a task or an occasion is worth (rules.md 7.2). Default: none, so that amounts are zero [A]."""
    bands: tuple[Band, ...] = ()
    """Hours with rates of their own; the first that holds counts. Without any, all hours are one band [A]."""
    major_holidays: frozenset[str] = frozenset(
        {"new_years_day", "easter_sunday", "midsummer_eve", "midsummer_day", "christmas_eve", "christmas_day"}
    )
    """[A] The list of days is local (rules.md 1)."""
    levels: tuple[Level, ...] = ()
    """With `compensation_model: level` [S:SKL16]; no source gives amounts [A]."""
    quality_bonus_per_hour: Kronor = Decimal(0)
    """10 or 23 kronor for each performed hour, by four-month period [S:SOLL-FAKT]. Default [A]."""


class Policies(PayPolicies, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """All policies of a day, a service and a provider: what clients pay, when months close, and what is measured."""

    fee_per_hour: Kronor = Decimal(0)
    """What a client pays for each performed hour: 246 [S:SOLLT]. Default [A]."""
    fee_per_month_max: Kronor | None = None
    """The fee cap: 2 575 [S:SOLLT]. Default [A]: none."""
    fee_minutes_per_meal: Minutes = 0
    """A meal delivery counts as 10 minutes [S:SOLLT]. Default [A]."""
    cancellation_notice: CancellationNotice = CancellationNotice()
    """48 hours [S:SOLLT], one working day [S:NYK], the day before [S:VING]. Default [A], rules.md 13."""
    late_cancellation_charged: bool = False
    """Whether a visit cancelled too late is charged as if performed [S:SOLLT]. Default [A]."""
    missed_visit_fee: Kronor = Decimal(0)
    """For a visit that a client did not cancel in time: 150 [S:NYK], 100 [S:VING]. Default [A]."""
    missed_visit_warnings: Count = 0
    """How many times it is forgiven first: 3 [S:VING]. Default [A]."""
    missed_visit_exempt: frozenset[NotPerformedReason] = frozenset({NotPerformedReason.HOSPITAL})
    """Reasons that are not charged, such as acute illness [S:VING]."""
    missed_visit_outside_cap: bool = True
    """Whether that fee comes on top of the fee cap [S:VING]. Default [A]."""

    lock: LockRule = LockRule(working_day=3)
    """The third working day [S:INTRA16]; the 6th [S:STHLM-TID]; dates of their own [S:NACKA]."""
    working_days: WorkingDays = WorkingDays.MONDAY_TO_FRIDAY
    """[A] "Vardag" is ambiguous about Saturdays (rules.md 6.3)."""
    after_lock: AfterLock = AfterLock.NEXT_RUN
    """Not paid [S:INTRA16]; the next run [A], rules.md 13."""

    continuity_period_days: Count = 14
    """[S:LIND]."""
    continuity_window: TimeWindow = "07:00-22:00"
    """[S:LIND]; a visit belongs to it by its start [A]."""
    continuity_age_min: Count = 65
    """[S:LIND]."""
    continuity_visits_per_day_min: Count = 2
    """Every day, Monday to Sunday [S:LIND]."""
    continuity_definition: str = "1"
    """[A] Names the definition in every figure: a new national measure is announced [S:KONT26], unverified."""
    continuity_excluded_kinds: frozenset[VisitKind] = frozenset(
        {VisitKind.ALARM, VisitKind.ASSISTANCE, VisitKind.MEAL, VisitKind.CALL, VisitKind.DIGITAL}
    )
    """Alarm visits and meal deliveries [S:LIND]; assistance on an alarm, and calls, where nobody is met [A]."""
    continuity_excluded_categories: frozenset[ServiceCategory] = frozenset(
        {ServiceCategory.HEALTH, ServiceCategory.ALARM, ServiceCategory.MEALS}
    )
    """Home health care, alarms and meals [S:LIND]."""
    continuity_ordered_categories: frozenset[ServiceCategory] = frozenset(
        {ServiceCategory.COMPANION, ServiceCategory.RELIEF}
    )
    """[A] Count as home care only where they are ordered as such (rules.md 9.1): in an order under SoL."""
    continuity_limits: tuple[Count, ...] = (10, 20)
    """At most 10 [S:SEED1]; the share with more than 20 is told [S:LIND]."""
    continuity_measure: ContinuityMeasure = ContinuityMeasure.MEDIAN
    """The newer title's median [S:OSTER]; the older mean [S:LIND] [S:KUNG]."""
    supervision_minutes: Minutes = 30
    """Once a week [S:SEED2]."""
    supervision_price: Kronor = Decimal(0)
    """[A] For each participant and occasion (rules.md 8); no source gives one."""
    budget_basis_months: Count = 18
    """Performed time of the last 1.5 years [S:SEED3]."""
    home_care_excluded_categories: frozenset[ServiceCategory] = frozenset(
        {ServiceCategory.ALARM, ServiceCategory.MEALS, ServiceCategory.RELIEF, ServiceCategory.COMPANION}
    )
    """Who has only these is no home-care client in comparisons [S:RKA]."""


def changed(policies: Policies, changes: "PolicyChanges") -> Policies:
    """The policies with those of an override in the place of their own."""
    return msgspec.structs.replace(policies, **named_in(changes))


def named_in(changes: "PolicyChanges") -> dict[str, Any]:
    """The policies that an override changes, by name."""
    return {name: value for name in changes.__struct_fields__ if (value := getattr(changes, name)) is not msgspec.UNSET}


if TYPE_CHECKING:

    class PolicyChanges(msgspec.Struct, frozen=True):
        """Any of the policies; those left out stay as they are."""

else:
    PolicyChanges = msgspec.defstruct(
        "PolicyChanges",
        [(field.name, field.type | msgspec.UnsetType, msgspec.UNSET) for field in msgspec.structs.fields(Policies)],
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        module=__name__,
    )
