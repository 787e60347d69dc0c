"""Models that pay for the order and not for the visit: granted time, and levels (rules.md 7.1 [S:SKL16] [S:SKR24])."""

from collections.abc import Iterator, Sequence
from datetime import date

from domain.ids import ClientId, ProviderId
from domain.local_time import Month, epoch_minute, local_day_bounds
from domain.order.time_frame import TimeFrame
from domain.ordered_time import OrderedMinutes, client_ordered_time
from domain.pay.absence import minute_ordered
from domain.pay.lines import PayKind, PayLine
from domain.pay.rates import Price
from domain.pay.standard_time import ordered_line
from domain.pay.terms import Terms, TermsBook, Whose
from domain.pay.writing_out import standing_line
from domain.rulebook.values import CompensationModel, RatePer
from domain.values import VisitKind


class Sum:
    """Ordered minutes that come to one line, from the first day on."""

    def __init__(self, whose: Whose, terms: Terms, first_on: date) -> None:
        self.whose, self.terms, self.first_on, self.minutes = whose, terms, first_on, 0


def lines_by_order(
    client_id: ClientId, month: Month, frames: Sequence[TimeFrame], book: TermsBook
) -> Iterator[PayLine]:
    """One line for each granted service, provider and band of the month; one for each level."""
    if not any(edition.states("compensation_model") for edition in book.editions(month)):
        return
    granted: dict[tuple[object, ...], Sum] = {}
    levels: dict[ProviderId, Sum] = {}
    for ordered in client_ordered_time(client_id, frames, month, book.context, book.rulebook):
        if ordered.ordered_minutes is None:
            continue
        whose = _whose(ordered, book)
        terms = book.terms(whose, ordered.day)
        match terms.policies.compensation_model:
            case CompensationModel.GRANTED:
                band = _band(ordered, terms, book)
                key: tuple[object, ...] = (terms.rulebook_version, *whose, band)
                _add(granted.setdefault(key, Sum(whose, terms, ordered.day)), ordered)
            case CompensationModel.LEVEL:
                _add(levels.setdefault(whose.provider_id, Sum(whose, terms, ordered.day)), ordered)
            case _:
                pass
    for group, each in granted.items():
        band = str(group[-1])
        price = each.terms.price(band, RatePer.HOUR)
        yield standing_line(
            PayKind.GRANTED, each.whose, each.first_on, each.terms, price, minutes=each.minutes, band=band
        )
    for each in levels.values():
        yield from _level(each)


def _add(total: Sum, ordered: OrderedMinutes) -> None:
    total.minutes += ordered.ordered_minutes or 0
    total.first_on = min(total.first_on, ordered.day)


def _whose(ordered: OrderedMinutes, book: TermsBook) -> Whose:
    unit_id = book.context.client_unit(ordered.client_id, ordered.day)
    provider_id = book.context.provider_of(unit_id) or ordered.provider_id
    code, basis = ordered.service_code, ordered.legal_basis
    return Whose(ordered.client_id, code, provider_id, unit_id, basis, VisitKind.PLANNED)


def _band(ordered: OrderedMinutes, terms: Terms, book: TermsBook) -> str:
    code, context = ordered.service_code, book.context
    line = ordered_line(ordered.client_id, code, ordered.day, context) if code else None
    midnight, _ = local_day_bounds(ordered.day, book.rulebook.zone)
    return terms.bands.at(epoch_minute(midnight) + minute_ordered(line), ordered.day)


def _level(total: Sum) -> Iterator[PayLine]:
    """The first level that the client's ordered minutes of the month do not reach the end of."""
    if total.minutes:
        for level in total.terms.policies.levels:
            if level.until_minutes is None or total.minutes < level.until_minutes:
                whose = total.whose._replace(service_code=None)
                price = Price(RatePer.MONTH, level.amount)
                yield standing_line(PayKind.LEVEL, whose, total.first_on, total.terms, price, band=level.name)
                return
