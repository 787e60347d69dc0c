"""A restore, told to whoever finds a position that is not in the log any more."""

from datetime import datetime

from domain.log import Restoration
from projections.fact_columns import instant


def told(restoration: Restoration) -> str:
    """What was done when, and what the log lacks since."""
    lost = lost_told(restoration.lost_events, restoration.lost_from, restoration.lost_until)
    when = instant_told(instant(restoration.restored_at))
    return f"The log was restored {when} from a backup that ends at position {restoration.position}: {lost}"


def lost_told(events: int | None, first: int | None, last: int | None) -> str:
    """How much of the replaced log a restored one lacks. Instants are in microseconds since 1970, UTC."""
    if events is None:
        return "it could not be read, so what came after is not known."
    if first is None or last is None:
        return "it had no event that the backup lacks."
    between = f"recorded from {instant_told(instant(first))} to {instant_told(instant(last))}"
    return f"it had {events} event{'' if events == 1 else 's'} that the backup lacks, {between}."


def instant_told(at: datetime) -> str:
    """An instant for people who operate, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
