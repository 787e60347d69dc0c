"""The demo municipality: made from a seed, sent as phones and offices send, and the same whatever order it comes in."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.bootstrap import House, build
from api.demo.clock import DemoClock
from api.demo.disorder import Disorder
from api.demo.examples import examples
from api.demo.loading import DemoClockMissingError, DemoTooEarlyError, run_demo
from api.demo.municipality import make_municipality, personal_texts
from api.demo.scope import Scope
from api.demo.summary import DemoRefusedError
from domain.context import Context, context_of
from domain.detectors.hour import moment_of
from domain.event import RecordedEvent, personal_fields
from domain.evidence import DeviceContact
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import find_exceptions
from domain.ids import VisitId, stream_of
from domain.performed_time import performed_time
from domain.ports import Sealed
from domain.rulebook.rulebook import DEFAULT_RULEBOOK
from domain.visit.events import VisitAttendanceCorrected
from infra.settings import Settings
from projections.fact_reader import FactReader
from projections.fact_tables import FACT_TABLES
from tests.api.demo_house import LATER, SMALL, Loaded, load

pytestmark = pytest.mark.domain

EVENTS_PER_PAGE = 5_000
LATENESS = {ExceptionCode.LATE_SYNC, ExceptionCode.SILENT}
"""What the order of arrival may change: how long the ledger had not heard."""
OF_THE_LOG = {"position", "delay_s", "km_from_previous", "previous_fact_id"}
"""Columns that say where in the log something stands, when it was recorded, or what was at hand then."""
PLACE_OF_APPROVAL = re.compile(r"approval@\d+")
"""An approval is named by its position."""


# What becomes of it in the ledger.


def test_every_fact_and_every_decision_is_taken(demo: Loaded) -> None:
    summary = demo.summary
    assert summary.position == demo.house.log.head()[0]
    assert summary.facts["visit"] > 500
    assert summary.facts["worker"] > 100
    assert summary.facts_known > 0
    assert set(summary.decisions) == {"client", "device", "order", "organisation", "visit", "worker"}


def test_one_seed_gives_the_same_events_in_the_same_order(demo: Loaded, scope: Scope, tmp_path: Path) -> None:
    with load(tmp_path, scope) as again:
        assert again.summary.position == demo.summary.position
        told = zip(opened_events(again.house), opened_events(demo.house), strict=True)
        assert next(((one, other) for one, other in told if one != other), None) is None


@pytest.fixture(scope="module")
def mixed_up(tmp_path_factory: pytest.TempPathFactory, scope: Scope) -> Iterator[Loaded]:
    """The same, all syncs sent twice and shuffled."""
    with load(tmp_path_factory.mktemp("mixed"), scope, disorder=Disorder(seed=3)) as loaded:
        yield loaded


def test_syncs_twice_and_shuffled_come_to_the_same_facts(demo: Loaded, mixed_up: Loaded) -> None:
    assert mixed_up.summary.syncs == 2 * demo.summary.syncs
    assert mixed_up.summary.facts == demo.summary.facts
    for fact_class in FACT_TABLES.keys() - {DeviceContact}:
        assert believed_facts(mixed_up.house, fact_class) == believed_facts(demo.house, fact_class), fact_class


def test_syncs_twice_and_shuffled_come_to_the_same_minutes(demo: Loaded, mixed_up: Loaded) -> None:
    told = performed(demo.house)
    assert len(told) > 200
    assert performed(mixed_up.house) == told


def test_syncs_twice_and_shuffled_leave_the_same_exceptions_but_for_lateness(demo: Loaded, mixed_up: Loaded) -> None:
    told = exceptions(demo.house)
    assert len({row["code"] for row in told}) >= 5
    assert exceptions(mixed_up.house) == told


def test_approvals_are_of_what_the_ledger_says_and_some_visits_stay_open(demo: Loaded) -> None:
    with demo.house.read_database.connect() as db:
        visits = FactReader(db, demo.summary.position).visits()
    attended = [visit for visit in visits if visit.attendances]
    approved = [visit for visit in attended if len([each for each in visit.approvals if each.stands]) == 2]
    assert 0.8 <= len(approved) / len(attended) <= 0.97
    assert all({each.actor for each in visit.approvals} for visit in approved)


def test_no_file_of_the_ledger_holds_a_name_a_number_or_an_address(demo: Loaded, scope: Scope) -> None:
    personal = [text.encode() for text in personal_texts(make_municipality(scope))]
    files = [path for path in demo.house.settings.data_dir.rglob("*") if path.is_file()]
    assert any(b"visit.checked_in" in path.read_bytes() for path in files)
    assert [text for path in files for held in [path.read_bytes()] for text in personal if text in held] == []


def test_the_examples_are_the_same_every_time_and_what_they_are_said_to_be(demo: Loaded, scope: Scope) -> None:
    shown = examples(scope)
    assert examples(scope) == shown
    assert shown.visits.items() <= demo.summary.examples.items()
    corrected = events_of_visit(demo.house, shown.visits["forgot_departure"])
    assert any(isinstance(each.event, VisitAttendanceCorrected) for each in corrected)


# When it cannot be told.


def test_a_month_that_is_not_over_is_refused(tmp_path: Path) -> None:
    house = build(Settings(data_dir=tmp_path), clock=DemoClock(real=lambda: datetime(2025, 10, 10, tzinfo=UTC)))
    house.writer.start()
    with pytest.raises(DemoTooEarlyError, match=str(date(2025, 10, 14))):
        run_demo(house, make_municipality(SMALL))
    assert house.log.head()[0] == 0
    house.close()


def test_a_house_without_a_clock_that_can_stand_is_refused(tmp_path: Path) -> None:
    house = build(Settings(data_dir=tmp_path))
    with pytest.raises(DemoClockMissingError):
        run_demo(house, make_municipality(SMALL))
    house.close()


def test_after_the_load_the_clock_is_the_real_one(demo: Loaded) -> None:
    assert demo.house.clock() == LATER


def test_a_ledger_that_holds_the_demo_already_refuses_it(demo: Loaded, scope: Scope) -> None:
    with pytest.raises(DemoRefusedError, match="already"):
        run_demo(demo.house, make_municipality(scope))


# Looking into a house.


def opened_events(house: House) -> Iterator[tuple[int, str, object]]:
    """The whole log, opened, page by page: a month of the whole municipality does not fit into memory twice."""
    after = 0
    while rows := house.log.read(after, EVENTS_PER_PAGE):
        yield from (opened(house, recorded) for recorded in house.codec.decode_rows(rows))
        after = rows[-1].position


def events_of_visit(house: House, visit_id: VisitId) -> list[RecordedEvent]:
    """One visit's history."""
    return house.codec.decode_rows(house.log.read_stream(stream_of("visit", visit_id)))


