"""Kept figures: after any event the same as computed from the facts, whoever computed them and when."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from domain.context import Context, context_of
from domain.ids import ClientId
from domain.local_time import Month, month_bounds
from domain.performed_time import PerformedMinutes, performed_time
from domain.values import Period
from infra import month_keeper
from infra.month_keeper import MonthKeeper, rules_of
from infra.parking import release
from infra.read_database import writing
from infra.rebuild import SWITCHING
from projections.bulk import Row
from projections.fact_reader import FactReader
from projections.facts import Facts
from projections.household_reader import HouseholdReader
from projections.kept_figures import MonthFigures, figure_rows, serve_by
from projections.kept_months import CLIENT_MONTH, CLIENT_MONTH_DUE, due_clients, kept_months
from projections.kept_reader import figures_at
from projections.parked import Parked, park
from tests.infra.story_log import CODEC, HALF, StoryLog
from tests.projections.folding import contents
from tests.projections.story import STORY
from tests.projections.telling import ASTA

MARCH = Month(2025, 3)
FIRST = len(STORY) // 3
ORGANISATION = "organisation/bracke"


@pytest.fixture
def story(store_url: str) -> Iterator[StoryLog]:
    """A log of which a third is told and folded."""
    with closing(StoryLog(store_url)) as story:
        story.append(STORY[:FIRST])
        story.projector().catch_up()
        yield story


def keeper(story: StoryLog) -> MonthKeeper:
    """A new one, as after a start of the program, that is asked for March."""
    keeper = MonthKeeper(story.engine)
    keeper.want(MARCH)
    return keeper


def worked_off(story: StoryLog) -> None:
    """Let a keeper work until there is nothing left."""
    busy = keeper(story)
    while busy.work():
        pass


def figures(story: StoryLog, position: int, client_id: ClientId | None = None) -> MonthFigures | None:
    """March as kept."""
    with story.engine.connect() as db:
        rulebook = FactReader(db, position).rulebook()
        reader = HouseholdReader(db, position, MARCH, rulebook)
        return figures_at(reader, kept_months(db)[str(MARCH)], rules_of(rulebook), client_id)


def computed(story: StoryLog, position: int) -> list[dict[str, Any]]:
    """March as it follows from the facts."""
    with story.engine.connect() as db:
        facts = FactReader(db, position)
        rulebook = facts.rulebook()
        visits = facts.visits(Period(*month_bounds(MARCH, rulebook.zone)))
        rows = performed_time(visits, context=context(facts), rulebook=rulebook)
    return told(row for row in rows if row.day in MARCH)


def context(facts: FactReader) -> Context:
    return context_of(
        people=facts.people(),
        memberships=facts.memberships(),
        order_lines=facts.orders(),
        time_frames=facts.time_frames(),
        services=facts.services_defined(),
        units=facts.units(),
        providers=facts.providers(),
        absences=facts.absences(),
    )


def told(rows: Iterable[PerformedMinutes]) -> list[dict[str, Any]]:
    return sorted(map(msgspec.structs.asdict, rows), key=repr)


def tell(story: StoryLog, number: int) -> int:
    """Let one more event happen, and fold it."""
    position = story.append([STORY[number]])
    story.projector().catch_up()
    return position


def test_kept_figures_are_those_computed_from_the_facts_after_every_event(story: StoryLog) -> None:
    worked_off(story)
    for number in range(FIRST, len(STORY)):
        position = tell(story, number)
        kept = figures(story, position)
        assert kept is not None
        if not kept.clients:
            assert told(kept.performed) == computed(story, position), STORY[number].event.TOPIC
        if number % 3 == 0:
            worked_off(story)
    worked_off(story)
    kept = figures(story, len(STORY))
    assert kept is not None
    assert told(kept.performed) == computed(story, len(STORY)) != []
    assert contents(story.engine, Facts()) == story.facts_at_once()


def test_one_client_is_read_alone(story: StoryLog) -> None:
    worked_off(story)
    kept = figures(story, FIRST, ASTA)
    assert kept is not None
    assert told(kept.performed) == [row for row in computed(story, FIRST) if row["client_id"] == ASTA] != []


def test_an_event_makes_only_its_own_clients_due_and_a_restart_forgets_none(story: StoryLog) -> None:
    worked_off(story)
    with story.engine.connect() as db:
        assert due_clients(db, MARCH, FIRST) == []
    position = next(
        tell(story, number) for number in range(FIRST, len(STORY)) if STORY[number].event.TOPIC.startswith("visit.")
    )
    with story.engine.connect() as db:
        due = due_clients(db, MARCH, position)
    assert due
    worked_off(story)
    with story.engine.connect() as db:
        assert due_clients(db, MARCH, position) == []
        assert db.scalar(sa.select(sa.func.count()).select_from(CLIENT_MONTH_DUE)) == 0


def test_old_figures_are_served_and_marked_until_the_new_rules_have_all(story: StoryLog) -> None:
    worked_off(story)
    before = figures(story, FIRST)
    with writing(story.engine) as db:
        db.execute(CLIENT_MONTH.update().values(rules="old"))
        serve_by(db, MARCH, "old")
    stale = figures(story, FIRST)
    assert before is not None
    assert stale is not None
    assert (before.done, before.clients, stale.done) == (0, 0, 0)
    assert stale.clients > 0
    assert told(stale.performed) == told(before.performed)
    worked_off(story)
    assert figures(story, FIRST) == before


def test_a_month_that_nobody_asked_for_is_not_kept(story: StoryLog) -> None:
    assert not MonthKeeper(story.engine).work()
    with story.engine.connect() as db:
        assert kept_months(db) == {}


def test_a_rebuild_keeps_what_was_kept_and_drops_it_where_the_facts_were_others(half_told_url: str) -> None:
    with closing(StoryLog(half_told_url)) as story:
        worked_off(story)
        before = figures(story, HALF)
        story.rebuild(Facts())
        assert figures(story, HALF) == before
        with story.engine.begin() as db:
            db.execute(sa.text("UPDATE service_registered SET minutes = 999"))
        story.rebuild(Facts())
        with story.engine.connect() as db:
            assert kept_months(db) == {}
            assert db.scalar(sa.select(sa.func.count()).select_from(CLIENT_MONTH)) == 0


def test_kept_figures_go_where_a_stream_began_to_wait_since_the_rows_were_compared(half_told_file_url: str) -> None:
    with closing(StoryLog(half_told_file_url)) as story:

        def told(stage: str, _done: int, _of: int) -> None:
            if stage == SWITCHING:
                with writing(story.engine) as db:
                    park(db, Parked("facts", ORGANISATION, FIRST, "fold_failed", "ZeroDivisionError", parked_at=0))

        keeper(story).work()
        story.rebuild(Facts(), told=told)
        with story.engine.connect() as db:
            assert kept_months(db) == {}


def test_kept_figures_are_computed_again_once_a_parked_stream_is_released(story: StoryLog) -> None:
    with writing(story.engine) as db:
        park(db, Parked("facts", ORGANISATION, FIRST, "fold_failed", "ZeroDivisionError", parked_at=0))
    # Rules that change make figures due by themselves; the catalogue of services alone does not.
    last = story.append([each for each in STORY[FIRST:] if each.event.TOPIC != "organisation.rulebook_adopted"])
    story.projector().catch_up()
    worked_off(story)
    lacking = figures(story, last)
    release(story.engine, story.recorder, CODEC, Facts(), ORGANISATION)
    worked_off(story)
    kept = figures(story, last)
    assert kept is not None
    assert lacking is not None
    assert told(kept.performed) == computed(story, last) != told(lacking.performed)
    with story.engine.connect() as db:
        assert due_clients(db, MARCH, last) == []


def test_a_server_that_does_not_fold_has_the_month_kept_by_whoever_does(story: StoryLog) -> None:
    serving = MonthKeeper(story.engine, computes=False)
    serving.want(MARCH)
    assert not serving.work()
    with story.engine.connect() as db:
        assert kept_months(db) == {str(MARCH): ""}
    folding = MonthKeeper(story.engine)
    while folding.work():
        pass
    kept = figures(story, FIRST)
    assert kept is not None
    assert told(kept.performed) == computed(story, FIRST)


def test_figures_computed_from_facts_that_were_put_aside_meanwhile_are_not_kept(
    half_told_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where somebody has asked for the month again before they were written."""
    with closing(StoryLog(half_told_url)) as story:
        with story.engine.begin() as db:
            db.execute(sa.text("UPDATE service_registered SET minutes = 999"))
        serving = MonthKeeper(story.engine, computes=False)
        serving.want(MARCH)

        def meanwhile(*figures: Any) -> list[Row]:
            story.rebuild(Facts())
            serving.work()
            return figure_rows(*figures)

        monkeypatch.setattr(month_keeper, "figure_rows", meanwhile)
        keeper(story).work()
        with story.engine.connect() as db:
            assert kept_months(db) == {str(MARCH): ""}
            assert db.scalar(sa.select(sa.func.count()).select_from(CLIENT_MONTH)) == 0
