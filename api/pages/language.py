"""Numbers, months and moments as people write them in Swedish and English."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from api.problems import Language
from domain.local_time import Month

NO_BREAK = "\u00a0"
MINUTES_PER_TENTH = 6
# fmt: off
MONTHS: dict[Language, Sequence[str]] = {
    "sv": ("januari", "februari", "mars", "april", "maj", "juni", "juli",
           "augusti", "september", "oktober", "november", "december"),
    "en": ("January", "February", "March", "April", "May", "June", "July",
           "August", "September", "October", "November", "December"),
}
# fmt: on


def hours(minutes: int, language: Language) -> str:
    """Minutes as hours with one decimal, half a tenth upwards: `1 234,5` or `1,234.5`."""
    tenths = (minutes + MINUTES_PER_TENTH // 2) // MINUTES_PER_TENTH
    text = f"{tenths / 10:,.1f}"
    return text.replace(",", NO_BREAK).replace(".", ",") if language == "sv" else text


def percent(share: float, language: Language) -> str:
    """A share as whole per cent: `91 %` or `91%`."""
    return f"{round(share * 100)}{NO_BREAK if language == 'sv' else ''}%"


def month_name(month: Month, language: Language) -> str:
    """A month in words: `oktober 2026`."""
    return f"{MONTHS[language][month.number - 1]} {month.year}"


def moment(at: datetime, zone: str, language: Language) -> str:
    """A day and time on the wall: `12 oktober 14:30`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {MONTHS[language][local.month - 1]} {local:%H:%M}"
