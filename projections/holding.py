"""When a fact holds in the world, so that a period's facts can be found by an index.

The span may be wider than the truth, never narrower: which facts belong to a day is decided by the domain's functions,
in the municipality's zone. Days are therefore given the widest span that any zone on Earth gives them.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from domain.evidence import Acknowledgement, Delegation, DeviceContact, QuarantinedFact, Tag
from domain.facts import (
    Absence,
    ApprovalGiven,
    Attendance,
    ExcessApproved,
    Fact,
    IndirectTime,
    Membership,
    NeedChange,
    OrderLine,
    Person,
    PlannedVisit,
    ServiceRegistered,
    Shift,
    VisitFailed,
)
from domain.local_time import ONE_DAY, parse_month
from domain.municipality import EditionAdopted, Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.period.facts import PeriodClosing
from domain.standing import CareContact, TitleHeld
from domain.supervision.facts import SupervisionSession, TeamMeeting
from domain.visit.concerned import ClientVisit
from projections.fact_columns import EPOCH, MICROSECONDS_PER_S, microseconds
from projections.projection import FOREVER

MINUTE = 60 * MICROSECONDS_PER_S
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EASTMOST, WESTMOST = 14 * HOUR, 12 * HOUR
"""A day begins 14 hours before UTC's in Kiribati, and ends 12 hours after it on Baker Island."""
OPEN_END = 2 * DAY
"""A stay or shift without an end has no minutes, and is looked for on the day it began and the two that follow."""


class Holding(NamedTuple):
    """From when and until when, in microseconds since 1970; a moment has both ends alike."""

    holds_from: int
    holds_to: int


def always(_: Fact) -> Holding:
    """What does not depend on the time; such facts are not looked for by period."""
    return Holding(0, FOREVER)


def at(moment: datetime) -> Holding:
    """A moment."""
    instant = microseconds(moment)
    return Holding(instant, instant)


def between(start: datetime, end: datetime | None) -> Holding:
    """A stretch of time, without end while none is known. One that ends before it begins is a moment."""
    begins = microseconds(start)
    return Holding(begins, FOREVER if end is None else max(begins, microseconds(end)))


def lasting(start: datetime, microseconds_long: int) -> Holding:
    """A stretch of a known length, however long somebody says that it was."""
    begins = microseconds(start)
    return Holding(begins, min(FOREVER, max(begins, begins + microseconds_long)))


def days(first: date, end: date | None) -> Holding:
    """The days from `first` up to, not including, `end`."""
    begins = _midnight(first) - EASTMOST
    return Holding(begins, FOREVER if end is None else max(begins, _midnight(end) + WESTMOST))


def utc_day(day: date) -> Holding:
    """One day of UTC."""
    return Holding(_midnight(day), _midnight(day) + DAY)


def of_attendance(stay: Attendance) -> Holding:
    """From arrival to departure; a departure without an arrival is a moment."""
    if stay.arrived_at is None:
        return at(stay.starts_at)
    return between(stay.arrived_at, stay.departed_at) if stay.departed_at else lasting(stay.arrived_at, OPEN_END)


def of_shift(shift: Shift) -> Holding:
    """From the earliest to the latest time that plan or phone gives it."""
    times = (shift.scheduled_start_at, shift.scheduled_end_at, shift.started_at, shift.ended_at)
    known = [moment for moment in times if moment]
    if not known:
        return always(shift)
    held = between(min(known), max(known))
    if shift.started_at is None or shift.ended_at is not None:
        return held
    return Holding(held.holds_from, max(held.holds_to, lasting(shift.started_at, OPEN_END).holds_to))


def of_closing(closing: PeriodClosing) -> Holding:
    """The days of the month."""
    month = parse_month(closing.month)
    return days(month.first_on, month.until_on)


def _midnight(day: date) -> int:
    return (day.toordinal() - EPOCH.toordinal()) * DAY


HOLDINGS: Mapping[type[Fact], Callable[[Any], Holding]] = MappingProxyType(
    {
        PlannedVisit: lambda plan: between(plan.starts_at, plan.ends_at),
        Attendance: of_attendance,
        ServiceRegistered: lambda service: at(service.at),
        VisitFailed: lambda failure: at(failure.at),
        ApprovalGiven: always,
        ExcessApproved: always,
        ClientVisit: lambda told: utc_day(told.day),
        OrderLine: lambda line: days(line.starts_on, line.ends_on),
        TimeFrame: lambda frame: days(frame.starts_on, frame.ends_on),
        NeedChange: lambda change: days(change.noticed_on, change.answered_from_on),
        Absence: lambda absence: between(absence.from_at, absence.until_at),
        Membership: lambda membership: days(membership.from_on, membership.until_on),
        Delegation: lambda delegation: days(delegation.from_on, delegation.until_on),
        CareContact: lambda contact: days(contact.from_on, contact.until_on),
        TitleHeld: lambda held: days(held.from_on, None),
        Tag: lambda tag: days(tag.from_on, tag.until_on),
        Shift: of_shift,
        IndirectTime: lambda spent: lasting(spent.starts_at, spent.minutes * MINUTE),
        Person: always,
        ServiceDefined: lambda service: days(service.from_on, service.until_on),
        EditionAdopted: lambda edition: days(edition.from_on, edition.until_on),
        Unit: always,
        Provider: always,
        DeviceContact: always,
        QuarantinedFact: always,
        Acknowledgement: always,
        SupervisionSession: lambda session: days(session.session_on, session.session_on + ONE_DAY),
        TeamMeeting: lambda meeting: days(meeting.meeting_on, meeting.meeting_on + ONE_DAY),
        PeriodClosing: of_closing,
    }
)
"""The rule of each class of facts."""
