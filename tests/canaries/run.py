"""Plants the canaries in a ledger and gathers the bytes of every place that they may have come to."""

import io
import json
import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.bootstrap import build
from api.cli import app
from domain.event import DomainEvent, Personal, personal_fields
from domain.ids import stream_of, subject_of
from infra import tracing
from infra.codec import SUBJECT
from infra.logs import configure_logs
from infra.read_database import open_engine
from infra.settings import Settings
from infra.spans import Spans
from infra.store_tables import EVENT
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.town import Town
from tests.canaries.asked import READERS, Asked, exports, reads, refusals
from tests.canaries.fields import PERSONAL, fields_of
from tests.canaries.places import NOTHING, SHOWN, STORED, files_below
from tests.canaries.planted import found_in, planted, text
from tests.canaries.told import Told, imported, tell
from tests.unchanged_logs import unchanged_logs

ECHO = ("sqlalchemy", "asyncio", "httpx2", "eventsourcing", "fastapi", "uvicorn")
"""Libraries that tell what they do when they are asked to; the first with every statement and its values."""
BROKEN = "fault.event"
"""Stands in an event that somebody has changed in the store."""
OK, METRICS = 200, "/metrics"
EVENTS_MAX = 10_000


class Place(NamedTuple):
    """Bytes, where they were found, and the fields that may stand there in clear."""

    name: str
    content: bytes
    allowed: frozenset[str]


Elsewhere = Callable[[Settings], list[Place]]
"""Takes the ledger where it goes besides, and gathers there."""


class Planted(NamedTuple):
    """What was told, and what its places hold. `fields` are all that the API describes, `sealed` what was stored sealed."""

    told: Told
    fields: set[str]
    sealed: set[str]
    places: list[Place]


def nowhere_else(_: Settings) -> list[Place]:
    """Nothing of it goes anywhere else."""
    return []


def plant(
    settings: Settings, folder: Path, readers: Sequence[str] = READERS[:1], elsewhere: Elsewhere = nowhere_else
) -> Planted:
    """Tell the story over an empty ledger, good and bad, and gather; then let an event be broken and gather again."""
    with listening() as ear:
        told, fields, places = _served(settings, readers)
        sealed = found_in(opened(settings), planted(PERSONAL))
        places += elsewhere(settings)
        places += stored(settings)
        places += commanded(settings, told, folder)
        break_event(settings, told)
        ear.listen()  # commands have let the log go elsewhere
        places += _broken(settings, told)
        places += ear.heard()
    return Planted(told, fields, sealed, places)


class Ear:
    """Hears all that this process can log, and its traces."""

    def __init__(self) -> None:
        self._lines, self._spans = io.StringIO(), InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._spans))
        self.spans = Spans(provider)

    def listen(self) -> None:
        """From now on all that is logged comes here."""
        configure_logs("debug", self._lines)

    def heard(self) -> list[Place]:
        """What came."""
        spans = "\n".join(span.to_json() for span in self._spans.get_finished_spans())
        return [_text("logs", self._lines.getvalue()), _text("traces", spans)]


@contextmanager
def listening() -> Iterator[Ear]:
    """Log all that can be logged, and trace."""
    ear, levels = Ear(), {name: logging.getLogger(name).level for name in ECHO}
    with unchanged_logs(), tracing.into(ear.spans):
        ear.listen()
        for name in ECHO:
            logging.getLogger(name).setLevel(logging.DEBUG)
        try:
            yield ear
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)


def stored(settings: Settings) -> list[Place]:
    """All files of the ledger, and the tables of its database where that is elsewhere."""
    files = [Place(name, content, STORED) for name, content in files_below(settings.data_dir)]
    return [*files, *tables(settings.store_url)] if settings.store_url else files


def tables(url: str) -> list[Place]:
    """Every row of every table of ours, as bytes."""
    engine = open_engine(url)
    with engine.connect() as db:
        look = sa.inspect(db)
        names = [
            f'"{schema}"."{name}"'
            for schema in look.get_schema_names()
            if schema != "information_schema"
            for name in look.get_table_names(schema)
        ]
        places = [
            Place(f"table {name}", b"\n".join(map(_row, db.execute(sa.text(f"SELECT * FROM {name}")))), STORED)
            for name in names
        ]
    engine.dispose()
    return places


def opened(settings: Settings) -> bytes:
    """All that is sealed in the log, opened."""
    house = build(settings)
    clear = [
        house.sealing.open(envelope, place=recorded.event.place_of(name))
        for recorded in house.codec.decode_rows(house.log.read(0, EVENTS_MAX))
        for name in personal_fields(type(recorded.event))
        if (envelope := getattr(recorded.event, name))
    ]
    house.close()
    return "\n".join(map(str, clear)).encode()


def person_of(event: DomainEvent, mark: Personal) -> str:
    """Whose field it is."""
    person: str = subject_of(event.originator_id) if mark.person == SUBJECT else getattr(event, mark.person)
    return person


