"""What a provider is paid for, line by line: the compensation basis of a month (rules.md 7)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.ids import ClientId, ProviderId, ServiceCode, UnitId, VisitId

NOTHING = Decimal(0)


class PayKind(StrEnum):
    """What a line is for."""

    PERFORMED = "performed"
    DECLINED = "declined"
    FAILED = "failed"
    ABSENCE = "absence"
    BONUS = "bonus"
    """For a new client, or for quality."""
    ALARM = "alarm"
    MEAL = "meal"
    LEVEL = "level"
    GRANTED = "granted"
    ADJUSTMENT = "adjustment"
    """What a closed month would have had, paid or taken back in a later one."""


class Withheld(StrEnum):
    """Why nothing is paid, or less than was done. Of several reasons the first in this list is told."""

    RULEBOOK_MISSING = "rulebook_missing"
    OPEN = "open"
    MUST_FIX = "must_fix"
    AFTER_LOCK = "after_lock"
    NO_SERVICE = "no_service"
    NOT_CLIENT_TIME = "not_client_time"
    """By the service's own rule: bought privately [S:KUNDTID], or a kind of contact that does not count."""
    NOT_APPROVED = "not_approved"
    OUTREACH_NOT_APPROVED = "outreach_not_approved"
    EXTRA_NOT_APPROVED = "extra_not_approved"
    PAID_OTHERWISE = "paid_otherwise"
    """By the month, the level or the order, so that the single visit is not."""
    OVER_CAP = "over_cap"


class PayLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of the basis: what it is for, its minutes, and its amount.

    `performed_minutes` are what happened and add up to performed time over the lines of a month, whatever is paid;
    `base_minutes` are what the rules make of them before allowance, minimum and cap; `reimbursed_minutes` are paid.
    `amount` is in kronor, rounded half up to öre once ([A] rules.md 7.2): `quantity` (hours, tasks, occasions, days or
    months, as `rate` is per) times `rate`.
    """

    kind: PayKind
    day: date
    client_id: ClientId
    provider_id: ProviderId
    client_unit_id: UnitId
    legal_basis: str
    service_code: ServiceCode | None
    visit_id: VisitId | None
    rulebook_version: str
    band: str = ""
    performed_minutes: int = 0
    base_minutes: int = 0
    reimbursed_minutes: int = 0
    quantity: Decimal = NOTHING
    rate: Decimal = NOTHING
    amount: Decimal = NOTHING
    withheld: Withheld | None = None
    withheld_minutes: int = 0
    """Payable but for `withheld`."""


class PayTotal(msgspec.Struct, frozen=True):
    """Lines added up."""

    performed_minutes: int = 0
    base_minutes: int = 0
    reimbursed_minutes: int = 0
    withheld_minutes: int = 0
    amount: Decimal = NOTHING


def pay_total(lines: Iterable[PayLine]) -> PayTotal:
    """Add lines up."""
    performed = base = reimbursed = withheld = 0
    amount = NOTHING
    for line in lines:
        performed += line.performed_minutes
        base += line.base_minutes
        reimbursed += line.reimbursed_minutes
        withheld += line.withheld_minutes
        amount += line.amount
    return PayTotal(performed, base, reimbursed, withheld, amount)
