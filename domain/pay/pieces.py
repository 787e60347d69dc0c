"""What is not paid by the hour: night tasks, alarms, meal boxes and services with a price for each occasion, day or month."""

from collections.abc import Sequence

from domain.facts import VisitFacts
from domain.pay.bands import NO_BAND, is_within
from domain.pay.base import local_clock
from domain.pay.item import PayItem
from domain.pay.lines import PayKind, Withheld
from domain.pay.rates import Price
from domain.rulebook.values import AlarmPayment, NightPayment, RatePer


def set_pieces(items: Sequence[PayItem], visit: VisitFacts, zone: str) -> None:
    """Say what each item of a visit is paid per, and how many pieces it is: no piece of a visit is counted twice."""
    for index, item in enumerate(items):
        per = item.per = _paid_per(item, zone)
        if per is not RatePer.HOUR:
            item.pieces = _pieces(item, visit, items[:index]) if item.is_first else 0
        if item.performed and item.kind is not PayKind.PERFORMED and _is_paid_by_the_month(item):
            item.withhold(Withheld.PAID_OTHERWISE)


def piece_price(item: PayItem, band: str) -> Price:
    """What one piece of the item is worth."""
    policies = item.terms.policies
    if item.kind is PayKind.MEAL and policies.meal_box_rate is not None:
        return item.terms.price_by(policies.meal_box_rate, RatePer.OCCASION)
    return item.terms.price(band, item.per)


def _paid_per(item: PayItem, zone: str) -> RatePer:
    terms, policies = item.terms, item.terms.policies
    if item.kind is PayKind.ALARM:
        return RatePer.OCCASION if policies.alarm_payment is AlarmPayment.OCCASION else RatePer.HOUR
    if item.kind is PayKind.MEAL and policies.meal_box_rate is not None:
        return RatePer.OCCASION
    if terms.has_night and is_night(item, zone):
        return RatePer.TASK
    return terms.price(item.split[0][0] if item.split else NO_BAND).per


def is_night(item: PayItem, zone: str) -> bool:
    """Whether the visit began in the hours that are paid by the task, [A] rules.md 2.1: by its start."""
    return is_within(item.terms.policies.night_window, local_clock(item.visit_starts, zone))


def _pieces(item: PayItem, visit: VisitFacts, earlier: Sequence[PayItem]) -> int:
    """An alarm and a meal are one for each client of a visit; a night visit is one, or as many as tasks were done."""
    if item.kind in {PayKind.ALARM, PayKind.MEAL}:
        return (
            0
            if any((other.kind, other.whose.client_id) == (item.kind, item.whose.client_id) for other in earlier)
            else 1
        )
    if item.per is not RatePer.TASK:
        return 1
    if item.terms.policies.night_payment is NightPayment.PER_VISIT:
        return 0 if any(other.per is RatePer.TASK and other.performed for other in earlier) else 1
    whose = item.whose
    done = [
        service
        for service in visit.services
        if service.performed
        and service.service_code == whose.service_code
        and service.client_id in {whose.client_id, None}
    ]
    return max(1, len({(service.client_id, service.at) for service in done}))


def _is_paid_by_the_month(item: PayItem) -> bool:
    """Alarms with a price for the month or day, and meals with minutes for the month."""
    policies = item.terms.policies
    if item.kind is PayKind.ALARM:
        return policies.alarm_payment in {AlarmPayment.MONTH, AlarmPayment.DAY}
    return item.kind is PayKind.MEAL and policies.meal_box_rate is None and policies.meal_minutes_per_month > 0
