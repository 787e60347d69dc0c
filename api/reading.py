"""What every read shares: as of which position, complete through which, and how pages follow one another.

A read answers for one position of the log. `as_of` names it (a position, an instant, or a date, which means that day's
end); without it, it is the last one that the read models hold. `min_position` waits until a write is visible.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request

from api.access import reach_of
from api.bootstrap import House
from api.cursors import resume
from api.dependencies import HouseDep
from api.problems import Problem, documented
from api.seen import seen
from api.strict_route import FieldError
from domain.access.reach import EVERYTHING, Reach
from domain.context import Context, context_of
from domain.local_time import Month, MonthUnreadableError, month_bounds, month_of, parse_month
from domain.order_weeks import Days
from domain.rulebook.rulebook import Rulebook
from domain.values import Period
from infra.read_database import Connection
from projections.fact_reader import FactReader
from projections.parked import count_parked

WAIT_MAX_S = 2.0
POSITION_DIGITS_MAX = 18
PAGE_ROWS_MAX = 5_000
REPORT_PROBLEMS = documented(
    "unauthenticated",
    "forbidden",
    "purpose_required",
    "not_found",
    "bad_cursor",
    "cursor_gone",
    "bad_time",
    "not_yet_visible",
)
"""What a report that may be asked for a named client answers instead."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class View:
    """The ledger as it was believed at one position. `at` is the hour that questions of lateness are asked at."""

    house: House
    db: Connection
    facts: FactReader
    position: int
    recorded_at: datetime | None
    at: datetime
    rulebook: Rulebook
    after: str
    """The key that the page before ended with; empty on a first page."""
    is_past: bool = False
    """Whether a position was asked for: figures are then computed from the facts as of it."""
    reach: Reach = EVERYTHING
    """What of it the caller may see."""

    def about(self, days: Collection[date] = ()) -> dict[str, object]:
        """What every answer says of itself: `rulebook` names the versions of the days it is about, else that of `at`.
        `parked_streams`, where there are any: so many streams are left out of it, until somebody has released them."""
        versions = self.rulebook.versions(days) or (self.rulebook.at(self.at).version,)
        parked = count_parked(self.db)
        waiting: dict[str, object] = {"parked_streams": parked} if parked else {}
        return {
            "complete_through": self.position,
            "recorded_at": self.recorded_at,
            "at": self.at,
            "rulebook": ", ".join(versions),
            **waiting,
        }

    def context(self) -> Context:
        """Who is who, where they belong, and what is ordered: what calculations look up."""
        facts = self.facts
        return context_of(
            people=facts.people(),
            memberships=facts.memberships(),
            order_lines=facts.orders(),
            time_frames=facts.time_frames(),
            services=facts.services_defined(),
            units=facts.units(),
            providers=facts.providers(),
            absences=facts.absences(),
            care_contacts=facts.care_contacts(),
            titles=facts.titles(),
            delegations=facts.delegations(),
            tags=facts.tags(),
        )


AsOf = Annotated[
    str | None, Query(description="A log position, an instant, or a date (its end, local time).", max_length=40)
]
MinPosition = Annotated[
    int | None, Query(ge=0, lt=10**POSITION_DIGITS_MAX, description="Wait, at most 2 s, until this is visible.")
]
Limit = Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX, description="Rows of a page at most; `next_cursor` goes on.")]
Cursor = Annotated[str | None, Query(max_length=300, description="`next_cursor` of the page before.")]


def view_of(
    house: HouseDep,
    request: Request,
    as_of: AsOf = None,
    min_position: MinPosition = None,
    cursor: Cursor = None,
) -> Iterator[View]:
    """Open the view that a call asks for; a cursor stays at the position of the first page.

    503 `not_yet_visible` when what is asked for does not become visible in time.
    """
    wait_for(house, min_position or 0)
    wanted, after = resume(house, request, cursor)
    if wanted is None:
        wanted = position_named(house, as_of)
    wait_for(house, wanted or 0)  # before the connection is told how far its reader reaches, which may follow from it
    reach = reach_of(request)
    with house.readers.open(reach) as db:
        view = view_at(house, db, wanted, after, is_past=as_of is not None, reach=reach)
        seen().position = view.position
        yield view


def view_at(
    house: House,
    db: Connection,
    wanted: int | None,
    after: str = "",
    *,
    is_past: bool,
    reach: Reach = EVERYTHING,
) -> View:
    """The view at a position; None: the last one that the read models hold."""
    position = house.projector.complete_through() if wanted is None else wanted
    wait_for(house, position)
    recorded_at = house.recorded_at(position)
    at = recorded_at or EPOCH if is_past else house.clock()
    facts = FactReader(db, position)
    return View(house, db, facts, position, recorded_at, at, facts.rulebook(), after, is_past, reach)


