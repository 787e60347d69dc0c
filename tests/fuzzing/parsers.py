"""Whatever reads what others wrote: each takes any bytes, and refuses what it cannot use with an error of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import PydanticCustomError

from api.bootstrap import House, build
from api.csv_import.mapping import DOCUMENTED, read_mapping
from api.csv_import.plans import PLAN_COLUMNS, import_plans
from api.csv_import.running import ImportJob
from api.csv_import.table import read_table
from api.cursors import cursor_of, resume
from api.office_call import checked_key, expected_version
from api.personnummer import normalise_personnummer
from api.problems import Problem
from api.strict_json import MalformedBodyError, survey
from domain import rulebook
from infra.app_version import AppVersionUnreadableError, app_version
from infra.rulebook_files import read_rulebook
from infra.settings import Settings
from infra.tokens import Caller
from tests.api.conftest import MORNING, StillClock
from tests.api.town import ANNA, ASTRID, CENTRE, fact, fresh, uid

Parser = Callable[[bytes], object]
SHIPPED = Path(rulebook.__file__).parent / "shipped" / "default.yaml"
WORKER = Caller(ANNA, "care_worker", frozenset(), 0)
REQUEST = Request(
    {
        "type": "http",
        "method": "GET",
        "path": "/v1/events",
        "query_string": b"",
        "headers": [],
        "state": {"caller": WORKER},
    }
)
REFUSALS = (MalformedBodyError, Problem, RequestValidationError, PydanticCustomError, AppVersionUnreadableError)
"""What a parser may raise. They are the callers' fault, and are told with a code."""


def parsers(house: House) -> Mapping[str, Parser]:
    """Each parser by its name. They read only; the house stores nothing."""

    def sync(body: bytes) -> None:
        house.intake.prepare(body, caller=WORKER, received_at=MORNING)

    def csv_file(content: bytes) -> None:
        mapping, _, file = content.partition(b"\0")
        read_table(file, read_mapping(_text(mapping), PLAN_COLUMNS), PLAN_COLUMNS)

    def csv_rows(content: bytes) -> None:
        job = {"house": house, "source": "fuzz", "file_name": "fuzz.csv", "actor": "admin/fuzz"}
        import_plans(ImportJob(**job, content=content, mapping=DOCUMENTED, rehearsal=True))  # type: ignore[arg-type]

    def headers(content: bytes) -> None:
        text = content.decode("latin-1")  # as the server reads them
        for parser in (checked_key, lambda tag: expected_version(tag, required=True), app_version):
            with suppress(*REFUSALS):
                parser(text)

    return {
        "json": survey,
        "sync": sync,
        "csv": csv_file,
        "csv_rows": csv_rows,
        "rulebook": read_rulebook,
        "cursor": lambda content: resume(house, REQUEST, _text(content)),
        "personnummer": lambda content: normalise_personnummer(_text(content)),
        "headers": headers,
    }


def samples(house: House) -> Mapping[str, bytes]:
    """Something good for each parser: what others are made of, by changing it."""
    facts = [
        fact("check_in", fresh("visit"), "06:00", client_ids=[ASTRID]),
        fact("note", fresh("visit"), "06:00", text="Å"),
    ]
    body = {"device_id": uid("phone"), "device_time": "2026-03-02T08:00:00+01:00", "facts": facts}
    times = "2026-03-02T06:00:00+01:00,2026-03-02T06:40:00+01:00"
    plan = f"key,client,start,end,unit,services\n1,{ASTRID},{times},{CENTRE},SHOWER:40\n".encode()
    return {
        "json": b'{"a": [1, -2.5e3, "\\u00e5\\n", null, true], "b": {"c": {}}}',
        "sync": msgspec.json.encode(body),
        "csv": b'zone = "Europe/Stockholm"\n[columns]\nkind = "Kind"\n[values.services]\nDusch = "SHOWER"\n\0' + plan,
        "csv_rows": plan,
        "rulebook": SHIPPED.read_bytes(),
        "cursor": cursor_of(house, REQUEST, 7, "after").encode(),
        "personnummer": b"19121212-1212",
        "headers": b'"12"',
    }


def refuses_or_takes(parser: Parser, content: bytes) -> None:
    """Let a parser read. Raises what it should not have raised."""
    with suppress(*REFUSALS):
        parser(content)


@contextmanager
def reading_house(folder: Path) -> Iterator[House]:
    """A house that only reads."""
    house = build(Settings(data_dir=folder), clock=StillClock(MORNING))
    try:
        yield house
    finally:
        house.close()


def _text(content: bytes) -> str:
    """As a query's value is decoded."""
    return content.decode("utf-8", "replace")
