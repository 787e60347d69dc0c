"""What is paid for a client and month beside the visits: alarms, meals, and the bonus for a new client (rules.md 5.6, 5.7)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from domain.facts import OrderLine
from domain.ids import ClientId, ProviderId
from domain.local_time import Month
from domain.organisation.values import ServiceCategory
from domain.pay.item import PayItem
from domain.pay.lines import PayKind, PayLine
from domain.pay.rates import Price
from domain.pay.terms import Terms, TermsBook, Whose
from domain.pay.writing_out import standing_line
from domain.rulebook.values import AlarmPayment, RatePer

ONE_DAY = timedelta(days=1)
QUALITY = "quality"


class Standing(NamedTuple):
    """A service that the client has with a provider in the month: from when on, and on how many days."""

    whose: Whose
    terms: Terms
    first_on: date
    days: int


def monthly_lines(client_id: ClientId, month: Month, book: TermsBook) -> Iterator[PayLine]:
    """The client's lines that follow from what is ordered, whether or not somebody came."""
    lines = book.context.order_lines.get(client_id, ())
    yield from _alarms(_standing(lines, ServiceCategory.ALARM, month, book), month)
    yield from _meals(_standing(lines, ServiceCategory.MEALS, month, book))
    if any(edition.states("new_client_bonus_minutes") for edition in book.editions(month)):
        yield from _new_client(lines, month, book)


def quality_bonus(items: Sequence[PayItem]) -> Iterator[PayLine]:
    """So many kronor for each performed hour that is paid [S:SOLL-FAKT]; the level holds for the days of its edition."""
    minutes: dict[tuple[str, ...], int] = {}
    firsts: dict[tuple[str, ...], PayItem] = {}
    for item in items:
        if item.kind is PayKind.PERFORMED and item.reimbursed and item.terms.policies.quality_bonus_per_hour:
            whose = item.whose
            key: tuple[str, ...] = (
                item.terms.rulebook_version,
                whose.provider_id,
                whose.client_unit_id,
                whose.legal_basis,
            )
            firsts.setdefault(key, item)
            minutes[key] = minutes.get(key, 0) + item.reimbursed
    for group, item in firsts.items():
        price = Price(RatePer.HOUR, item.terms.policies.quality_bonus_per_hour)
        line = standing_line(
            PayKind.BONUS, item.whose, item.day, item.terms, price, minutes=minutes[group], band=QUALITY
        )
        # The hours are counted where they were performed.
        yield msgspec.structs.replace(line, service_code=None, base_minutes=0, reimbursed_minutes=0)


def _standing(lines: Sequence[OrderLine], category: ServiceCategory, month: Month, book: TermsBook) -> list[Standing]:
    """The category's services by provider, the earliest first."""
    days: dict[ProviderId, set[date]] = {}
    firsts: dict[ProviderId, tuple[date, OrderLine]] = {}
    for line in lines:
        for day in _days(line, category, month, book):
            provider_id = book.whose(line, day).provider_id
            days.setdefault(provider_id, set()).add(day)
            firsts[provider_id] = min(firsts.get(provider_id, (day, line)), (day, line), key=lambda each: each[0])
    found = [
        Standing(book.whose(line, first_on), book.line_terms(line, first_on), first_on, len(days[provider_id]))
        for provider_id, (first_on, line) in firsts.items()
    ]
    return sorted(found, key=lambda each: each.first_on)


def _days(line: OrderLine, category: ServiceCategory, month: Month, book: TermsBook) -> list[date]:
    from_on, until_on = max(line.starts_on, month.first_on), min(line.ends_on or month.until_on, month.until_on)
    defined = book.context.service(line.service_code, from_on) if from_on < until_on else None
    if defined is None or defined.category != category:
        return []
    return [from_on + ONE_DAY * number for number in range((until_on - from_on).days)]


def _alarms(standing: Sequence[Standing], month: Month) -> Iterator[PayLine]:
    """For each client with an alarm: by the month, once [S:STHLM-ERS]; or by the day, a full month at its own price
    [S:VAS24]."""
    month_days = (month.until_on - month.first_on).days
    for number, alarm in enumerate(standing):
        whose, terms = alarm.whose, alarm.terms
        policies = terms.policies
        if policies.alarm_payment is AlarmPayment.MONTH and number == 0:
            price, pieces = terms.price("", RatePer.MONTH), 1
        elif policies.alarm_payment is AlarmPayment.DAY and alarm.days == month_days and policies.alarm_full_month:
            price, pieces = terms.price_by(policies.alarm_full_month, RatePer.MONTH), 1
        elif policies.alarm_payment is AlarmPayment.DAY:
            price, pieces = terms.price("", RatePer.DAY), alarm.days
        else:
            continue
        yield standing_line(PayKind.ALARM, whose, alarm.first_on, terms, price, pieces=pieces)


def _meals(standing: Sequence[Standing]) -> Iterator[PayLine]:
    """Minutes for each client with meal delivery and month [S:HUDD], to whoever had it first."""
    for meals in standing[:1]:
        minutes = meals.terms.policies.meal_minutes_per_month
        if minutes:
            price = meals.terms.price("", RatePer.HOUR)
            yield standing_line(PayKind.MEAL, meals.whose, meals.first_on, meals.terms, price, minutes=minutes)


def _new_client(lines: Sequence[OrderLine], month: Month, book: TermsBook) -> Iterator[PayLine]:
    """Once for each client and provider [S:SOLNA]; a pause or a changed order makes nobody new ([A] rules.md 5.7)."""
    firsts: dict[ProviderId, OrderLine] = {}
    for line in lines:
        if book.line_terms(line, line.starts_on).policies.new_client_bonus_minutes:
            provider_id = book.whose(line, line.starts_on).provider_id
            known = firsts.get(provider_id)
            if known is None or line.starts_on < known.starts_on:
                firsts[provider_id] = line
    for line in firsts.values():
        day = line.starts_on
        if day in month:
            whose, terms = book.whose(line, day), book.line_terms(line, day)
            price = terms.price("", RatePer.HOUR)
            minutes = terms.policies.new_client_bonus_minutes
            yield standing_line(PayKind.BONUS, whose, day, terms, price, minutes=minutes)
