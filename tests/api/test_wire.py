"""What arrives byte by byte at the product's own server: too much, packed, too slowly, or with a line break where none
belongs. Row numbers are those of the fault table."""

import gzip
import json
import logging
import socket
import time
from collections.abc import Iterator

import pytest

from api.app import create_app
from api.body_limits import MEBIBYTE
from api.bootstrap import House, build
from infra.settings import REQUEST_SECONDS_MAX, Settings
from tests.api.calls import Json
from tests.api.conftest import MORNING, StillClock
from tests.api.phones import EIGHT_LOCAL
from tests.api.town import ANNA, fact, fresh, uid
from tests.api.wire import as_chunk, code_of, served, talk

pytestmark = pytest.mark.faults

SLOWEST_S = 0.4
"""In place of the product's 30."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with little patience."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("wire"), request_seconds_max=SLOWEST_S)
    return build(settings, clock=StillClock(MORNING))


@pytest.fixture(scope="module")
def port(house: House) -> Iterator[int]:
    """Where its server listens."""
    with served(create_app(house), headers_seconds_max=house.settings.request_seconds_max) as port:
        yield port


def head(house: House, *lines: bytes) -> bytes:
    """The head of a phone's sync."""
    token = house.tokens.issue(subject=ANNA, role="care_worker").encode()
    own = [b"Host: ledger", b"Content-Type: application/json", b"Authorization: Bearer " + token]
    return b"\r\n".join([b"POST /v1/sync HTTP/1.1", *own, *lines, b"", b""])


def batch(note: str = "") -> bytes:
    """A sync with one arrival, filled up by a field that nobody knows."""
    facts = [fact("check_in", fresh("visit"), "06:00", filling=note)]
    return json.dumps({"device_id": uid("phone"), "device_time": EIGHT_LOCAL, "facts": facts}).encode()


def results(answer: bytes) -> list[str]:
    """What became of each fact."""
    body: Json = json.loads(answer.partition(b"\r\n\r\n")[2])
    return [result["status"] for result in body["results"]]


def kept(house: House) -> tuple[int, int]:
    """Where the log ends, and how much is in quarantine."""
    return house.log.head()[0], len(house.log.quarantined(100))


def test_row_09_a_chunked_sync_within_the_limit_is_taken(house: House, port: int) -> None:
    body = batch()
    parts = [head(house, b"Transfer-Encoding: chunked", b"Connection: close"), as_chunk(body[:50]), as_chunk(body[50:])]
    answer, _ = talk(port, [*parts, as_chunk(b"")])
    assert results(answer) == ["accepted"]


def test_row_09_a_chunked_sync_over_the_limit_is_refused_the_connection_closed_and_nothing_kept(
    house: House, port: int
) -> None:
    before = kept(house)
    endless = [as_chunk(b" " * 65_536)] * 1_024
    answer, sent = talk(port, [head(house, b"Transfer-Encoding: chunked"), *endless])
    assert code_of(answer) == (413, "too_large")
    assert b"connection: close" in answer.lower()
    assert sent < 32 * MEBIBYTE
    assert kept(house) == before


def test_row_10_a_gzip_sync_is_taken(house: House, port: int) -> None:
    packed = gzip.compress(batch("a" * 9_000))
    lines = (b"Content-Encoding: gzip", b"Content-Length: %d" % len(packed), b"Connection: close")
    answer, _ = talk(port, [head(house, *lines), packed])
    assert results(answer) == ["accepted"]


@pytest.mark.parametrize(
    ("coding", "packed", "expected"),
    [
        (b"gzip", gzip.compress(bytes(64 * MEBIBYTE), compresslevel=1), (413, "too_large")),
        (b"br", b"\x8b\x00\x80", (415, "unsupported_media_type")),
    ],
    ids=["a bomb", "another compression"],
)
def test_row_10_a_bomb_or_another_compression_is_refused_and_nothing_kept(
    house: House, port: int, coding: bytes, packed: bytes, expected: tuple[int, str]
) -> None:
    before = kept(house)
    lines = (b"Content-Encoding: " + coding, b"Content-Length: %d" % len(packed))
    answer, _ = talk(port, [head(house, *lines), packed])
    assert code_of(answer) == expected
    assert kept(house) == before


