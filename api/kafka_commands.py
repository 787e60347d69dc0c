"""`visitledger publish` and `visitledger consume`: the log out to Kafka, and facts filled from there.

Neither opens a key: what is sealed goes out and comes in sealed. Kafka's client is imported only when one of them runs.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.opening import DataOption, errors
from api.operating import progress_bar
from infra.codec import UnknownEventError
from infra.consumed import Consumed, WrongTopicError
from infra.event_codec import event_codec
from infra.event_store import open_log
from infra.follower import ReplacedError
from infra.lease import lease_of
from infra.logs import configure_logs
from infra.partition_follower import RefusedRecordError
from infra.partition_order import TornTopicError
from infra.published import PublisherRefusedError
from infra.read_database import open_read_database
from infra.schema import SchemaError
from infra.setting_values import SettingError
from infra.settings import PARTITIONS, Settings
from projections.facts import Facts

REFUSALS = (
    SettingError,
    SchemaError,
    PublisherRefusedError,
    WrongTopicError,
    RefusedRecordError,
    TornTopicError,
    ReplacedError,
    UnknownEventError,
)
"""What a person must look at; each says at what."""
PASS_OVER = "PARTITION:OFFSET"

OnceOption = Annotated[bool, typer.Option("--once", help="End when there is no more, instead of waiting for more.")]


def publish(
    once: OnceOption = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Publish the whole log again, as after a restore.")
    ] = False,
    partitions: Annotated[int, typer.Option(min=1, max=1000, help="Of the topic, where it is made now.")] = PARTITIONS,
    data: DataOption = None,
) -> None:
    """Publish the log to a Kafka topic, and go on with every new event. A second one stands by."""
    from infra.kafka_client import Broker
    from infra.kafka_publisher import Publisher

    with _asked(data) as settings, ExitStack() as stack:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        log = stack.enter_context(closing(open_log(settings)))
        engine = open_read_database(settings.read_url)
        stack.callback(engine.dispose)
        broker, lease = Broker(settings.kafka), lease_of(engine, "publish")
        publisher = Publisher(log, event_codec(), engine, broker, settings.kafka_topic, lease, partitions=partitions)
        if restart:
            publisher.forget()
        with progress_bar("publishing") as step, _until_interrupted():
            publisher.run(step, once=once)
        typer.echo(f"Published through position {publisher.position}.")


def consume(
    once: OnceOption = False,
    restart: Annotated[bool, typer.Option("--restart", help="Empty the facts and fill them anew.")] = False,
    pass_over: Annotated[str, typer.Option(metavar=PASS_OVER, help="Go on behind a record that was refused.")] = "",
    data: DataOption = None,
) -> None:
    """Fill a database of facts from a Kafka topic, as one of a group. It needs neither the log nor its keys."""
    from infra.kafka_client import Broker
    from infra.kafka_consumer import TopicConsumer

    with _asked(data) as settings, ExitStack() as stack:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        engine = open_read_database(settings.consumed_url)
        stack.callback(engine.dispose)
        consumed = Consumed(Facts(), engine, settings.kafka_topic)
        if restart:
            consumed.restart()
        if pass_over and not consumed.pass_over(*_record_named(pass_over)):
            errors.print("[red]The facts do not stand before that record.[/] Nothing was passed over.")
            raise typer.Exit(2)
        consumer = TopicConsumer(Broker(settings.kafka), consumed, event_codec(), settings.kafka_group)
        with progress_bar("filling") as step, _until_interrupted():
            consumer.run(step, once=once)
        typer.echo(f"Complete through position {consumed.complete_through()}.")


@contextmanager
def _asked(data: Path | None) -> Iterator[Settings]:
    """The settings. Says what is wrong, with them or with the topic, and ends with 2."""
    try:
        settings = Settings.from_environment()
        configure_logs(settings.log_level)
        if not settings.kafka:
            raise SettingError("VISITLEDGER_KAFKA names no Kafka. It takes host:port, or several with commas between.")
        yield settings if data is None else replace(settings, data_dir=data)
    except REFUSALS as error:
        errors.print(f"[red]Refused:[/] {error}")
        raise typer.Exit(2) from None


@contextmanager
def _until_interrupted() -> Iterator[None]:
    """Being interrupted is how following ends; whoever is killed goes on from the same place."""
    try:
        yield
    except KeyboardInterrupt:
        return


def _record_named(text: str) -> tuple[int, int]:
    partition, colon, offset = text.partition(":")
    if not (colon and partition.isdecimal() and offset.isdecimal()):
        raise typer.BadParameter(f"takes {PASS_OVER}, as the refusal named it", param_hint="--pass-over")
    return int(partition), int(offset)
