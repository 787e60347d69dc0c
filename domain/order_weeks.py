"""Weeks of ordered and performed time side by side, and those in which they differ steadily."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from domain.context import Context
from domain.ids import ClientId, ServiceCode
from domain.local_time import Month, local_day_bounds, month_of
from domain.minute_controls import Service, controls_of
from domain.order.values import MinuteControl
from domain.ordered_time import ordered_time
from domain.performed_time import PerformedMinutes
from domain.rulebook.rulebook import Rulebook

ONE_WEEK = timedelta(days=7)
ONE_DAY = timedelta(days=1)
PERCENT = 100


class Days(NamedTuple):
    """From `first_on` up to, not including, `until_on`."""

    first_on: date
    until_on: date

    @property
    def first_monday(self) -> date:
        """The first day of the first whole week."""
        return self.first_on + timedelta(days=-self.first_on.weekday() % 7)

    @property
    def last_whole_week(self) -> date:
        """The day after the last whole week."""
        return self.until_on - timedelta(days=self.until_on.weekday())

    @property
    def months(self) -> list[Month]:
        """The months that the days lie in."""
        month, months = month_of(self.first_on), []
        while month.first_on < self.until_on:
            months.append(month)
            month = month_of(month.until_on)
        return months


class Balance(NamedTuple):
    """What is held against each other: a service that is strictly ordered, else all that a client has under one act."""

    legal_basis: str
    client_id: ClientId
    service_code: ServiceCode | None
    control: MinuteControl


class Steady(NamedTuple):
    """Weeks in a row in which performed differed from ordered, the same way."""

    legal_basis: str
    client_id: ClientId
    service_code: ServiceCode | None
    """None: all that the client has under the act."""
    since_on: date
    until_on: date
    minutes: int
    """Performed minus ordered."""


ByDay = Mapping[Balance, Mapping[date, list[int]]]
"""Ordered and performed minutes of each day."""


def balances(days: Days, performed: Iterable[PerformedMinutes], context: Context, rulebook: Rulebook) -> ByDay:
    """Put ordered and performed side by side. The services keep their codes; `steady_weeks` adds up what evens out."""
    ordered = [line for month in days.months for line in ordered_time(month, context, rulebook)]
    controls = controls_of(ordered, rulebook.on(days.first_on).policies.minute_control)
    known: defaultdict[Service, defaultdict[date, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    first_on, until_on = days
    for line in ordered:
        if first_on <= line.day < until_on:
            minutes = known[line.legal_basis, line.client_id, line.service_code][line.day]
            minutes[0] += line.ordered_minutes or 0
    for row in performed:
        if row.uncounted is None and first_on <= row.day < until_on:
            minutes = known[row.legal_basis, row.client_id, row.service_code][row.day]
            minutes[1] += row.client_minutes(rulebook)
    found = {Balance(*service, controls.of(*service)): by_day for service, by_day in known.items()}
    return {balance: by_day for balance, by_day in found.items() if balance.control is not MinuteControl.NONE}


def steady_weeks(days: Days, found: ByDay, context: Context, rulebook: Rulebook) -> Iterator[Steady]:
    """Find where performed differed from ordered by the share and for as many whole weeks in a row as the rulebook says
    [A]. A week in which the client was away at all is passed over: it neither counts nor ends the row [A]. A pot of
    minutes has no weeks."""
    policies = rulebook.on(days.first_on).policies
    if not policies.order_stale_percent or not policies.order_stale_weeks:
        return
    pooled = _pooled(found)
    for (basis, client_id, code), by_week in sorted(pooled.items(), key=lambda item: (*item[0][:2], item[0][2] or "")):
        run: list[tuple[date, int]] = []
        monday = days.first_monday
        while monday < days.last_whole_week:
            ordered, done = by_week.get(monday, (0, 0))
            differs = PERCENT * abs(done - ordered) >= policies.order_stale_percent * ordered > 0
            if not _is_away(client_id, monday, context, rulebook):
                if run and (not differs or (done > ordered) != (run[-1][1] > 0)):
                    yield from _run(basis, client_id, code, run, policies.order_stale_weeks)
                    run = []
                if differs and done != ordered:
                    run.append((monday, done - ordered))
            monday += ONE_WEEK
        yield from _run(basis, client_id, code, run, policies.order_stale_weeks)


def _run(
    basis: str, client_id: ClientId, code: ServiceCode | None, run: list[tuple[date, int]], weeks_min: int
) -> Iterator[Steady]:
    if len(run) >= weeks_min:
        minutes = sum(week for _, week in run)
        yield Steady(basis, client_id, code, run[0][0], run[-1][0] + ONE_WEEK, minutes)


def _pooled(found: ByDay) -> dict[tuple[str, ClientId, ServiceCode | None], dict[date, tuple[int, int]]]:
    """By week, and all together where the order is not strict."""
    pots = {each[:2] for each in found if each.control is MinuteControl.TIME_FRAME}
    pooled: defaultdict[tuple[str, ClientId, ServiceCode | None], dict[date, tuple[int, int]]] = defaultdict(dict)
    for balance, by_day in found.items():
        if pots and balance[:2] in pots:
            continue
        code = balance.service_code if balance.control is MinuteControl.STRICT else None
        by_week = pooled[balance.legal_basis, balance.client_id, code]
        for day, (ordered, done) in by_day.items():
            monday = _monday(day)
            before = by_week.get(monday, (0, 0))
            by_week[monday] = before[0] + ordered, before[1] + done
    return pooled


@lru_cache(maxsize=1024)
def _monday(day: date) -> date:
    """The first day of its week: asked for each service of each day."""
    return day - timedelta(days=day.weekday())


def _is_away(client_id: ClientId, monday: date, context: Context, rulebook: Rulebook) -> bool:
    absences = context.absences.get(("client", client_id), ())
    if not absences:
        return False
    starts_at = local_day_bounds(monday, rulebook.zone)[0]
    ends_at = local_day_bounds(monday + ONE_WEEK - ONE_DAY, rulebook.zone)[1]
    return any(gone.from_at < ends_at and (gone.until_at is None or starts_at < gone.until_at) for gone in absences)
