"""The log behaves the same on SQLite and PostgreSQL: what is appended, and how it is read back."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    InterfaceError,
    PersistenceError,
    ProgrammingError,
)

from domain.log import FactRow, NewFact, NewRow, StoredRow
from infra.recorder import LedgerRecorder
from tests.infra.stores import (
    ARRIVAL,
    CHECKED_IN,
    CHECKED_OUT,
    DEPARTURE,
    OTHER_PLANNED,
    PLANNED,
    UNREADABLE,
    SetClock,
    everything,
    open_recorder,
    opened,
    run_sql,
)

# Appending


def test_events_are_read_back_in_the_order_they_were_appended(recorder: LedgerRecorder) -> None:
    appended = recorder.append([OTHER_PLANNED, PLANNED, CHECKED_IN])

    first, second, third = appended.positions
    assert 0 < first < second < third
    assert recorder.read(0, 10) == [
        StoredRow(first, *OTHER_PLANNED, 1_000),
        StoredRow(second, *PLANNED, 1_000),
        StoredRow(third, *CHECKED_IN, 1_000),
    ]


def test_recorded_at_never_falls_when_the_clock_does(recorder: LedgerRecorder, clock: SetClock) -> None:
    recorder.append([PLANNED])
    clock.now = 400
    late = recorder.append([CHECKED_IN])
    clock.now = 1_700
    with recorder.transaction() as transaction:
        later = transaction.append([CHECKED_OUT])

    assert (late.recorded_at, later.recorded_at) == (1_000, 1_700)
    assert [row.recorded_at for row in recorder.read(0, 10)] == [1_000, 1_000, 1_700]


def test_a_fact_is_registered_with_the_position_of_its_own_event(recorder: LedgerRecorder) -> None:
    appended = recorder.append([PLANNED, CHECKED_IN], [ARRIVAL._replace(event_index=1)])

    assert recorder.facts("", 10) == [FactRow("fact-1", "phone-1", b"\x00digest", appended.positions[1])]


def test_a_taken_version_leaves_nothing_of_its_group(recorder: LedgerRecorder) -> None:
    recorder.append([PLANNED])
    before = everything(recorder)

    with pytest.raises(IntegrityError):
        recorder.append([OTHER_PLANNED, PLANNED], [ARRIVAL], [UNREADABLE])
    assert everything(recorder) == before


@pytest.mark.parametrize("facts", [[ARRIVAL], [DEPARTURE, DEPARTURE]], ids=["taken before", "twice in the group"])
def test_a_taken_fact_id_leaves_nothing_of_its_group(recorder: LedgerRecorder, facts: list[NewFact]) -> None:
    recorder.append([PLANNED], [ARRIVAL])
    before = everything(recorder)

    with pytest.raises(IntegrityError):
        recorder.append([CHECKED_IN], facts, [UNREADABLE])
    assert everything(recorder) == before


@pytest.mark.parametrize("event_index", [-1, 1])
def test_a_fact_of_no_appended_event_is_refused(recorder: LedgerRecorder, event_index: int) -> None:
    with pytest.raises(ProgrammingError):
        recorder.append([PLANNED], [ARRIVAL._replace(event_index=event_index)])
    assert everything(recorder) == ([], [], 0)


@pytest.mark.parametrize(
    "unfit",
    [
        PLANNED._replace(stream="visit/\0"),
        PLANNED._replace(topic="visit.\ud800"),
        PLANNED._replace(version=2**63),
    ],
    ids=["NUL", "lone surrogate", "huge number"],
)
def test_a_value_no_store_can_keep_is_refused_and_not_repeated(recorder: LedgerRecorder, unfit: NewRow) -> None:
    with pytest.raises(DataError) as refusal:
        recorder.append([OTHER_PLANNED, unfit])
    assert "visit" not in str(refusal.value)
    assert everything(recorder) == ([], [], 0)


def test_quarantined_bytes_are_kept_once_and_listed_latest_first(recorder: LedgerRecorder, clock: SetClock) -> None:
    recorder.append([], (), [UNREADABLE])
    clock.now = 2_000
    second = UNREADABLE._replace(quarantine_id="quarantine-2", sealed=b"")
    recorder.append([PLANNED], (), [UNREADABLE._replace(sealed=b"again"), second])

    assert recorder.quarantined(10) == [(*second, 2_000), (*UNREADABLE, 1_000)]
    assert recorder.quarantined(1) == [(*second, 2_000)]


def test_quarantine_alone_does_not_lengthen_the_log(recorder: LedgerRecorder) -> None:
    appended = recorder.append([], (), [UNREADABLE])

    assert appended.positions == []
    assert recorder.head() == (0, 0)


def test_a_position_is_never_given_again_even_when_the_last_event_is_deleted(
    recorder: LedgerRecorder, log_url: str
) -> None:
    first, last = recorder.append([PLANNED, CHECKED_IN]).positions
    run_sql(log_url, f"DELETE FROM event WHERE position = {last}")

    assert recorder.append([CHECKED_IN]).positions[0] > last > first


# Reading


def test_pages_of_the_log_join_without_gap_or_overlap(recorder: LedgerRecorder) -> None:
    rows = [NewRow("visit/1", version, "visit.noted", b"") for version in range(1, 24)]
    positions = [*recorder.append(rows[:9]).positions, *recorder.append(rows[9:]).positions]

    pages, after = list[StoredRow](), 0
    while page := recorder.read(after, 5):
        pages += page
        after = page[-1].position
    assert [row.position for row in pages] == positions


def test_the_log_is_read_by_topic_and_up_to_a_position(recorder: LedgerRecorder) -> None:
    positions = recorder.append([PLANNED, CHECKED_IN, OTHER_PLANNED, CHECKED_OUT]).positions

    planned = recorder.read(0, 10, topics=("visit.planned",))
    assert [row.stream for row in planned] == ["visit/1", "visit/2"]
    both = recorder.read(positions[0], 10, upto=positions[2], topics=["visit.checked_in", "visit.checked_out"])
    assert [row.topic for row in both] == ["visit.checked_in"]
    assert len(recorder.read(0, 10, upto=positions[2])) == 3


def test_many_streams_are_asked_at_once_for_the_event_they_begin_with(recorder: LedgerRecorder) -> None:
    recorder.append([OTHER_PLANNED, PLANNED, CHECKED_IN])
    rows = recorder.read(0, 10)
    firsts = recorder.first_events(["visit/1", "visit/2", "visit/3"])
    assert sorted(firsts) == rows[:2]


def test_a_stream_is_read_as_it_was_at_a_position(recorder: LedgerRecorder) -> None:
    recorder.append([PLANNED])
    middle = recorder.append([CHECKED_IN, OTHER_PLANNED]).positions[-1]
    recorder.append([CHECKED_OUT])

    assert [row.version for row in recorder.read_stream("visit/1")] == [1, 2, 3]
    assert [row.version for row in recorder.read_stream("visit/1", upto_position=middle)] == [1, 2]
    assert recorder.read_stream("visit/3") == []


def test_facts_are_paged_by_the_bytes_of_their_ids(recorder: LedgerRecorder) -> None:
    ids = ["b", "A", "a", "å", "B"]
    recorder.append([PLANNED], [ARRIVAL._replace(fact_id=fact_id) for fact_id in ids])

    assert [fact.fact_id for fact in recorder.facts("", 3)] == ["A", "B", "a"]
    assert [fact.fact_id for fact in recorder.facts("a", 3)] == ["b", "å"]


def test_the_position_of_an_instant_is_the_last_one_recorded_by_then(recorder: LedgerRecorder, clock: SetClock) -> None:
    positions = list[int]()
    for version, clock.now in enumerate((1_000, 1_000, 1_500, 1_500, 1_500, 9_000), start=1):
        with pytest.raises(IntegrityError):  # draws positions and gives them up: a gap, on PostgreSQL
            recorder.append([PLANNED, PLANNED, PLANNED])
        positions += recorder.append([PLANNED._replace(version=version)]).positions

    found = {instant: recorder.position_at(instant) for instant in (-1, 0, 999, 1_000, 1_499, 1_500, 8_999, 9_000)}
    second, fifth = positions[1], positions[4]
    assert found == {-1: 0, 0: 0, 999: 0, 1_000: second, 1_499: second, 1_500: fifth, 8_999: fifth, 9_000: positions[5]}
    assert recorder.position_at(10**17) == positions[5]


def test_an_empty_log_has_no_position_at_any_instant(recorder: LedgerRecorder) -> None:
    assert recorder.head() == (0, 0)
    assert recorder.position_at(10**17) == 0
    assert everything(recorder) == ([], [], 0)


# The life of a log


def test_a_log_is_the_same_one_after_a_restart(recorder: LedgerRecorder, log_url: str, clock: SetClock) -> None:
    recorder.append([PLANNED], [ARRIVAL], [UNREADABLE])
    before, identity, head = everything(recorder), recorder.identity(), recorder.head()
    recorder.close()

    clock.now = 5
    with opened(log_url, clock) as reopened:
        assert everything(reopened) == before
        assert (reopened.identity(), reopened.head()) == (identity, head)
        assert identity.epoch == 1
        assert reopened.append([CHECKED_IN]).recorded_at == 1_000


def test_openers_at_the_same_time_agree_on_one_ledger(log_url: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        recorders = list(threads.map(open_recorder, [log_url] * 6))
    identities = {recorder.identity() for recorder in recorders}
    for recorder in recorders:
        recorder.close()
    assert len(identities) == 1


def test_a_closed_log_says_so(recorder: LedgerRecorder) -> None:
    recorder.close()
    for use in (recorder.head, recorder.identity, lambda: recorder.append([PLANNED]), lambda: recorder.wait(0, 0)):
        with pytest.raises(InterfaceError):
            use()


def test_errors_of_the_driver_are_the_library_s(recorder: LedgerRecorder, log_url: str) -> None:
    run_sql(log_url, "DROP TABLE fact")
    with pytest.raises(PersistenceError):
        recorder.append([PLANNED], [ARRIVAL])
    with pytest.raises(PersistenceError):
        recorder.facts("", 10)
    assert recorder.head() == (0, 0)
