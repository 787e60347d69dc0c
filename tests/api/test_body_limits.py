"""Bodies that are too large, too slow, wrongly packed or of the wrong type never reach a route.

What depends on how bytes arrive goes through a real server and a plain socket.
"""

import asyncio
import gzip
import socket
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import APIRouter, Body, FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.body_limits import MEBIBYTE, BodyLimits
from api.problems import install
from api.strict_json import JsonValue
from api.strict_route import StrictRoute
from tests.api.wire import as_chunk, code_of, served, talk

pytestmark = pytest.mark.faults

SLOWEST_S = 0.4
CHUNK = b" " * 65_536
JSON = {"content-type": "application/json"}
POST = b"POST /facts HTTP/1.1\r\nHost: ledger\r\nContent-Type: application/json\r\n"
TYPES = {"/import": {"text/csv", "multipart/form-data"}}


class Facts:
    """An app that keeps what reaches its routes."""

    def __init__(self) -> None:
        self.stored: list[JsonValue] = []
        router = APIRouter(route_class=StrictRoute)
        router.add_api_route("/facts", self.store, methods=["POST"])
        router.add_api_route("/facts", self.count, methods=["GET"])
        self.app = FastAPI()
        self.app.include_router(router)
        self.app.add_middleware(BodyLimits, seconds_max=SLOWEST_S)
        install(self.app)

    def store(self, body: Annotated[JsonValue, Body()]) -> int:
        self.stored.append(body)
        return len(self.stored)

    def count(self) -> int:
        return len(self.stored)


@pytest.fixture
def facts() -> Facts:
    return Facts()


@pytest.fixture
def client(facts: Facts) -> TestClient:
    return TestClient(facts.app)


@pytest.fixture
def port(facts: Facts) -> Iterator[int]:
    """The port of a real server."""
    with served(facts.app, headers_seconds_max=SLOWEST_S) as port:
        yield port


def problem(response: httpx2.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def run_bare(
    messages: Iterable[Message], headers: dict[str, bytes], *, path: str = "/facts", **limits: Any
) -> tuple[list[Message], list[bytes], int]:
    """Call the middleware without a server. Gives what it answers, the bodies it let through, and how often it read."""
    answers: list[Message] = []
    bodies: list[bytes] = []
    left, reads = iter(messages), 0

    async def receive() -> Message:
        nonlocal reads
        reads += 1
        return next(left)

    async def send(message: Message) -> None:
        answers.append(message)

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        bodies.append((await receive())["body"])

    listed = [(name.encode(), value) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": listed}
    asyncio.run(BodyLimits(app, **limits)(scope, receive, send))
    return answers, bodies, reads


def endless() -> Iterator[Message]:
    while True:
        yield {"type": "http.request", "body": CHUNK, "more_body": True}


def test_row_09_a_body_of_unknown_length_over_1_mib_is_refused_and_the_connection_closed(
    facts: Facts, port: int
) -> None:
    chunks = [POST, b"Transfer-Encoding: chunked\r\n\r\n", *[as_chunk(CHUNK)] * 1_024]
    answer, sent = talk(port, chunks)
    assert code_of(answer) == (413, "too_large")
    assert sent < 32 * MEBIBYTE  # Of 64: what fits into the limit and the system's buffers.
    assert facts.stored == []


def test_row_09_reading_stops_at_the_limit() -> None:
    answers, bodies, reads = run_bare(endless(), {"content-type": b"application/json"})
    assert (answers[0]["status"], bodies, reads) == (413, [], MEBIBYTE // len(CHUNK) + 1)


def test_row_09_a_body_announced_as_too_large_is_not_read_at_all() -> None:
    headers = {"content-type": b"application/json", "content-length": b"%d" % (MEBIBYTE + 1)}
    answers, bodies, reads = run_bare(endless(), headers)
    assert (answers[0]["status"], bodies, reads) == (413, [], 0)


def test_row_09_a_body_of_1_mib_is_taken_whole(client: TestClient) -> None:
    assert client.post("/facts", content=b"1".ljust(MEBIBYTE), headers=JSON).json() == 1
    assert problem(client.post("/facts", content=b"1".ljust(MEBIBYTE + 1), headers=JSON)) == (413, "too_large")


def test_row_10_a_gzip_body_is_unpacked(client: TestClient, facts: Facts) -> None:
    packed = gzip.compress(b'{"n":1}'.ljust(2 * MEBIBYTE))
    assert client.post("/facts", content=packed, headers=JSON | {"content-encoding": "GZIP"}).status_code == 200
    assert facts.stored == [{"n": 1}]


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "x-gzip"])
def test_row_10_another_compression_is_refused(client: TestClient, coding: str) -> None:
    response = client.post("/facts", content=b"1", headers=JSON | {"content-encoding": coding})
    assert problem(response) == (415, "unsupported_media_type")


def test_row_10_a_compressed_bomb_is_refused_at_5_mib(client: TestClient, facts: Facts) -> None:
    bomb = gzip.compress(bytes(64 * MEBIBYTE), compresslevel=1)
    tracemalloc.start()
    response = client.post("/facts", content=bomb, headers=JSON | {"content-encoding": "gzip"})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem(response) == (413, "too_large")
    assert (facts.stored, peak < 20 * MEBIBYTE) == ([], True)


def test_row_10_the_body_behind_is_described_as_unpacked() -> None:
    packed = gzip.compress(b" " * (5 * MEBIBYTE))
    headers = {"content-type": b"application/json", "content-encoding": b"gzip"}
    _, bodies, _ = run_bare([{"type": "http.request", "body": packed}], headers)
    assert [len(body) for body in bodies] == [5 * MEBIBYTE]


@pytest.mark.parametrize(
    "packed", [b"11", gzip.compress(b"1")[:-1], gzip.compress(b"1") + b"2", gzip.compress(b"1") + gzip.compress(b"2")]
)
def test_row_10_what_is_not_one_whole_gzip_stream_is_refused(client: TestClient, packed: bytes) -> None:
    response = client.post("/facts", content=packed, headers=JSON | {"content-encoding": "gzip"})
    assert problem(response) == (400, "bad_encoding")


def test_row_11_a_body_of_one_byte_at_a_time_is_cut_off_and_nothing_stored(facts: Facts, port: int) -> None:
    began = time.monotonic()
    answer, sent = talk(port, [POST, b"Content-Length: 300\r\n\r\n", *[b"1"] * 300], pause_s=SLOWEST_S / 10)
    assert code_of(answer) == (408, "slow_body")
    assert (time.monotonic() - began >= SLOWEST_S, sent < 300) == (True, True)
    assert facts.stored == []


def test_row_11_a_body_in_pieces_that_is_there_in_time_is_taken(facts: Facts, port: int) -> None:
    parts = [POST, b"Connection: close\r\nContent-Length: 7\r\n\r\n", b'{"n"', b":1}"]
    answer, _ = talk(port, parts, pause_s=SLOWEST_S / 20)
    assert answer.startswith(b"HTTP/1.1 200")
    assert facts.stored == [{"n": 1}]


def test_row_11_a_client_that_hangs_up_midway_stores_nothing(facts: Facts, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(POST + b"Content-Length: 5\r\n\r\n1")
    assert httpx2.get(f"http://127.0.0.1:{port}/facts").json() == 0
    assert facts.stored == []


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("content-type", "text/plain")],
        [("content-type", "application/x-www-form-urlencoded")],
        [("content-type", "application/json-seq")],
        [("content-type", "text/csv")],
        [("content-type", "")],
        [("content-type", "application/json"), ("content-type", "text/csv")],
    ],
)
def test_row_12_another_content_type_is_refused(
    client: TestClient, facts: Facts, headers: list[tuple[str, str]]
) -> None:
    assert problem(client.post("/facts", content=b"{}", headers=headers)) == (415, "unsupported_media_type")
    assert facts.stored == []


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8"])
def test_row_12_json_is_taken_however_it_is_written(client: TestClient, content_type: str) -> None:
    assert client.post("/facts", content=b"{}", headers={"content-type": content_type}).status_code == 200