def test_row_11_a_sync_of_one_byte_at_a_time_is_cut_off_and_nothing_kept(house: House, port: int) -> None:
    before, body, began = kept(house), batch(), time.monotonic()
    parts = [head(house, b"Content-Length: %d" % len(body)), *(body[at : at + 1] for at in range(len(body)))]
    answer, _ = talk(port, parts, pause_s=SLOWEST_S / 10)
    assert code_of(answer) == (408, "slow_body")
    assert SLOWEST_S <= time.monotonic() - began < 3 * SLOWEST_S
    assert kept(house) == before


SLOW_HEAD = [b"POST /v1/sync HTTP/1.1\r\nHost: ledger\r\nX-Slow: ", *[b"a"] * 40]


@pytest.mark.parametrize("parts", [[], SLOW_HEAD], ids=["nothing", "a byte at a time"])
def test_row_11_headers_that_do_not_come_to_an_end_are_cut_off(port: int, parts: list[bytes]) -> None:
    began = time.monotonic()
    answer, sent = talk(port, parts, pause_s=SLOWEST_S / 10)
    assert answer == b""
    assert SLOWEST_S * 0.9 <= time.monotonic() - began < 3 * SLOWEST_S
    assert sent < len(b"".join(SLOW_HEAD)) - 20


def test_row_11_a_second_request_on_a_kept_connection_gets_no_more_time(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: ledger\r\n\r\n")
        while not connection.recv(65_536).endswith(b"}"):
            pass
        time.sleep(SLOWEST_S * 1.5)  # idle, which the server allows for longer
        began = time.monotonic()
        connection.sendall(b"GET /healthz HT")
        assert connection.recv(65_536) == b""
        assert SLOWEST_S * 0.9 <= time.monotonic() - began < 3 * SLOWEST_S


def test_row_11_the_products_patience_is_30_seconds() -> None:
    assert Settings().request_seconds_max == REQUEST_SECONDS_MAX == 30.0


@pytest.mark.parametrize("value", [b"a\rX-Role: admin", b"a\x00b", b"a\x1b[2J", b"a\x0bb"])
def test_row_43_a_control_character_in_a_header_is_refused_and_nothing_kept(
    house: House, port: int, value: bytes
) -> None:
    before, body = kept(house), batch()
    answer, _ = talk(port, [head(house, b"X-Note: " + value, b"Content-Length: %d" % len(body)), body])
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"admin" not in answer
    assert kept(house) == before


def test_row_43_nothing_that_a_caller_sends_makes_a_line_in_the_log(
    port: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for target in (b"/a%0d%0aforged", b"/v1/events?after=%0d%0aforged", b"/v1/visits/%0aforged"):
        talk(port, [b"GET " + target + b" HTTP/1.1\r\nHost: a\r\nUser-Agent: forged\r\nConnection: close\r\n\r\n"])
    talk(port, [b"GET / HTTP/1.1 forged\r\n\r\n"])
    logged = [record.getMessage() for record in caplog.records] + capfd.readouterr().out.splitlines()
    assert [line for line in logged if "forged" in line] == []
    assert [line for line in logged if len(line.splitlines()) > 1] == []


@pytest.mark.parametrize("version", [b"HTTP/3.0", b"HTTP/2.0", b"HTTP/0.9"])
def test_row_55_another_http_version_is_refused_and_the_connection_closed(port: int, version: bytes) -> None:
    answer, _ = talk(port, [b"GET /healthz " + version + b"\r\nHost: ledger\r\n\r\n"])
    assert code_of(answer) == (505, "http_version")
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize("version", [b"HTTP/11", b"ICY/1.1", b""])
def test_row_55_what_is_no_http_is_refused_in_plain_text_and_the_connection_closed(port: int, version: bytes) -> None:
    answer, _ = talk(port, [b"GET /healthz " + version + b"\r\nHost: ledger\r\n\r\n"])
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: text/plain" in answer.lower()
