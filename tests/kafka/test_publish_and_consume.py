"""What goes out to Kafka comes in as the same facts: nothing missing, nothing twice, whoever is killed on the way."""

from structlog.testing import capture_logs

from infra.lease import FileLease
from tests.kafka.broker import KafkaServer
from tests.kafka.outside import Outside, in_a_thread, wait_for
from tests.kafka.processes import consume, consume_and_die, follow, partitions_told, process, publish_and_die
from tests.projections.story import STORY

HALF, LAST = len(STORY) // 2, len(STORY)
DEAD_WITHIN_S = 30


def test_facts_filled_from_the_topic_are_those_folded_from_the_log(outside: Outside) -> None:
    outside.story.append(STORY[:HALF])
    assert outside.publish() == outside.consume() == HALF
    outside.story.append(STORY[HALF:])  # a start goes on where the last one ended
    assert outside.publish() == outside.consume() == LAST
    assert outside.filled() == outside.folded()
    assert outside.filled()["attendance"]


def test_writes_go_on_while_kafka_is_away_and_arrive_when_it_is_back(
    kafka_server: KafkaServer, outside: Outside
) -> None:
    with process(follow, outside.way):
        outside.story.append(STORY[:HALF])
        wait_for(lambda: outside.consumed.complete_through() == HALF)
        kafka_server.stop()
        outside.story.append(STORY[HALF:])
        kafka_server.start()
        wait_for(lambda: outside.consumed.complete_through() == LAST)
    assert outside.filled() == outside.folded()


def test_a_publisher_that_is_killed_sends_its_batch_again_and_nothing_is_folded_twice(outside: Outside) -> None:
    outside.story.append()
    with process(publish_and_die, outside.way) as (child, _):
        child.join(DEAD_WITHIN_S)
        assert child.exitcode == -9
    assert outside.publish() == LAST
    positions = [dict(record.headers)["ce_position"] for record in outside.raw() if record.key is not None]
    assert len(positions) == LAST + 10
    assert len(set(positions)) == LAST
    assert outside.consume() == LAST
    assert outside.filled() == outside.folded()


def test_a_second_publisher_stands_by_and_takes_over_when_the_first_is_gone(outside: Outside) -> None:
    outside.story.append()
    first, second = FileLease(outside.way.lease), outside.publisher()
    assert first.take()
    with capture_logs() as logs, in_a_thread(second):
        wait_for(lambda: bool(logs))
        assert [line["event"] for line in logs] == ["publisher_stands_by"]
        assert second.position == 0
        first.release()
        wait_for(lambda: second.position == LAST)


def test_a_consumer_killed_in_the_middle_of_a_batch_is_followed_by_another(postgres_outside: Outside) -> None:
    outside = postgres_outside
    outside.story.append(STORY[:1])
    assert outside.publish() == outside.consume() == 1
    with process(consume, outside.way) as (_, told):
        assert partitions_told(told) == [0, 1, 2]
        with process(consume_and_die, outside.way) as (victim, _):
            while len(partitions_told(told)) == len([0, 1, 2]):
                pass
            outside.story.append(STORY[1:])
            assert outside.publish() == LAST
            victim.join(DEAD_WITHIN_S)
            assert victim.exitcode == -9
        wait_for(lambda: outside.consumed.complete_through() == LAST)
    assert outside.filled() == outside.folded()
