"""The demo's clock on the wall: local days and minutes to instants, and the working days of its offices."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
ONE_DAY = timedelta(days=1)
FRIDAY = 4
TUESDAY = 1


def instant(day: date, minute: float) -> datetime:
    """The instant at which the wall shows so many minutes past midnight; 1500 is one o'clock the next morning."""
    wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
    return wall.replace(tzinfo=ZONE).astimezone(UTC)


def wall_text(at: datetime) -> str:
    """An instant as a phone in the municipality writes it, with milliseconds and offset."""
    return at.astimezone(ZONE).isoformat(timespec="milliseconds")


def days(first_on: date, until_on: date) -> Iterator[date]:
    """Each day from the first up to, not including, `until_on`."""
    return (first_on + timedelta(days=number) for number in range((until_on - first_on).days))


def working_day_after(day: date, number: int) -> date:
    """The so-manieth day from Monday to Friday after a day. Public holidays are worked through: the demo has none."""
    following = (day + timedelta(days=ahead) for ahead in range(1, 7 * number + 7))
    return next(islice((each for each in following if each.weekday() <= FRIDAY), number - 1, None))
