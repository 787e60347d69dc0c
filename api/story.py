"""An event told to a person: what happened, in a sentence, with old and new values. Swedish and English.

One table of sentences serves the replay on the command line, the audit trail and the auditor's page. Personal values
appear only where an opener is handed in; an erased one is said to be erased.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from api.sentences import SENTENCES
from domain.event import DomainEvent, RecordedEvent, personal_fields
from domain.ports import Erased, Opener
from domain.rulebook.rulebook import Rulebook
from domain.visit.events import AttendanceValues, ServiceValues

Language = Literal["sv", "en"]
HIDDEN = frozenset({"originator_id", "originator_version", "actor", "stamp", "clock", "position", "unrecognised"})
"""Fields that are told elsewhere, or that say nothing to a person."""
_BREAKS = re.compile("[\t\n\u2028\u2029]+")
_TURNS_WRITING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a story. Instants are aware and UTC; `text` shows them in local time."""

    position: int
    version: int
    topic: str
    text: str
    actor: str
    occurred_at: datetime | None
    recorded_at: datetime
    device_id: str
    reason_codes: tuple[str, ...]


class Storyteller:
    """Tells events in one language and time zone."""

    def __init__(self, language: Language, zone: str, opener: Opener | None = None) -> None:
        self._column = 1 if language == "sv" else 0
        self._zone, self._opener = ZoneInfo(zone), opener
        self._erased, self._sealed = ("(raderat)", "(förseglat)") if self._column else ("(erased)", "(sealed)")

    def tell(self, recorded: RecordedEvent) -> Told:
        """Tell one event."""
        event = recorded.event
        stamp = event.stamp
        return Told(
            position=recorded.position,
            version=event.originator_version,
            topic=event.TOPIC,
            text=as_one_line(self._text(event)).rstrip(" ."),
            actor=event.actor,
            occurred_at=getattr(event, "occurred_at", None),
            recorded_at=recorded.recorded_at,
            device_id=stamp.device_id if stamp else "",
            reason_codes=tuple(str(code) for code in getattr(event, "reason_codes", ())),
        )

    def _text(self, event: DomainEvent) -> str:
        fields = self._fields(event)
        sentence = SENTENCES.get(event.TOPIC)
        if sentence is not None:
            return sentence[self._column].format_map(fields)
        return ", ".join(f"{name} {value}" for name, value in fields.items() if name not in HIDDEN and value)

    def _fields(self, event: DomainEvent) -> dict[str, str]:
        personal = personal_fields(type(event))
        day = getattr(event, "scheduled_start_at", None)
        shown: dict[str, str] = {}
        for name in event.__struct_fields__:
            value = getattr(event, name)
            if name in personal:
                shown[name] = self._personal(event, name, value)
            elif name == "scheduled_end_at" and isinstance(day, datetime):
                shown[name] = value.astimezone(self._zone).strftime("%H:%M")
            else:
                shown[name] = self._value(value)
        return shown

    def _personal(self, event: DomainEvent, name: str, value: Any) -> str:
        if value is None:
            return ""
        if self._opener is None:
            return self._sealed
        clear = self._opener.open(value, place=event.place_of(name))
        return self._erased if isinstance(clear, Erased) else f"“{clear}”"

    def _value(self, value: Any) -> str:
        match value:
            case None:
                return "-"
            case datetime():
                return value.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")
            case date():
                return value.isoformat()
            case tuple():
                return ", ".join(self._value(part) for part in value) or "-"
            case AttendanceValues():
                return self._attendance(value)
            case ServiceValues():
                return self._service(value)
            case Rulebook():
                return ", ".join(f"{edition.version} ({edition.from_on})" for edition in value.editions)
            case msgspec.Struct():
                return " ".join(self._value(part) for part in _told_parts(value))
            case _:
                return str(value)

    def _attendance(self, values: AttendanceValues) -> str:
        if values.withdrawn:
            return "ingen närvaro" if self._column else "no attendance"
        arrived, departed = values.arrived_at, values.departed_at
        came = self._value(arrived) if arrived else "?"
        left = departed.astimezone(self._zone).strftime("%H:%M") if departed else "?"
        return f"{came}-{left}"

    def _service(self, values: ServiceValues) -> str:
        if values.withdrawn:
            return "ingen insats" if self._column else "no service"
        declined = "" if values.performed else " (avböjd)" if self._column else " (declined)"
        return f"{values.service_code}{declined}"


def as_one_line(text: str) -> str:
    """A text as it may be shown: what a person wrote begins no line of its own and turns no writing around. The record
    keeps it as it was written."""
    return _TURNS_WRITING.sub("", _BREAKS.sub(" ", text))


def _told_parts(value: msgspec.Struct) -> list[Any]:
    """The parts of a small value worth telling: no ids, nothing empty."""
    parts = ((name, getattr(value, name)) for name in value.__struct_fields__)
    return [part for name, part in parts if not name.endswith("_id") and part not in ("", None, (), 0)]
