"""An event told to a person."""

import string
from datetime import UTC, datetime

import pytest

from api.sentences import SENTENCES
from api.story import Storyteller
from domain.event import DomainEvent, RecordedEvent
from domain.ids import ClientId, FactId, PersonId, StreamId, WorkerId
from domain.ports import ERASED, Erased, Sealed
from domain.topics import EVENT_CLASSES
from domain.values import ReasonCode
from domain.visit.events import AttendanceValues, VisitAttendanceCorrected

ANNA = WorkerId("anna")


class Openers:
    """Opens every envelope to one text, or finds the key gone."""

    def __init__(self, clear: str | Erased) -> None:
        self._clear = clear

    def open(self, envelope: Sealed, *, place: str) -> str | Erased:
        assert (envelope, place) == ("sealed", "visit/1@5#visit.attendance_corrected#note")
        return self._clear


def recorded() -> RecordedEvent:
    def at(hour: int, minute: int) -> datetime:
        return datetime(2026, 10, 5, hour, minute, tzinfo=UTC)

    return RecordedEvent(
        99,
        at(12, 0),
        VisitAttendanceCorrected(
            originator_id=StreamId("visit/1"),
            originator_version=5,
            actor="coordinator/eva",
            departure_fact_id=FactId("departure"),
            was=AttendanceValues(worker_id=ANNA, client_ids=(ClientId("karin"),), arrived_at=at(6, 0)),
            becomes=AttendanceValues(worker_id=ANNA, arrived_at=at(6, 0), departed_at=at(6, 25)),
            reason_codes=(ReasonCode.FORGOT_DEPARTURE,),
            person_id=PersonId("karin"),
            note=Sealed("sealed"),
        ),
    )


@pytest.mark.parametrize("event_class", EVENT_CLASSES, ids=lambda event_class: event_class.TOPIC)
def test_every_kind_of_event_has_a_sentence_in_both_languages_of_fields_it_has(event_class: type[DomainEvent]) -> None:
    for sentence in SENTENCES[event_class.TOPIC]:
        named = {field for _, field, _, _ in string.Formatter().parse(sentence) if field}
        assert named <= set(event_class.__struct_fields__)


def test_a_correction_is_told_with_both_values_in_local_time() -> None:
    told = Storyteller("en", "Europe/Stockholm").tell(recorded())
    assert told.text == (
        "Attendance corrected from 2026-10-05 08:00-? to 2026-10-05 08:00-08:25, because FORGOT_DEPARTURE. (sealed)"
    )
    assert (told.actor, told.position, told.reason_codes) == ("coordinator/eva", 99, ("FORGOT_DEPARTURE",))


def test_the_same_is_told_in_swedish() -> None:
    assert (
        Storyteller("sv", "Europe/Stockholm").tell(recorded()).text.startswith("Närvaro rättad från 2026-10-05 08:00")
    )


def test_a_note_is_shown_where_somebody_may_open_it() -> None:
    told = Storyteller("en", "Europe/Stockholm", Openers("Anna glömde checka ut")).tell(recorded())
    assert told.text.endswith("“Anna glömde checka ut”")


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("left\n2026-10-05 Approved by eva", "left 2026-10-05 Approved by eva"),
        ("one\t\ttwo\u2028three", "one two three"),
        ("\u202eevas\u202c \u2067x\u2069 \u200fy", "evas x y"),
    ],
)
def test_row_42_a_note_is_shown_on_one_line_and_turns_no_writing_around(note: str, shown: str) -> None:
    told = Storyteller("en", "Europe/Stockholm", Openers(note)).tell(recorded())
    assert told.text.endswith(f"“{shown}”")


def test_a_note_whose_key_is_gone_is_said_to_be_erased() -> None:
    assert Storyteller("en", "Europe/Stockholm", Openers(ERASED)).tell(recorded()).text.endswith("(erased)")
