"""One partition, record by record: applied in log order, held until the predecessor is there, complete only when whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from domain.log import LedgerIdentity, StoredRow
from infra import partition_order
from infra.consumed import Consumed, WrongTopicError
from infra.follower import FOLLOWING
from infra.partition_follower import PartitionFollower, RefusedRecordError
from infra.partition_order import TornTopicError
from infra.read_database import open_read_database, writing
from infra.topic_records import COMPLETE, Headers, event_headers, watermark_headers
from projections.facts import Facts
from projections.projection import StaleBatchError, begin
from tests.infra.story_log import CODEC, RECORDED_US, row_of
from tests.projections.folding import contents, fold
from tests.projections.story import STORY

LEDGER = LedgerIdentity("ledger", 1)
FACTS = Facts()


@dataclass(frozen=True)
class Record:
    """A record as Kafka hands it over."""

    offset: int
    headers: Headers
    value: bytes = b"{}"
    key: bytes | None = b"key"
    partition: int = 0


ROWS = [StoredRow(number, *row_of(told), RECORDED_US) for number, told in enumerate(STORY, start=1)]


def event(position: int, offset: int, previous: int | None = None, ledger: LedgerIdentity = LEDGER) -> Record:
    """The event at a position of the story."""
    row = ROWS[position - 1]
    before = position - 1 if previous is None else previous
    return Record(offset, event_headers(ledger, row, "key", before), row.state)


def watermark(position: int, offset: int, previous: int) -> Record:
    return Record(offset, watermark_headers(LEDGER, position, previous), key=None)


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    engine = open_read_database("sqlite://")
    yield engine
    engine.dispose()


@pytest.fixture
def consumed(engine: sa.Engine) -> Consumed:
    consumed = Consumed(FACTS, engine, "events")
    consumed.begin(LEDGER, 1)
    return consumed


@pytest.fixture
def follower(consumed: Consumed) -> PartitionFollower:
    follower = PartitionFollower(consumed, CODEC, 0)
    assert follower.open() == 0
    return follower


def is_folded_through(engine: sa.Engine, position: int) -> bool:
    right = open_read_database("sqlite://")
    fold(right, FACTS, STORY[:position])
    return contents(engine, FACTS) == contents(right, FACTS)


def test_events_out_of_order_are_applied_in_log_order(
    engine: sa.Engine, consumed: Consumed, follower: PartitionFollower
) -> None:
    with capture_logs() as logs:
        follower.take([event(1, 0), event(3, 1), event(4, 2)])
    assert [(line["event"], line["behind"]) for line in logs] == [("records_held", 1)]
    assert is_folded_through(engine, 1)
    assert consumed.places()[0].next_offset == 1  # whoever takes over reads again what is only held here

    follower.take([event(2, 3)])
    assert is_folded_through(engine, 4)
    assert consumed.places()[0].next_offset == 4


def test_a_repeated_event_is_folded_once(engine: sa.Engine, follower: PartitionFollower) -> None:
    follower.take([event(1, 0), event(2, 1), event(1, 2), event(2, 3), event(3, 4)])
    follower.take([event(3, 5)])
    assert is_folded_through(engine, 3)


def test_a_partition_is_complete_as_far_as_the_watermark_only_when_nothing_before_it_is_missing(
    consumed: Consumed, follower: PartitionFollower
) -> None:
    follower.take([event(1, 0), watermark(20, 1, previous=2)])
    assert consumed.complete_through() == 1
    follower.take([event(2, 2)])
    assert consumed.complete_through() == 20


def test_another_member_of_the_group_goes_on_where_this_one_stood_and_fences_it_off(
    engine: sa.Engine, consumed: Consumed, follower: PartitionFollower
) -> None:
    follower.take([event(1, 0)])
    other = PartitionFollower(consumed, CODEC, 0)
    assert other.open() == 1
    other.take([event(2, 1)])
    with pytest.raises(StaleBatchError):
        follower.take([event(2, 1)])
    assert is_folded_through(engine, 2)


def test_a_watermark_does_not_move_a_partition_that_another_member_has_moved(
    consumed: Consumed, follower: PartitionFollower
) -> None:
    follower.take([event(1, 0)])
    other = PartitionFollower(consumed, CODEC, 0)
    other.open()
    other.take([event(2, 1)])
    with pytest.raises(StaleBatchError):
        follower.take([watermark(20, 1, previous=1)])
    assert consumed.complete_through() == 2


@pytest.mark.parametrize(
    ("stray", "why"),
    [
        ([event(2, 1, ledger=LedgerIdentity("other", 1))], "another ledger.*--pass-over 0:1"),
        ([event(2, 1, ledger=LedgerIdentity("ledger", 2))], "later epoch.*consume --restart"),
        ([Record(1, [])], "headers cannot be read.*--pass-over 0:1"),
        ([Record(1, event(2, 1).headers, b'{"forged": true}')], "not what its id was made of.*--pass-over 0:1"),
    ],
)
def test_what_is_before_a_refused_record_is_in_and_nothing_behind_it(
    stray: Sequence[Record], why: str, engine: sa.Engine, consumed: Consumed, follower: PartitionFollower
) -> None:
    with pytest.raises(RefusedRecordError, match=why):
        follower.take([event(1, 0), *stray, event(2, 2), event(3, 3)])
    assert is_folded_through(engine, 1)
    assert consumed.places()[0].next_offset == 1


def test_a_stray_record_behind_one_that_is_held_is_passed_over_when_a_person_says_so(
    engine: sa.Engine, consumed: Consumed, follower: PartitionFollower
) -> None:
    came = [event(1, 0), event(3, 1), Record(2, []), event(2, 3)]
    with pytest.raises(RefusedRecordError, match="--pass-over 0:2"):
        follower.take(came)
    assert consumed.places()[0].next_offset == 1  # before the event that is only held
    assert consumed.pass_over(0, 2)
    assert consumed.pass_over(0, 2)

    again = PartitionFollower(consumed, CODEC, 0)
    again.take(came[again.open() :])
    assert is_folded_through(engine, 3)
    assert consumed.places()[0].next_offset == 4
    assert not consumed.pass_over(0, 2)


def test_an_event_of_the_ledger_is_taken_also_where_its_offset_was_named_by_mistake(
    engine: sa.Engine, consumed: Consumed
) -> None:
    assert consumed.pass_over(0, 1)
    assert consumed.pass_over(0, 2)
    follower = PartitionFollower(consumed, CODEC, 0)
    follower.open()
    follower.take([event(1, 0), event(2, 1)])
    assert is_folded_through(engine, 2)
    with pytest.raises(RefusedRecordError, match="later epoch"):
        follower.take([event(3, 2, ledger=LedgerIdentity("ledger", 2))])


def test_only_records_of_the_topic_that_fills_the_facts_are_passed_over(engine: sa.Engine, consumed: Consumed) -> None:
    assert not consumed.pass_over(1, 0)
    assert not Consumed(FACTS, engine, "other").pass_over(0, 0)
    assert consumed.pass_over(0, 0)
    assert Consumed(FACTS, engine, "other").strays(0) == frozenset()


@pytest.mark.parametrize(
    "act", [Consumed.restart, lambda consumed: consumed.begin(LEDGER, 1)], ids=["restart", "begin"]
)
def test_facts_that_a_server_folds_from_the_log_are_never_emptied(
    act: Callable[[Consumed], None], engine: sa.Engine
) -> None:
    with writing(engine) as db:
        begin(db, FACTS, *LEDGER, status=FOLLOWING)
    fold(engine, FACTS, STORY)
    with pytest.raises(WrongTopicError, match=r"filled from the log itself.*VISITLEDGER_CONSUMED_STORE"):
        act(Consumed(FACTS, engine, "events"))
    assert is_folded_through(engine, len(STORY))


def test_what_was_published_before_the_log_was_put_back_is_passed_over(engine: sa.Engine) -> None:
    consumed = Consumed(FACTS, engine, "events")
    consumed.begin(LedgerIdentity("ledger", 2), 1)
    follower = PartitionFollower(consumed, CODEC, 0)
    follower.open()
    follower.take([event(2, 0), event(1, 1, ledger=LedgerIdentity("ledger", 2))])
    assert is_folded_through(engine, 1)


def test_another_past_of_the_same_epoch_is_seen_by_the_event_that_stands_at_our_place(
    follower: PartitionFollower,
) -> None:
    follower.take([event(1, 0)])
    other = ROWS[1]._replace(position=1)
    with pytest.raises(RefusedRecordError, match="another event than the one taken at its position"):
        follower.take([Record(1, event_headers(LEDGER, other, "key", 0), other.state)])


def test_an_event_that_should_have_come_before_one_that_is_in_stops_the_partition_behind_what_came_first(
    engine: sa.Engine, consumed: Consumed, follower: PartitionFollower
) -> None:
    with pytest.raises(TornTopicError, match="position 4 says that the one before it stands at 1, but 2 came"):
        follower.take([event(1, 0), event(2, 1), event(4, 2, previous=1)])
    assert is_folded_through(engine, 2)
    assert consumed.places()[0].next_offset == 2


def test_so_many_events_wait_for_one_that_is_missing_and_no_more(
    engine: sa.Engine, follower: PartitionFollower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition_order, "HELD_MAX", 2)
    with pytest.raises(TornTopicError, match="2 events wait for the one behind position 1, which is missing"):
        follower.take([event(1, 0), event(3, 1), event(4, 2), event(5, 3)])
    assert is_folded_through(engine, 1)
    follower.take([event(2, 4)])
    assert is_folded_through(engine, 4)


def test_a_record_reads_as_a_cloudevent() -> None:
    headers = dict(event(1, 0).headers)
    assert headers["content-type"] == b"application/json"
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_source"] == b"/visit-ledger/ledger/1"
    assert headers["ce_type"] == ROWS[0].topic.encode()
    assert headers["ce_subject"] == ROWS[0].stream.encode()
    assert headers["ce_time"] == b"2025-03-03T11:06:40.000000Z"
    assert (headers["ce_position"], headers["ce_previous"]) == (b"1", b"0")
    assert dict(watermark(20, 1, 2).headers)["ce_type"] == COMPLETE.encode()
