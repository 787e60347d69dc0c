"""A month run by processes of its own comes to what its facts come to."""

from contextlib import closing
from datetime import UTC, datetime

from domain.household_month import HouseholdMonth
from domain.local_time import Month
from domain.month_totals import performed_by_unit
from infra.month_run import run_month
from infra.month_worker import MonthOrder
from projections.fact_reader import FactReader
from projections.household_reader import HouseholdReader
from tests.infra.story_log import StoryLog

MARCH = Month(2025, 3)


def test_all_households_are_computed_once_and_added_up(sqlite_url: str) -> None:
    with closing(StoryLog(sqlite_url)) as story:
        position = story.append()
        story.projector().catch_up()
        with story.engine.connect() as db:
            rulebook = FactReader(db, position).rulebook()
            reader = HouseholdReader(db, position, MARCH, rulebook)
            everybody: HouseholdMonth = reader.household_month(reader.clients())
        url = story.engine.url.render_as_string(hide_password=False)
        told = list[tuple[int, int]]()
        at = datetime(2025, 4, 3, tzinfo=UTC)
        order = MonthOrder(url=url, as_of=position, month=MARCH, rulebook=rulebook, at=at)
        part = run_month(order, told=lambda done, of: told.append((done, of)))
    assert part.totals.visits == len(everybody.visits) > 0
    assert part.totals.performed == performed_by_unit(everybody.performed) != {}
    assert part.totals.exceptions
    assert told == [(len(everybody.client_ids), len(everybody.client_ids))]