def commanded(settings: Settings, told: Told, folder: Path) -> list[Place]:
    """What commands print and write, also where they fail."""
    visit, client, data = told.things.visit, told.things.client, ("--data", str(settings.data_dir))
    bad, log = folder / "bad.csv", folder / "log.jsonl"
    bad.write_text(f"key,client,worker,arrived,reason\n1,{text('csv.registrations.reason')},,,\n", encoding="utf-8")
    reach = ("--role", "coordinator", "--action", "read.people", "--client", client)
    said = [
        command(*arguments, *data, status=0)
        for arguments in (
            ("export", str(log)),
            ("replay", "visit", visit),
            ("replay", "client", client),
            ("verify",),
            ("report",),
            ("parked",),
            ("access", "explain", *reach),
            ("compare", "1", "2026-12-31", "--report", "performed-time", "--month", "2026-03"),
            ("backup", str(folder / "backup" / "log"), "--keys", str(folder / "backup" / "keys")),
        )
    ]
    said += [
        command("replay", "visit", text("path.visit_id"), *data),
        command("import", "registrations", str(bad), "--source", "bad", *data),
    ]
    bad.unlink()
    copied = [Place(f"backup/{name}", content, STORED) for name, content in files_below(folder / "backup")]
    return [*said, Place("the exported log", log.read_bytes(), STORED), *copied]


def command(*arguments: str, status: int | None = None) -> Place:
    """Run a command; `status` is how it must end, where that is said. An exception that would be told is told."""
    done = CliRunner().invoke(app, [*arguments])
    assert status in (None, done.exit_code), done.output
    told = "".join(traceback.format_exception(done.exception)) if done.exception else ""
    return Place(f"visitledger {arguments[0]}", f"{done.output}{told}".encode(), STORED)


def break_event(settings: Settings, told: Told) -> None:
    """Let the plan of the visit be of a kind that there is not: whoever reads it fails, with the kind in the error's text."""
    engine = open_engine(settings.log_url)
    of_plan = sa.and_(EVENT.c.stream == stream_of("visit", told.things.visit), EVENT.c.version == 1)
    with engine.begin() as db:
        state = json.loads(db.execute(sa.select(EVENT.c.state).where(of_plan)).scalar_one())
        broken = json.dumps({**state, "kind": text(BROKEN)}).encode()
        db.execute(EVENT.update().where(of_plan).values(state=broken))
    engine.dispose()


def _served(settings: Settings, readers: Sequence[str]) -> tuple[Told, set[str], list[Place]]:
    house = build(settings, clock=StillClock(MORNING))
    web = create_app(house)
    with TestClient(web, raise_server_exceptions=False) as client:
        town = Town(people_of(house, client))
        town.settle()
        told = tell(town)
        answers = imported(told)
        assert house.projector.wait_until(house.log.head()[0], 10)
        asked = [*(Asked("/v1/imports", answer) for answer in answers), *reads(told, readers)]
        asked += exports(told)
        asked += refusals(told, web.openapi())
        asked += [Asked(path, client.get(path)) for path in ("/", "/readyz", METRICS, "/nowhere")]
        asked.append(Asked(METRICS, town.call("admin").get(METRICS)))
        places = [*map(answered, asked), *stored(settings)]
        fields = fields_of(web.openapi())
    return told, fields, places


def answered(asked: Asked) -> Place:
    """An answer: one that refuses repeats nothing; one that was given opens what it is asked for."""
    if asked.route == METRICS:
        return Place(METRICS, asked.content, NOTHING)
    if asked.answer.status_code != OK:
        return Place(f"refusal of {asked.route}", asked.content, NOTHING)
    return Place(f"answer of {asked.route}", asked.content, STORED | SHOWN.get(asked.route, NOTHING))


def _broken(settings: Settings, told: Told) -> list[Place]:
    """The same ledger, started again with the broken event in it."""
    house = build(settings, clock=StillClock(MORNING))
    visit = told.things.visit
    with TestClient(create_app(house), raise_server_exceptions=False) as client:
        call = people_of(house, client)
        unassigned = {"worker_id": told.things.worker}
        answers = [
            call("coordinator").post(f"/v1/visits/{visit}/unassign", unassigned, version=2),
            call("auditor").get(f"/v1/audit/visit/{visit}"),
        ]
    assert {each.status_code for each in answers} == {500}
    data = ("--data", str(settings.data_dir))
    asked = [answered(Asked("a broken visit", answer)) for answer in answers]
    return [*asked, command("verify", *data), command("rebuild", *data)]


def _text(name: str, content: str) -> Place:
    return Place(name, content.encode(), NOTHING)


def _row(row: sa.Row[tuple[object, ...]]) -> bytes:
    return b"\x1f".join(bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode() for each in row)
