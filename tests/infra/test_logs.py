"""What the log says, and above all what it does not: nobody's name, number or words, whatever goes wrong."""

import ast
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from infra.intake import EventFailedError
from infra.logs import FIELDS, configure_logs
from tests.architecture.tree import ROOT, modules
from tests.unchanged_logs import unchanged_logs

CANARY = "Karin Kanarie 19850709-9805"
LOGGING_CALL = r"log\.(debug|info|warning|error|critical)|tell"
LIBRARY = logging.getLogger("somebody.elses")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the lines of a program go that logs all it can."""
    stream = io.StringIO()
    with unchanged_logs():
        configure_logs("debug", stream)
        yield stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail_with_canary() -> None:
    name = CANARY
    try:
        sa.create_engine("sqlite://").connect().exec_driver_sql(f"SELECT '{name}' FROM nowhere")
    except sa.exc.OperationalError as error:
        raise EventFailedError(17) from error


def test_an_error_is_told_by_its_kind_and_place_and_in_our_own_words(stream: io.StringIO) -> None:
    try:
        fail_with_canary()
    except EventFailedError as error:
        structlog.get_logger().critical("projector_stopped", exc_info=error)
    [line] = lines(stream)
    assert line["error"] == "EventFailedError < OperationalError < OperationalError"
    assert line["why"] == "The event at position 17 cannot be folded."
    assert "test_logs.py:" in line["at"]
    assert CANARY not in stream.getvalue()


def test_no_log_line_holds_personal_data_even_at_debug(stream: io.StringIO) -> None:
    log = structlog.get_logger()
    log.debug("visit_read", client_name=CANARY, position=7)
    log.info(f"read {CANARY}")
    log.warning("half_read", why=ValueError(CANARY), projection={"name": CANARY})
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("read_failed")
        LIBRARY.exception("no such %s", CANARY)
        LIBRARY.error("no such " + CANARY)  # as libraries do
    LIBRARY.warning("%(name)s", {"name": CANARY})
    assert "Kanarie" not in stream.getvalue()
    assert "9805" not in stream.getvalue()
    told = lines(stream)
    assert [line["event"] for line in told] == ["visit_read", "unnamed", "half_read", "read_failed", *["library"] * 3]
    assert (told[0]["position"], told[0]["left_out"]) == (7, "client_name")
    assert (told[2]["why"], told[2]["projection"]) == ("ValueError", "dict")
    assert told[4]["template"] == "no such %s"


class Terminal(io.StringIO):
    """Where a person looks on."""

    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("stream")
def test_a_person_at_a_terminal_reads_lines_one_for_each_thing_that_happened() -> None:
    terminal = Terminal()
    configure_logs("info", terminal)
    log = structlog.get_logger()
    log.debug("unheard")
    log.info("started", position=7, client_name=CANARY, why="on\nforged")
    [line] = terminal.getvalue().splitlines()
    assert "started" in line
    assert "forged" in line
    assert not line.startswith("{")
    assert CANARY not in line


def fields_logged(source: str) -> set[str]:
    """The fields that a module's own lines name."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    logged = (call for call in calls if re.fullmatch(LOGGING_CALL, ast.unparse(call.func)))
    return {keyword.arg for call in logged for keyword in call.keywords if keyword.arg}


def test_every_field_that_we_log_is_let_through() -> None:
    sources = [(ROOT / path).read_text(encoding="utf-8") for path in modules(ROOT) if path.parts[0] in ("infra", "api")]
    logged = {name for source in sources if "structlog.get_logger" in source for name in fields_logged(source)}
    assert {"position", "why", "request_id"} <= logged
    assert logged - {"exc_info"} <= FIELDS
