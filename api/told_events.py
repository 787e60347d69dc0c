"""Events told as what is behind a figure, each with what opens it in the audit trail."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from api.reading import View
from api.story import Storyteller
from domain.access.whose import Mention
from domain.ids import kind_of, subject_of
from domain.log import StoredRow
from infra.follower import event_id
from projections.mentions import mentions

EVENTS_KEPT = 10_000


class EventTeller:
    """Tells events in one language: what happened, when, when it was recorded, who said so, from which device and why."""

    def __init__(self, view: View, language: str) -> None:
        self._log, self._codec = view.house.log, view.house.codec
        self._upto = view.position
        self._teller = Storyteller("sv" if language.lower().startswith("sv") else "en", view.rulebook.zone)
        self.mentioned: set[Mention] = set()
        """All that the events told of so far speak of."""
        self._at = lru_cache(EVENTS_KEPT)(self._read)

    def at(self, positions: Collection[int]) -> list[dict[str, Any]]:
        """The events at some positions, in order."""
        return [told for position in sorted(positions) if (told := self._at(position)) is not None]

    def of_stream(self, stream: str) -> list[dict[str, Any]]:
        """All events of a stream up to the view's position."""
        return self._told(self._log.read_stream(stream, upto_position=self._upto))

    def _read(self, position: int) -> dict[str, Any] | None:
        return next(iter(self._told(self._log.read(position - 1, 1, upto=position))), None)

    def _told(self, rows: Iterable[StoredRow]) -> list[dict[str, Any]]:
        rows = list(rows)
        events = self._codec.decode_rows(rows)
        for each in events:
            self.mentioned |= mentions(each.event)
        lines = map(self._teller.tell, events)
        return [
            asdict(line)
            | {"event_id": event_id(row), "entity_kind": kind_of(row.stream), "entity_id": subject_of(row.stream)}
            for line, row in zip(lines, rows, strict=True)
        ]
