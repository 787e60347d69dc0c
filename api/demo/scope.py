"""Which municipality to make up, and for which month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.demo.wall_time import ONE_DAY, instant, working_day_after
from domain.local_time import Month

CLIENTS = 282
"""People with a home-care decision in Bräcke, June 2025 [S:SEED3]."""
DEFAULT_MONTH = Month(2026, 10)
CLIENTS_MIN, CLIENTS_MAX = 6, 5_000
APPROVING_DAYS = 3


class ScopeError(Exception):
    """Such a municipality cannot be made. The text says what can."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The same scope is the same municipality, to the last fact."""

    seed: int = 1
    month: Month = DEFAULT_MONTH
    clients: int = CLIENTS
    """How many people have a decision; everything else grows and shrinks with them."""
    days: int | None = None
    """Only the first days of the month; None: all of them."""
    outside_provider: bool = False
    """Whether a private provider has some of the clients. Bräcke has none [S:SEED3]."""

    def __post_init__(self) -> None:
        if not CLIENTS_MIN <= self.clients <= CLIENTS_MAX:
            raise ScopeError(f"The demo takes from {CLIENTS_MIN} to {CLIENTS_MAX} clients.")
        if self.days is not None and not 1 <= self.days <= self.days_in_month:
            raise ScopeError(f"The demo takes from 1 to {self.days_in_month} days of that month.")

    @property
    def days_in_month(self) -> int:
        """Days from the first of the month to the first of the next."""
        return (self.month.until_on - self.month.first_on).days

    @property
    def first_on(self) -> date:
        """The first day with visits."""
        return self.month.first_on

    @property
    def until_on(self) -> date:
        """The day after the last day with visits."""
        return self.first_on + timedelta(days=self.days or self.days_in_month)

    @property
    def told_until(self) -> datetime:
        """When the story ends: the month is approved on the first three working days of the next."""
        return instant(working_day_after(self.until_on - ONE_DAY, APPROVING_DAYS) + ONE_DAY, 0)

    def portion(self, of_bracke: int) -> int:
        """What a count in Bräcke comes to in a municipality of this size."""
        return round(of_bracke * self.clients / CLIENTS)
