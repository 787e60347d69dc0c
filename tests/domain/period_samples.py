"""A closing of the Bräcke group's March 2025, for the tests of what is decided about months."""

from datetime import UTC, datetime

from domain.local_time import Month
from domain.period.aggregate import Basis, Settled
from domain.period.values import Accountable
from domain.rulebook.values import AfterLock
from tests.domain.given_facts import BRACKE

MARCH = Month(2025, 3)
OVER = datetime(2025, 3, 31, 22, tzinfo=UTC)
LOCKS = datetime(2025, 4, 3, 6, tzinfo=UTC)
BASIS = Basis(
    month=MARCH,
    accountable=Accountable(unit_id=BRACKE),
    position=500,
    ledger_id="ledger-1",
    epoch=1,
    event_id="event-500",
    rulebook_versions=("intraphone-2016",),
    calculation_version=1,
    digest="d1",
    after_lock=AfterLock.NEXT_RUN,
    month_ends_at=OVER,
    locks_at=LOCKS,
)
FEBRUARY = Settled(
    month="2025-02",
    digest="d0",
    lines=2,
    minutes=40,
    amount_ore=31_000,
    late_lines=1,
    late_minutes=15,
    cause_positions=(410, 411),
)
