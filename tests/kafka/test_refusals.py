"""What is not of this log, or not of its present, is not folded: the refusal says where it stands and what to do."""

from contextlib import closing

import kafka
import pytest
from structlog.testing import capture_logs

from domain.log import LedgerIdentity
from infra.partition_follower import RefusedRecordError
from infra.published import Published, PublisherRefusedError
from tests.infra.stores import SQLITE, run_sql
from tests.kafka.outside import PARTITIONS, Outside, in_a_thread, wait_for
from tests.projections.story import STORY

LAST = len(STORY)


def test_another_ledgers_records_are_refused_and_can_be_passed_over_one_by_one(outside: Outside) -> None:
    outside.story.append()
    assert outside.publish() == outside.consume() == LAST
    other = Outside(
        outside.way._replace(log_url=f"{outside.way.log_url}.other", lease=outside.way.lease.parent / "other")
    )
    other.story.append(STORY[:1])
    with pytest.raises(PublisherRefusedError, match="another ledger"):
        other.publish()
    Published(other.way.topic, other.story.engine).open(other.story.recorder, PARTITIONS, lambda: None)
    other.publish()  # as one that began when the topic was empty
    with pytest.raises(RefusedRecordError, match=r"offset (\d+) of partition (\d) is of another ledger") as refused:
        outside.consume()
    assert outside.filled() == outside.folded()
    where = str(refused.value).partition("--pass-over ")[2].partition("`")[0]
    partition, offset = map(int, where.split(":"))
    assert outside.consumed.places()[partition].next_offset == offset
    assert outside.consumed.pass_over(partition, offset)
    with pytest.raises(RefusedRecordError, match="is of another ledger") as refused:
        outside.consume()
    assert f"--pass-over {where}`" not in str(refused.value)
    other.close()


def test_a_consumer_that_is_told_of_no_topic_waits_for_it_whatever_it_had_from_there(outside: Outside) -> None:
    outside.consumed.begin(LedgerIdentity("ledger", 1), PARTITIONS)
    with capture_logs() as logs, in_a_thread(outside.consumer()):
        wait_for(lambda: bool(logs))
    assert {(line["event"], line["why"]) for line in logs} == {("consumer_waits", "NothingPublishedError")}


def test_a_log_put_back_to_an_earlier_state_is_published_anew_and_followed_only_on_order(outside: Outside) -> None:
    outside.story.append()
    assert outside.publish() == outside.consume() == LAST
    run_sql(outside.way.log_url, f"DELETE FROM event WHERE position > {LAST // 2}")
    run_sql(outside.way.log_url, "UPDATE ledger SET epoch = epoch + 1")
    with closing(Outside(outside.way)) as again:
        with pytest.raises(PublisherRefusedError, match=r"publish --restart"):
            again.publish()
        again.publisher().forget()
        assert again.publish() == LAST // 2
    with pytest.raises(RefusedRecordError, match=r"later epoch .* consume --restart"):
        outside.consume()
    assert outside.consumed.complete_through() == LAST

    outside.consumed.restart()
    assert outside.consume() == LAST // 2
    assert outside.filled() == outside.folded()


def test_a_topic_with_other_partitions_than_before_is_refused(outside: Outside) -> None:
    assert outside.way.log_url.startswith(SQLITE)
    outside.story.append()
    outside.publish()
    with closing(kafka.KafkaAdminClient(bootstrap_servers=outside.way.address)) as admin:
        admin.create_partitions({outside.way.topic: 4})
    with pytest.raises(PublisherRefusedError, match="4 partitions but was published to with 3"):
        outside.publish()
