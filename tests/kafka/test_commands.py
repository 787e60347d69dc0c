"""`visitledger publish` and `visitledger consume` over the demo: what goes out is sealed, and all of it comes in."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.bootstrap import build
from api.cli import app
from api.demo.clock import DemoClock
from api.demo.loading import run_demo
from api.demo.municipality import make_municipality
from api.demo.names import STREETS, SURNAMES
from api.demo.scope import Scope
from infra.settings import Settings
from tests.infra.releases import lay_out
from tests.kafka.broker import KafkaServer
from tests.kafka.outside import PARTITIONS, Outside, Way
from tests.unchanged_logs import unchanged_logs


def visitledger(*arguments: str) -> tuple[int, str]:
    """What a command ends with, and the last line it prints."""
    with unchanged_logs():
        done = CliRunner().invoke(app, [*arguments])
    return done.exit_code, done.output.strip().splitlines()[-1]


@pytest.fixture
def demo(kafka_server: KafkaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """Two days of a very small municipality in a data folder that the command line is told of."""
    house = build(Settings(data_dir=tmp_path), clock=DemoClock())
    house.start()
    run_demo(house, make_municipality(Scope(clients=6, days=2)))
    house.close()
    topic = kafka_server.fresh_topic()
    for name, value in {"DATA": str(tmp_path), "KAFKA": kafka_server.address, "KAFKA_TOPIC": topic}.items():
        monkeypatch.setenv(f"VISITLEDGER_{name}", value)
    log_url, consumed_url = f"sqlite:///{tmp_path / 'ledger.db'}", f"sqlite:///{tmp_path / 'consumed.db'}"
    with closing(Outside(Way(kafka_server.address, topic, log_url, consumed_url, tmp_path / "unused.lock"))) as outside:
        yield outside


def test_the_demo_goes_out_sealed_and_comes_in_whole(demo: Outside) -> None:
    last = demo.story.recorder.head()[0]
    assert visitledger("publish", "--once", "--partitions", str(PARTITIONS)) == (
        0,
        f"Published through position {last}.",
    )
    assert visitledger("consume", "--once") == (0, f"Complete through position {last}.")
    assert demo.filled() == demo.folded()

    records = demo.raw()
    assert len({record.partition for record in records if record.key is not None}) == PARTITIONS
    outside = b"\n".join(repr((record.key, record.value, record.headers)).encode() for record in records)
    assert b"visit.checked_in" in outside
    assert [
        word
        for word in (*SURNAMES, *STREETS)
        if word.encode() in outside or repr(word.encode())[2:-1].encode() in outside
    ] == []


def test_without_a_kafka_the_commands_say_which_setting_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISITLEDGER_DATA", str(tmp_path))
    for command in ("publish", "consume"):
        status, said = visitledger(command)
        assert status == 2
        assert "VISITLEDGER_KAFKA names no Kafka" in said


@pytest.mark.parametrize("command", ["publish", "consume"])
def test_the_tables_of_an_earlier_release_are_migrated_first(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out("0.1.0", tmp_path)
    (tmp_path / "read.db").rename(tmp_path / "consumed.db")
    monkeypatch.setenv("VISITLEDGER_DATA", str(tmp_path))
    monkeypatch.setenv("VISITLEDGER_KAFKA", "127.0.0.1:9")
    status, said = visitledger(command)
    assert (status, said.partition("run: ")[2]) == (2, "visitledger migrate")


def test_a_record_that_the_facts_do_not_stand_before_cannot_be_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISITLEDGER_DATA", str(tmp_path))
    monkeypatch.setenv("VISITLEDGER_KAFKA", "127.0.0.1:9")
    assert visitledger("consume", "--pass-over", "0:7") == (
        2,
        "The facts do not stand before that record. Nothing was passed over.",
    )
