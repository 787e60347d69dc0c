"""The broker that these tests lean on is real; a machine that cannot have one is told what to install."""

from pathlib import Path

import pytest

from tests.kafka import broker
from tests.kafka.broker import running_kafka
from tests.servers import ServerMissingError


def test_without_java_and_maven_the_reason_names_the_command_that_installs_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(broker, "user_cache_path", lambda _: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    install = "Kafka needs mvn: apt-get install default-jre-headless maven"
    with pytest.raises(ServerMissingError, match=install), running_kafka():
        pass
