"""Comparisons of rulebooks over the months on record, as rows with names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from api.pay_reports import must_fix
from api.reading import View, month_period
from domain.local_time import Month, MonthUnreadableError, month_of, parse_month
from domain.pay.absence import LOOK_BACK
from domain.values import Period
from domain.what_if import By, Difference, Record, Side

MONTHS_MAX = 24


def months_of(period: str) -> list[Month]:
    """Read `2026-10` or `2026-10..2026-12`. Raises MonthUnreadableError, also for more than two years."""
    first, _, last = period.partition("..")
    month, until = parse_month(first), parse_month(last or first)
    months = [month]
    while month < until and len(months) <= MONTHS_MAX:
        month = month_of(month.until_on)
        months.append(month)
    if month != until or len(months) > MONTHS_MAX:
        raise MonthUnreadableError
    return months


def records(view: View, months: Iterable[Month]) -> Iterator[Record]:
    """The months as the view believes them, one at a time. What must be fixed before pay is so on both sides."""
    context = view.context()
    for month in months:
        period = month_period(view, month)
        visits = view.facts.visits(Period(period.starts_at - LOOK_BACK, period.ends_at))
        yield Record(month=month, visits=visits, context=context, must_fix=must_fix(view, visits, context))


def names_of(view: View) -> Mapping[tuple[By, str], str]:
    """What units, providers and services are called; clients have no name but their id."""
    named = {(By.UNIT, str(unit.unit_id)): unit.name for unit in view.facts.units()}
    named |= {(By.PROVIDER, str(each.provider_id)): each.name for each in view.facts.providers()}
    return named | {(By.SERVICE, str(each.service_code)): each.name_sv for each in view.facts.services_defined()}


def told(each: Difference, names: Mapping[tuple[By, str], str]) -> dict[str, Any]:
    """One line of a comparison as a row of a table."""
    return {
        "by": each.by,
        "id": each.name,
        "name": names.get((each.by, each.name), ""),
        "legal_basis": each.legal_basis,
        **_side(each.before, "before"),
        **_side(each.after, "after"),
        "reimbursed_change": each.reimbursed_change,
        "amount_change": each.amount_change,
        "deviation_change": each.deviation_change,
    }


def _side(side: Side, which: str) -> dict[str, Any]:
    return {f"{name}_{which}": getattr(side, name) for name in side.__struct_fields__}
