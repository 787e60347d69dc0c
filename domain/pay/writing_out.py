"""From items to lines: minutes divided by rate band, a price for each, rounded once."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from domain.apportion import apportion
from domain.ids import ClientId, ServiceCode
from domain.pay.bands import NO_BAND
from domain.pay.item import PayItem
from domain.pay.lines import NOTHING, PayKind, PayLine
from domain.pay.pieces import piece_price
from domain.pay.rates import Price, hours_paid, pieces_paid
from domain.pay.terms import Terms, Whose
from domain.rulebook.values import RatePer

Paid = set[tuple[ClientId, ServiceCode | None, str]]


def lines_of(items: Iterable[PayItem]) -> Iterator[PayLine]:
    """The lines of one client's items, which are in order of time: what has a price for the day or month has it once."""
    paid: Paid = set()
    by_hour = RatePer.HOUR
    for item in items:
        band = item.split[0][0] if item.split else NO_BAND
        if item.per is not by_hour:
            yield _by_piece(item, band, paid)
        elif len(item.split) <= 1 or item.is_share:
            yield _by_hour(item, band)
        else:
            yield from _by_band(item)


def standing_line(
    kind: PayKind,
    whose: Whose,
    day: date,
    terms: Terms,
    price: Price,
    *,
    minutes: int = 0,
    pieces: int = 1,
    band: str = NO_BAND,
) -> PayLine:
    """A line that no visit is behind: minutes at an hourly price, else so many pieces."""
    if price.per is RatePer.HOUR:
        quantity, amount = hours_paid(minutes, price.rate)
    else:
        quantity, amount = pieces_paid(pieces, price.rate)
    item = PayItem(kind, whose, day, terms, None)
    return _of_item(item, band, (0, minutes, minutes), (quantity, price.rate, amount), 0)


def _by_hour(item: PayItem, band: str) -> PayLine:
    """One band. The amount of a share is computed from the whole minutes, and rounded once with it."""
    rate = item.terms.price(band, RatePer.HOUR).rate
    minutes = (item.performed, item.base, item.reimbursed)
    if item.withheld is not None and not item.reimbursed:
        return _of_item(item, band, minutes, (NOTHING, rate, NOTHING), item.withheld_minutes)
    quantity, amount = hours_paid(item.payable if item.is_share else item.reimbursed, rate, item.percent)
    return _of_item(item, band, minutes, (quantity, rate, amount), item.withheld_minutes)


def _by_band(item: PayItem) -> Iterator[PayLine]:
    """Divide an item at the boundaries of its bands by the real minutes of each: what is added to them goes along."""
    weights = [minutes for _, minutes in item.split]
    columns = [
        apportion(total, weights) for total in (item.performed, item.base, item.reimbursed, item.withheld_minutes)
    ]
    for (band, _), performed, base, reimbursed, withheld in zip(item.split, *columns, strict=True):
        if performed or base or reimbursed or withheld:
            rate = item.terms.price(band, RatePer.HOUR).rate
            quantity, amount = hours_paid(reimbursed, rate)
            yield _of_item(item, band, (performed, base, reimbursed), (quantity, rate, amount), withheld)


def _by_piece(item: PayItem, band: str, paid: Paid) -> PayLine:
    per, rate = piece_price(item, band)
    pieces = item.pieces
    if per in {RatePer.DAY, RatePer.MONTH}:
        whose, period = item.whose, f"{item.day:%Y-%m}" if per is RatePer.MONTH else item.day.isoformat()
        key = (whose.client_id, whose.service_code, period)
        pieces = 0 if key in paid else 1
        if item.withheld is None:
            paid.add(key)
    if item.withheld is not None and not item.reimbursed:
        pieces = 0
    quantity, amount = pieces_paid(pieces, rate, item.percent)
    minutes = (item.performed, item.base, item.reimbursed)
    return _of_item(item, band, minutes, (quantity, rate, amount), item.withheld_minutes)


def _of_item(
    item: PayItem,
    band: str,
    minutes: tuple[int, int, int],
    money: tuple[Decimal, Decimal, Decimal],
    withheld_minutes: int,
) -> PayLine:
    whose = item.whose
    return PayLine(
        kind=item.kind,
        day=item.day,
        client_id=whose.client_id,
        provider_id=whose.provider_id,
        client_unit_id=whose.client_unit_id,
        legal_basis=whose.legal_basis,
        service_code=whose.service_code,
        visit_id=item.visit_id,
        rulebook_version=item.terms.rulebook_version,
        band=band,
        performed_minutes=minutes[0],
        base_minutes=minutes[1],
        reimbursed_minutes=minutes[2],
        quantity=money[0],
        rate=money[1],
        amount=money[2],
        withheld=item.withheld,
        withheld_minutes=withheld_minutes,
    )
