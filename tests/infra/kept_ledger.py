"""A filled ledger with keys, to be copied and put back: the story, and a client whose fields are sealed."""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import sqlalchemy as sa

from domain.access.entry import OPERATOR, Access, Doing
from domain.client.events import ClientRegistered
from domain.event import RecordedEvent, personal_fields, place_in
from domain.ids import PersonId
from domain.log import NewFact, NewQuarantine, NewRow, NewStatement, StoredRow
from domain.ports import SealClass
from infra.backup import back_up
from infra.backup_files import Manifest
from infra.event_store import open_log
from infra.keys import KeyStore, open_key_store
from infra.projector import Progress, Projector
from infra.read_database import open_read_database
from infra.recorder import LedgerRecorder
from infra.restore import Restored, restore
from infra.restore_check import Examined
from infra.sealing import SealingService
from infra.settings import Settings
from projections.read_models import READ_MODELS
from tests.infra.stores import everything
from tests.infra.story_log import CODEC
from tests.projections.office_chapters import STATEMENTS
from tests.projections.story import STORY
from tests.stored_events.samples import sample

ANNA, BO = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a01"), PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a02")
CARL = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a03")
NUMBER = "194611161235"
"""A personnummer of nobody's."""
EVENING = datetime(2025, 3, 3, 20, tzinfo=UTC)
MORNING = EVENING + timedelta(hours=10)
RECORDED_US, MINUTE_US = 1_741_000_000_000_000, 60_000_000
UNREADABLE = NewQuarantine("quarantine-1", "phone-1", "malformed", b"\x00sealed", "fact-9")

BY = Access(
    subject="olle",
    role=OPERATOR,
    doing=Doing.RESTORE,
    action="access_log.restore",
    record_class="access",
    rule="operator.machine",
    request_id="restored",
)


def told(_done: int, _of: int) -> None:
    """Nobody looks at the progress."""


class KeptLedger:
    """Log and keys in one data folder, or the log in a PostgreSQL. Opened for each act, as other programs would."""

    def __init__(self, folder: Path, store_url: str = "") -> None:
        folder.mkdir(exist_ok=True)
        self.settings = Settings(data_dir=folder, store_url=store_url if store_url.startswith("postgres") else "")

    @contextmanager
    def log(self, *, clock_us: int = RECORDED_US) -> Iterator[LedgerRecorder]:
        """The log, for the length of a block."""
        with closing(open_log(self.settings, clock=lambda: clock_us)) as log:
            yield log

    @contextmanager
    def keys(self) -> Iterator[KeyStore]:
        """The keys, for the length of a block."""
        with closing(open_key_store(self.settings.keys_url, *self.settings.master_key_places)) as keys:
            yield keys

    def tell(self, events: Sequence[RecordedEvent], *, clock_us: int = RECORDED_US) -> int:
        """Append what happened, with its facts and statements."""
        stamped = [(index, recorded.event.stamp) for index, recorded in enumerate(events)]
        facts = [NewFact(stamp.id, stamp.device_id, b64decode(stamp.digest), at) for at, stamp in stamped if stamp]
        rows = [row_of(recorded) for recorded in events]
        with self.log(clock_us=clock_us) as log, log.transaction() as transaction:
            transaction.keep([NewStatement(*each) for each in STATEMENTS.items()])
            return transaction.append(rows, facts, [UNREADABLE]).positions[-1]

    def register(self, person: PersonId, *, clock_us: int = RECORDED_US) -> int:
        """Append a client, sealed under a key of that person."""
        with self.keys() as keys, self.log(clock_us=clock_us) as log:
            sealing = SealingService(keys, log.identity().ledger_id, lambda: EVENING)
            stream, topic = f"client/{person}", ClientRegistered.TOPIC
            sealed = {
                name: sealing.seal(
                    NUMBER if name == "personnummer" else "Anna",
                    person_id=person,
                    seal_class=SealClass.IDENTITY,
                    place=place_in(stream, 1, topic, name),
                )
                for name in personal_fields(ClientRegistered)
            }
            event = msgspec.json.decode(msgspec.json.encode(sample(ClientRegistered)))
            whole = event | {"stream": stream, "version": 1, "stamp": None} | sealed
            return log.append([NewRow(stream, 1, topic, msgspec.json.encode(whole))]).positions[-1]

    def fold(self) -> Projector:
        """Bring the read models to the log's end, as a start of the program does."""
        engine = open_read_database(self.settings.read_url)
        try:
            with self.log() as log:
                projector = Projector(log, CODEC, engine, READ_MODELS)
                projector.catch_up()
                return projector
        finally:
            engine.dispose()

    def back_up(self, place: Path, *, at: datetime = EVENING, step: Progress = told) -> Manifest:
        """Copy log and keys."""
        return back_up(self.settings, place / "log", place / "keys", at=at, step=step)

    def restore(
        self, place: Path, *, replace: bool = False, at: datetime = MORNING, step: Progress = told
    ) -> tuple[Examined, Restored]:
        """Put them back."""
        return restore(self.settings, place / "log", place / "keys", CODEC, replace=replace, by=BY, at=at, step=step)

    def rows(self) -> list[StoredRow]:
        """All events."""
        with self.log() as log:
            return everything(log)[0]

    def key_ids(self) -> set[str]:
        """The names of all keys."""
        engine = sa.create_engine(self.settings.keys_url, poolclass=sa.NullPool)
        with engine.connect() as db:
            return set(db.scalars(sa.text("SELECT key_id FROM data_key")))


def row_of(recorded: RecordedEvent) -> NewRow:
    """An event as it is stored, past the codec, which would want the story's names to be sealed."""
    event = recorded.event
    return NewRow(event.originator_id, event.originator_version, event.TOPIC, msgspec.json.encode(event))


def filled(folder: Path, store_url: str = "") -> KeptLedger:
    """The story, and Anna."""
    ledger = KeptLedger(folder, store_url)
    with ledger.keys() as keys:
        keys.ledger_key("fact-digest")
    ledger.tell(STORY)
    ledger.register(ANNA)
    return ledger


def copied(tmp_path: Path, store_url: str = "") -> KeptLedger:
    """The same, copied in the evening; after that two clients were registered."""
    ledger = filled(tmp_path / "here", store_url)
    ledger.back_up(tmp_path)
    ledger.register(BO, clock_us=RECORDED_US + MINUTE_US)
    ledger.register(CARL, clock_us=RECORDED_US + 2 * MINUTE_US)
    return ledger


def lose_log(ledger: KeptLedger) -> None:
    """Take the log away, as a broken disk does."""
    if ledger.settings.on_postgresql:
        engine = sa.create_engine(ledger.settings.log_url, poolclass=sa.NullPool)
        with engine.begin() as db:
            db.exec_driver_sql("DROP TABLE event, fact, quarantine, statement, ledger, restoration, store_schema")
    else:
        ledger.settings.log_path.unlink()
