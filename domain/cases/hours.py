"""Times as cases write them: by the clock on the wall."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.errors import RefusedError

_CLOCK = r"([0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?)(\+1)?"
_HOURS = re.compile(f"{_CLOCK}-(?:{_CLOCK})?", re.ASCII)
ONE_DAY = timedelta(days=1)


class CaseHoursUnreadableError(RefusedError):
    """Hours of a case cannot be read."""

    code = "case_hours_unreadable"
    detail = "Write hours as 09:00-09:40, an open end as 09:00-, and a moment as 2024-04-02 09:00."


def hours_on(day: date, text: str, zone: str) -> tuple[datetime, datetime | None]:
    """The instants that hours of a day begin and end at; None where they are open. Raises CaseHoursUnreadableError."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise CaseHoursUnreadableError
    begins, begins_again, ends, ends_again = found.groups()
    starts_at = _instant(day, begins, zone, fold=bool(begins_again))
    if not ends:
        return starts_at, None
    ends_at = _instant(day, ends, zone, fold=bool(ends_again))
    return starts_at, ends_at if ends_at >= starts_at else _instant(day + ONE_DAY, ends, zone, fold=bool(ends_again))


def moment(text: str, zone: str) -> datetime:
    """The instant of `2024-04-02 09:00`. Raises CaseHoursUnreadableError."""
    day, _, clock = text.partition(" ")
    try:
        return _instant(date.fromisoformat(day), clock, zone, fold=False)
    except ValueError:
        raise CaseHoursUnreadableError from None


def _instant(day: date, clock: str, zone: str, *, fold: bool) -> datetime:
    try:
        wall = datetime.fromisoformat(f"{day.isoformat()}T{clock}")
    except ValueError:
        raise CaseHoursUnreadableError from None
    return wall.replace(tzinfo=ZoneInfo(zone), fold=int(fold)).astimezone(UTC)