def opened(house: House, recorded: RecordedEvent) -> tuple[int, str, object]:
    """An event with its sealed fields in clear, without what each ledger draws for itself: the key of its digests."""
    event = recorded.event
    fields = msgspec.to_builtins(event)
    for name in personal_fields(type(event)):
        envelope: Sealed | None = getattr(event, name)
        if envelope is not None:
            fields[name] = house.sealing.open(envelope, place=event.place_of(name))
    if event.stamp is not None:
        fields["stamp"].pop("digest")
    return recorded.position, event.TOPIC, fields


def believed_facts(house: House, fact_class: type[Any]) -> list[dict[str, Any]]:
    """What is believed now, without places in the log and recording times."""
    with house.read_database.connect() as db:
        facts = FactReader(db, house.log.head()[0]).facts(fact_class)
    return [{k: v for k, v in msgspec.structs.asdict(fact).items() if k not in OF_THE_LOG} for fact in facts]


def performed(house: House) -> list[object]:
    """Every row of performed time."""
    with house.read_database.connect() as db:
        facts = FactReader(db, house.log.head()[0])
        rows = performed_time(facts.visits(), context=context(facts), rulebook=DEFAULT_RULEBOOK)
    return sorted((msgspec.to_builtins(row) for row in rows), key=str)


def exceptions(house: House) -> list[dict[str, Any]]:
    """Every exception there is at the end, but for those about lateness."""
    with house.read_database.connect() as db:
        facts = FactReader(db, house.log.head()[0])
        found = find_exceptions(
            facts.visits(),
            context=context(facts),
            rulebook=DEFAULT_RULEBOOK,
            moment=moment_of(LATER, facts.device_contacts()),
            need_changes=facts.need_changes(),
            quarantined=facts.quarantined(),
        )
    rows = [msgspec.to_builtins(each) for each in found if each.code not in LATENESS]
    for row in rows:
        row["fact_ids"] = [PLACE_OF_APPROVAL.sub("approval", fact_id) for fact_id in row["fact_ids"]]
    return sorted(rows, key=str)


def context(facts: FactReader) -> Context:
    """What calculations look up."""
    return context_of(
        people=facts.people(),
        memberships=facts.memberships(),
        order_lines=facts.orders(),
        time_frames=facts.time_frames(),
        services=facts.services_defined(),
        units=facts.units(),
        providers=facts.providers(),
        absences=facts.absences(),
    )