@pytest.mark.parametrize(
    ("path", "is_taken"), [("/import", True), ("/import/plans", True), ("/imports", False), ("/v1/import", False)]
)
def test_row_12_other_types_are_taken_only_below_their_path(path: str, is_taken: bool) -> None:
    csv = {"content-type": b"text/csv; header=present"}
    message = {"type": "http.request", "body": b"a;b"}
    _, bodies, _ = run_bare([message], csv, path=path, other_media_types=TYPES)
    assert bodies == ([b"a;b"] if is_taken else [])


def test_row_12_no_body_needs_no_type(client: TestClient) -> None:
    assert problem(client.post("/facts")) == (422, "missing_field")
    assert client.request("GET", "/facts", content=b"a", headers={"content-type": "text/plain"}).json() == 0


@pytest.mark.parametrize("value", [b"a\r\nx-role: admin", b"a\nb", b"a\rb", b"a\0b", b"\x1b[2J", b"\x7f"])
def test_row_43_a_control_character_in_a_header_is_refused(value: bytes) -> None:
    answers, bodies, reads = run_bare(endless(), {"content-type": b"application/json", "x-note": value})
    assert (answers[0]["status"], bodies, reads) == (400, [], 0)


@pytest.mark.parametrize(
    ("value", "is_ours"), [(b"a\x01b", True), (b"\x1b", True), (b"a\x7fb", True), (b"a\rb", False), (b"a\0b", False)]
)
def test_row_43_the_server_lets_no_control_character_through(
    facts: Facts, port: int, value: bytes, is_ours: bool
) -> None:
    answer, _ = talk(port, [POST, b"X-Note: " + value + b"\r\nContent-Length: 1\r\n\r\n1"])
    assert answer.startswith(b"HTTP/1.1 400")
    assert (b"application/problem+json" in answer) == is_ours
    assert facts.stored == []


def test_row_43_swedish_letters_and_tabs_in_a_header_are_taken(client: TestClient) -> None:
    headers = [(b"content-type", b"application/json"), (b"x-note", "Bräcke\tGällö".encode())]
    assert client.post("/facts", content=b"1", headers=headers).status_code == 200