ViewDep = Annotated[View, Depends(view_of)]


@contextmanager
def view_as_of(house: House, as_of: str | None) -> Iterator[View]:
    """Open the view that the command line asks for."""
    with house.read_database.connect() as db:
        yield view_at(house, db, position_named(house, as_of), is_past=as_of is not None)


def wait_for(house: House, position: int) -> None:
    """Wait, for a short while, until a position is visible. Raises 503 `not_yet_visible`."""
    if position and not house.projector.wait_until(position, WAIT_MAX_S):
        raise Problem("not_yet_visible", headers={"Retry-After": "1"})


def position_named(house: House, as_of: str | None, name: str = "as_of") -> int | None:
    """The log position that the parameter `as_of` (or another of that `name`) names; None when it was not given."""
    if as_of is None:
        return None
    if as_of.isascii() and as_of.isdigit() and len(as_of) <= POSITION_DIGITS_MAX:
        return int(as_of)
    instant = _instant(as_of, house.rulebook.zone)
    if instant is None:
        raise Problem("bad_time", errors=[FieldError(f"/query/{name}", "bad_time")])
    return house.log.position_at(round((instant - EPOCH) / timedelta(microseconds=1)))


def _instant(text: str, zone: str) -> datetime | None:
    try:
        # A plus sign in a query reads as a space; no other space can stand in an instant.
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    if len(text) == len("2026-10-01"):
        return _end_of(at.date(), zone)
    return None if at.tzinfo is None else at.astimezone(UTC)


def _end_of(day: date, zone: str) -> datetime:
    next_midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + timedelta(days=1)
    return next_midnight.astimezone(UTC) - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The days a read is about, from `first_on` up to and including `last_on`, local time."""

    first_on: date
    last_on: date
    zone: str

    @property
    def period(self) -> Period:
        """The same as instants."""
        zone = ZoneInfo(self.zone)
        until = self.last_on + timedelta(days=1)
        starts = datetime(self.first_on.year, self.first_on.month, self.first_on.day, tzinfo=zone)
        ends = datetime(until.year, until.month, until.day, tzinfo=zone)
        return Period(starts.astimezone(UTC), ends.astimezone(UTC))

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first_on + timedelta(days=number) for number in range((self.last_on - self.first_on).days + 1)]

    @property
    def month(self) -> Month | None:
        """The month that the days are all of; None where they are not one whole month."""
        month = month_of(self.first_on)
        whole = (month.first_on, month.until_on - timedelta(days=1))
        return month if (self.first_on, self.last_on) == whole else None

    def __contains__(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on

    @property
    def months(self) -> list[Month]:
        """The months that any of the days lies in."""
        return Days(self.first_on, self.last_on + timedelta(days=1)).months

    @property
    def whole_months(self) -> list[Month]:
        """The months that lie in it from their first day to their last."""
        until_on = self.last_on + timedelta(days=1)
        return [month for month in self.months if self.first_on <= month.first_on and month.until_on <= until_on]


Day = Annotated[date | None, Query(description="YYYY-MM-DD")]
SPAN_DAYS_MAX = 366


def span_of(
    view: ViewDep,
    month: Annotated[str | None, Query(description="YYYY-MM; or `from` and `to`", max_length=7)] = None,
    from_: Annotated[date | None, Query(alias="from", description="YYYY-MM-DD; both days are included")] = None,
    to: Day = None,
) -> Span:
    """The days asked for: a month, or from and to (both included); else the current month of `at`."""
    zone = view.rulebook.zone
    if from_ is not None or to is not None:
        first, last = from_ or to, to or from_
        assert first is not None
        assert last is not None
        if not first <= last <= first + timedelta(days=SPAN_DAYS_MAX):
            raise Problem("out_of_range", errors=[FieldError("/query/to", "out_of_range")])
        return Span(first, last, zone)
    return month_span(view, month_asked(view, month))


def month_asked(view: View, text: str | None) -> Month:
    """The month named, or that of `at`. Raises 422 when it cannot be read."""
    return month_named(text or f"{view.at.astimezone(ZoneInfo(view.rulebook.zone)):%Y-%m}")


def month_named(text: str) -> Month:
    """The month that a query names. Raises 422 when it cannot be read."""
    try:
        return parse_month(text)
    except MonthUnreadableError:
        raise Problem("bad_time", errors=[FieldError("/query/month", "bad_time")]) from None


def month_span(view: View, month: Month) -> Span:
    """The days of a month."""
    return Span(month.first_on, month.until_on - timedelta(days=1), view.rulebook.zone)


def month_period(view: View, month: Month) -> Period:
    """A month as instants."""
    return Period(*month_bounds(month, view.rulebook.zone))


SpanDep = Annotated[Span, Depends(span_of)]
