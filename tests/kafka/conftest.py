"""A broker for the whole run; an empty log, and a topic of each test's own."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.infra.stores import SQLITE
from tests.kafka.broker import KafkaServer, running_kafka
from tests.kafka.outside import Outside, Way
from tests.servers import PostgresServer, ServerMissingError


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """Kafka, started once for the whole run."""
    try:
        with running_kafka() as server:
            yield server
    except ServerMissingError as error:
        pytest.skip(str(error))


@pytest.fixture
def outside(kafka_server: KafkaServer, tmp_path: Path) -> Iterator[Outside]:
    """An empty log and a topic that is not there yet, on SQLite."""
    log_url, consumed_url = f"{SQLITE}{tmp_path / 'ledger.db'}", f"{SQLITE}{tmp_path / 'consumed.db'}"
    way = Way(kafka_server.address, kafka_server.fresh_topic(), log_url, consumed_url, tmp_path / "publish.lock")
    with closing(Outside(way)) as outside:
        yield outside


@pytest.fixture
def postgres_outside(kafka_server: KafkaServer, postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Outside]:
    """The same on PostgreSQL: the log's database, and another for what is filled."""
    with postgres_server.fresh_database() as log_url, postgres_server.fresh_database() as consumed_url:
        way = Way(kafka_server.address, kafka_server.fresh_topic(), log_url, consumed_url, tmp_path / "publish.lock")
        with closing(Outside(way)) as outside:
            yield outside
