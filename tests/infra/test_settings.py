"""What the settings of Kafka take, and what they say of anything else."""

import pytest

from infra.setting_values import SettingError
from infra.settings import Settings

STORE = "postgresql://ledger@db/ledger"


def of(**environment: str) -> Settings:
    """The settings of an environment."""
    return Settings.from_environment({f"VISITLEDGER_{name}": value for name, value in environment.items()})


def test_there_is_no_kafka_unless_one_is_named() -> None:
    assert of().kafka == ""
    assert of(KAFKA="one:9092,[::1]:9093").kafka == "one:9092,[::1]:9093"


def test_postgresql_goes_by_either_of_its_names() -> None:
    settings = of(STORE="postgres://ledger@db/ledger", CONSUMED_STORE="postgres://ledger@db/facts")
    assert (settings.log_url, settings.read_url) == ("postgresql://ledger@db/ledger",) * 2
    assert settings.consumed_url == "postgresql://ledger@db/facts"


def test_facts_filled_from_a_topic_never_share_a_database_with_the_read_models() -> None:
    assert of().consumed_url == "sqlite:///var/consumed.db"
    assert of(CONSUMED_STORE="postgresql://ledger@db/facts", STORE=STORE).consumed_url == "postgresql://ledger@db/facts"
    with pytest.raises(SettingError, match="another database than VISITLEDGER_STORE"):
        of(CONSUMED_STORE=STORE, STORE=STORE)
    with pytest.raises(SettingError, match="another database than VISITLEDGER_STORE"):
        of(CONSUMED_STORE=STORE.replace("postgresql:", "postgres:"), STORE=STORE)


@pytest.mark.parametrize(
    ("name", "value", "takes"),
    [
        ("KAFKA", "one", "takes host:port"),
        ("KAFKA", "one:9092,", "takes host:port"),
        ("KAFKA_TOPIC", "a topic", "takes up to 249"),
        ("KAFKA_TOPIC", "", "takes up to 249"),
        ("CONSUMED_STORE", "facts.db", "takes postgresql://"),
    ],
)
def test_a_setting_that_cannot_be_used_says_what_it_takes(name: str, value: str, takes: str) -> None:
    with pytest.raises(SettingError, match=takes):
        of(**{name: value})


def test_an_identity_provider_may_be_one_of_several_on_its_host() -> None:
    named = {"VISITLEDGER_ISSUER": "https://id.example/realms/care", "VISITLEDGER_AUDIENCE": "ledger"}
    assert Settings.from_environment(named).issuer == "https://id.example/realms/care"
