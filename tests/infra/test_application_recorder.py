"""An `Application` of the event library saves to the log, loads from it and follows it, on both stores."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Timer
from typing import cast

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import IntegrityError, ProgrammingError, StoredEvent, Tracking
from eventsourcing.projection import ApplicationSubscription

from domain.log import FactRow, NewFact, StoredRow
from infra.application_recorder import ApplicationLedgerRecorder
from tests.infra.stores import environment


@dataclass(frozen=True)
class Noted:
    """Our events are bare: the library needs no more than these names."""

    originator_id: str
    originator_version: int
    line: str


@dataclass(frozen=True)
class Notes:
    """What a stream of notes amounts to."""

    id: str
    version: int
    lines: tuple[str, ...]


def fold(notes: Notes | None, events: Iterable[DomainEventProtocol[str]]) -> Notes | None:
    for noted in events:
        assert isinstance(noted, Noted)
        before = notes.lines if notes else ()
        notes = Notes(noted.originator_id, noted.originator_version, (*before, noted.line))
    return notes


def notes_of(name: str, *lines: str) -> list[Noted]:
    return [Noted(f"notes/{name}", version, line) for version, line in enumerate(lines, 1)]


class NotesApplication(Application[str]):
    """Saves notes."""


@pytest.fixture
def application(log_url: str) -> Iterator[NotesApplication]:
    with NotesApplication(environment(log_url)) as application, closing(recorder_of(application)):
        yield application


def recorder_of(application: NotesApplication) -> ApplicationLedgerRecorder:
    return cast(ApplicationLedgerRecorder, application.recorder)


def test_a_stream_is_saved_and_loaded(application: NotesApplication) -> None:
    recordings = application.save(*notes_of("a", "one", "two"))

    assert application.repository.get("notes/a", projector_func=fold) == Notes("notes/a", 2, ("one", "two"))
    assert application.repository.get("notes/a", version=1, projector_func=fold) == Notes("notes/a", 1, ("one",))
    assert "notes/b" not in application.repository
    positions = [row.position for row in recorder_of(application).read_stream("notes/a")]
    assert [recording.notification.id for recording in recordings] == positions


def test_facts_are_registered_in_the_same_save(application: NotesApplication) -> None:
    recordings = application.save(*notes_of("a", "one", "two"), facts=[NewFact("fact-1", "phone-1", b"digest", 1)])

    position = recordings[1].notification.id
    assert recorder_of(application).facts("", 10) == [FactRow("fact-1", "phone-1", b"digest", position)]
    with pytest.raises(IntegrityError):
        application.save(*notes_of("b", "one"), facts=[NewFact("fact-1", "phone-2", b"digest", 0)])
    assert recorder_of(application).read_stream("notes/b") == []


def test_the_second_of_two_savers_meets_a_conflict(application: NotesApplication) -> None:
    application.save(*notes_of("a", "mine"))
    with pytest.raises(IntegrityError):
        application.save(*notes_of("a", "theirs"))


def test_a_stream_is_selected_by_version(application: NotesApplication) -> None:
    application.save(*notes_of("a", "one", "two", "three", "four"))
    recorder = recorder_of(application)

    between = recorder.select_events("notes/a", gt=1, lte=3)
    assert [stored.originator_version for stored in between] == [2, 3]
    last = recorder.select_events("notes/a", desc=True, limit=2)
    assert [stored.originator_version for stored in last] == [4, 3]


def test_notifications_are_selected_from_a_start_that_counts_or_not(application: NotesApplication) -> None:
    recorder = recorder_of(application)
    assert recorder.max_notification_id() is None
    application.save(*notes_of("a", "one", "two", "three", "four"))
    first, second, third, last = (row.position for row in recorder.read(0, 10))

    def ids(start: int | None, *, stop: int | None = None, inclusive_of_start: bool = True) -> list[int]:
        selected = recorder.select_notifications(start, 10, stop, inclusive_of_start=inclusive_of_start)
        return [notification.id for notification in selected]

    assert ids(None) == [first, second, third, last]
    assert ids(second, stop=third) == [second, third]
    assert ids(second, inclusive_of_start=False) == [third, last]
    assert recorder.max_notification_id() == last
    assert [item.id for item in application.notification_log.select(second, 2)] == [second, third]


def test_a_subscription_gives_what_is_there_and_then_what_comes(application: NotesApplication) -> None:
    application.save(*notes_of("a", "one", "two"))
    with ApplicationSubscription(application) as subscription:
        seen = [next(subscription)[1].notification_id for _ in range(2)]
        later = Timer(0.1, application.save, notes_of("b", "one"))
        later.start()
        seen.append(next(subscription)[1].notification_id)
        later.join()
    assert seen == [row.position for row in recorder_of(application).read(0, 10)]


def test_a_subscription_passes_over_other_topics_across_pages(application: NotesApplication) -> None:
    recorder = recorder_of(application)
    topics = ["noise"] * 700 + ["wanted"] + ["noise"] * 700 + ["wanted"]
    recorder.insert_events([StoredEvent("notes/a", version, topic, b"") for version, topic in enumerate(topics, 1)])
    with recorder.subscribe(gt=5, topics=["wanted"]) as subscription:
        assert [next(subscription).originator_version for _ in range(2)] == [701, 1402]


def test_a_subscription_without_news_of_its_topics_rests(
    application: NotesApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder, reads = recorder_of(application), Counter[str]()
    topics = ["wanted", "noise", "noise"]
    recorder.insert_events([StoredEvent("notes/a", version, topic, b"") for version, topic in enumerate(topics, 1)])
    read = recorder.read

    def counted(*page: int, upto: int | None = None, topics: Sequence[str] = ()) -> list[StoredRow]:
        reads["reads"] += 1
        return read(*page, upto=upto, topics=topics)

    monkeypatch.setattr(recorder, "read", counted)
    with recorder.subscribe(topics=["wanted"]) as subscription:
        Timer(0.3, subscription.stop).start()
        assert len(list(subscription)) == 1
    assert reads["reads"] == 1


def test_a_subscription_reads_page_after_page_of_all_topics(application: NotesApplication) -> None:
    recorder = recorder_of(application)
    recorder.insert_events([StoredEvent("notes/a", version, "noted", b"") for version in range(1, 1_202)])
    with recorder.subscribe() as subscription:
        assert [next(subscription).originator_version for _ in range(1_201)] == list(range(1, 1_202))


def test_a_subscription_ends_when_it_is_stopped(application: NotesApplication) -> None:
    with recorder_of(application).subscribe() as subscription:
        Timer(0.05, subscription.stop).start()
        assert list(subscription) == []


def test_a_tracking_record_is_refused_rather_than_dropped(application: NotesApplication) -> None:
    with pytest.raises(ProgrammingError):
        recorder_of(application).insert_events([], tracking=Tracking("upstream", 7))
