"""The story of the read models' tests, told into a real log."""

from base64 import b64decode
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from domain.event import RecordedEvent
from domain.log import NewFact, NewRow, NewStatement
from domain.topics import EVENT_CLASSES
from infra.build_filling import Told
from infra.codec import EventCodec
from infra.projector import PageSize, Projector
from infra.read_database import open_read_database
from infra.rebuild import Rebuild, Rebuilt, not_told
from infra.recorder import LedgerRecorder
from projections.facts import Facts
from projections.projection import Projection
from projections.read_models import READ_MODELS
from tests.infra.stores import SQLITE, open_recorder
from tests.projections.folding import Contents, contents, fold
from tests.projections.office_chapters import STATEMENTS
from tests.projections.story import STORY

HALF = len(STORY) // 2
CODEC = EventCodec(EVENT_CLASSES)
RECORDED_US = 1_741_000_000_000_000


class StoryLog:
    """A log and the database of its read models."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.recorder: LedgerRecorder = open_recorder(url, lambda: RECORDED_US)
        self.engine: sa.Engine = open_read_database(f"{url}.read" if url.startswith(SQLITE) else url)

    def append(self, events: Sequence[RecordedEvent] = STORY, *, registered: bool = True) -> int:
        """Append what happened as it is, and give the last position. What is told many times over has no ids of its own,
        and is not registered."""
        rows = [row_of(recorded) for recorded in events]
        stamped = [(index, recorded.event.stamp) for index, recorded in enumerate(events) if registered]
        facts = [
            NewFact(stamp.id, stamp.device_id, b64decode(stamp.digest), index) for index, stamp in stamped if stamp
        ]
        with self.recorder.transaction() as transaction:
            transaction.keep([NewStatement(*each) for each in STATEMENTS.items()])
            return transaction.append(rows, facts).positions[-1]

    def projector(self, *projections: Projection, page_events: int = 25) -> Projector:
        """A new projector, as after a start of the program."""
        page_size = PageSize(events=page_events, least=page_events, most=page_events)
        return Projector(self.recorder, CODEC, self.engine, projections or READ_MODELS, page_size=page_size)

    def rebuild(self, projection: Projection, *, check_only: bool = False, told: Told = not_told) -> Rebuilt:
        """Rebuild beside, switch, and give what it came to."""
        return Rebuild(self.recorder, CODEC, self.engine, projection, told=told).run(check_only=check_only)

    def facts_at_once(self, upto: int | None = None) -> Contents:
        """What one fold of the whole log makes of it, in memory."""
        engine = open_read_database("sqlite://")
        fold(engine, Facts(), CODEC.decode_rows(self.recorder.read(0, 1000, upto=upto)))
        return contents(engine, Facts())

    def close(self) -> None:
        """Give everything back."""
        self.engine.dispose()
        self.recorder.close()


def half_told(url: str, *projections: Projection) -> StoryLog:
    """A log of the first half of the story, folded."""
    story = StoryLog(url)
    story.append(STORY[:HALF])
    story.projector(*projections).catch_up()
    return story


def whole_told(url: str) -> StoryLog:
    """A log of the whole story, folded."""
    story = StoryLog(url)
    story.append()
    story.projector().catch_up()
    return story


def row_of(recorded: RecordedEvent) -> NewRow:
    """The event as the log stores it."""
    event = recorded.event
    # Not through the codec, which would want sealed fields to be envelopes.
    return NewRow(event.originator_id, event.originator_version, event.TOPIC, msgspec.json.encode(event))
