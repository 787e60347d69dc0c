"""A month that was asked for once is read from what is kept, and says the same as the facts."""

import time
from typing import Any

from api.bootstrap import House
from projections.kept_months import kept_months
from tests.api.calls import Caller
from tests.api.conftest import Calls
from tests.api.town import ASTRID, Town

MARCH = {"month": "2026-03", "group_by": "client"}
WAIT_S = 10


def kept(house: House) -> bool:
    """Wait until the month is served from what is kept."""
    ends_s = time.monotonic() + WAIT_S
    while time.monotonic() < ends_s:
        house.months.work()
        with house.read_database.connect() as db:
            if kept_months(db).get("2026-03"):
                return True
    return False


def both(auditor: Caller, position: int, **asked: Any) -> tuple[Any, Any]:
    """The rows as read, and as computed from the facts as of the same position."""
    read = auditor.get("/v1/performed-time", **asked, min_position=position).json()
    as_of = auditor.get("/v1/performed-time", **asked, as_of=read["complete_through"]).json()
    assert "recomputing" not in read
    return read["rows"], as_of["rows"]


def test_a_month_once_asked_for_is_kept_and_stays_right(call: Calls, town: Town, house: House) -> None:
    auditor = call("auditor")
    _, position = town.attended_visit()
    first, computed = both(auditor, position, **MARCH)
    assert first == computed != []
    assert kept(house)
    assert both(auditor, position, **MARCH) == (first, first)
    assert both(auditor, position, **MARCH, client_id=ASTRID)[0] == first
    _, later = town.attended_visit()
    read, computed = both(auditor, later, **MARCH)
    assert read == computed != first
