"""Verify finds every row that the log does not say, and none where all is well."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa

from infra.log_check import LogCheck, check_log
from infra.table_difference import DIFFERENCES_MAX, Difference, Kind
from infra.verify import verify
from projections.projection import FOREVER
from tests.infra.stores import run_sql
from tests.infra.story_log import CODEC, HALF, StoryLog
from tests.projections.story import STORY


@pytest.fixture
def story(whole_told_url: str) -> Iterator[StoryLog]:
    """The whole story, folded."""
    with closing(StoryLog(whole_told_url)) as story:
        yield story


def differences(story: StoryLog) -> list[Difference]:
    return verify(story.recorder, CODEC, story.engine)


def check(story: StoryLog) -> LogCheck:
    scratch = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    try:
        return check_log(story.recorder, CODEC, scratch, lambda _done, _of: None)
    finally:
        scratch.dispose()


def tamper(story: StoryLog, statement: str) -> None:
    with story.engine.begin() as db:
        assert db.execute(sa.text(statement)).rowcount > 0


def test_nothing_differs_where_nobody_meddled(story: StoryLog) -> None:
    assert differences(story) == []


def test_read_models_that_lag_behind_are_compared_where_they_stand(store_url: str) -> None:
    with closing(StoryLog(store_url)) as story:
        story.append(STORY[:HALF])
        story.projector().catch_up()
        story.append(STORY[HALF:])
        assert differences(story) == []


def test_a_changed_figure_is_named_by_table_key_and_column(story: StoryLog) -> None:
    tamper(story, "UPDATE service_registered SET minutes = 999 WHERE fact_id = 'shower'")
    [found] = differences(story)
    assert (found.table, found.kind, found.columns) == ("service_registered", Kind.OTHER, ["minutes"])
    assert found.key[:2] == ("couple", "shower")


def test_a_row_left_out_and_a_row_put_in_are_found(story: StoryLog) -> None:
    tamper(story, "DELETE FROM audit_entry WHERE entity_kind = 'worker' AND entity_id = 'nurse'")
    tamper(story, "INSERT INTO audit_entry (entity_kind, entity_id, position) VALUES ('worker', 'ghost', 1)")
    found = {(difference.key[1], difference.kind) for difference in differences(story)}
    assert found == {("nurse", Kind.MISSING), ("ghost", Kind.SURPLUS)}


def test_a_past_belief_that_was_rewritten_is_found(story: StoryLog) -> None:
    tamper(story, f"UPDATE attendance SET believed_to = believed_to - 1 WHERE believed_to < {FOREVER}")
    assert {difference.columns[0] for difference in differences(story)} == {"believed_to"}


def test_only_so_many_differences_of_a_table_are_named(story: StoryLog) -> None:
    tamper(story, "UPDATE audit_entry SET position = position + 1000")
    assert len(differences(story)) == DIFFERENCES_MAX


def test_the_register_of_facts_is_held_against_the_events_stamps(story: StoryLog) -> None:
    run_sql(story.url, "DELETE FROM fact WHERE fact_id = 'shower'")
    run_sql(story.url, "UPDATE fact SET device_id = 'another' WHERE fact_id = 'clean'")
    run_sql(story.url, "UPDATE fact SET position = 1 WHERE fact_id = 'in-bo'")
    run_sql(story.url, "INSERT INTO fact SELECT 'ghost', device_id, digest, position FROM fact WHERE fact_id = 'note'")
    found = differences(story)
    assert {difference.table for difference in found} == {"fact_register"}
    assert [(difference.key[0], difference.kind, *difference.columns) for difference in found] == [
        ("clean", Kind.OTHER, "device_id"),
        ("ghost", Kind.SURPLUS),
        ("in-bo", Kind.OTHER, "position"),
        ("shower", Kind.MISSING),
    ]


def test_what_was_taken_out_of_the_log_moved_or_changed_in_it_is_named_by_position(story: StoryLog) -> None:
    run_sql(story.url, "DELETE FROM event WHERE position = 3")
    run_sql(story.url, "UPDATE event SET recorded_at = recorded_at - 1 WHERE position = 10")
    run_sql(story.url, "UPDATE event SET stream = 'visit/another', version = 1 WHERE position = 20")
    run_sql(story.url, "DELETE FROM statement")
    found = check(story).found
    assert sorted((each.key[0], *each.columns) for each in found if each.table == "event") == [
        (4, "version"),
        (10, "recorded_at"),
        (20, "stream", "version", "state"),
        (21, "version"),
    ]
    assert {each.kind for each in found if each.table == "statement"} == {Kind.MISSING}


def test_read_models_of_another_log_or_of_none_are_said_to_be_so(story: StoryLog) -> None:
    run_sql(story.url, "UPDATE ledger SET epoch = epoch + 1")
    assert {(found.table, found.kind) for found in differences(story)} == {("projection_position", Kind.OTHER)}
    tamper(story, "DELETE FROM projection_position")
    assert {(found.table, found.kind) for found in differences(story)} == {("projection_position", Kind.MISSING)}


def test_progress_rises_to_the_whole(story: StoryLog) -> None:
    told: list[tuple[int, int]] = []
    verify(story.recorder, CODEC, story.engine, lambda *progress: told.append(progress))
    assert told == sorted(told)
    assert told[-1] == (3 * len(STORY), 3 * len(STORY))
