"""Every error of a real FastAPI app is a problem document, in the caller's language and without what was sent."""

from typing import Annotated, Any, Literal
from uuid import UUID

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, Header, HTTPException, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from api.body_limits import BodyLimits
from api.personnummer import Personnummer
from api.problem_codes import CODES
from api.problems import Problem, documented, install, status_for
from api.strict_json import Instant, Note, Text
from api.strict_route import ERRORS_MAX, StrictRoute
from domain.aggregate import WrongVersionError
from domain.errors import ConflictError, DomainError
from domain.visit.errors import VisitStillOpenError, VisitUnknownError
from infra.master_key import KeysUnavailableError

pytestmark = pytest.mark.faults

CANARY = "Karin Kanarie"
FACT = '"kind":"arrival","seq":1,"at":"2026-03-01T08:15:00+01:00"'
HOSTILE = ["<script>alert(1)</script>", "'; DROP TABLE fact; --", "{{7*7}}", "${jndi:ldap://x}", "../../etc/passwd"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Arrival(Strict):
    kind: Literal["arrival"]
    seq: Annotated[int, Field(ge=0, le=1_000)]
    at: Instant
    note: Note = ""
    name: Annotated[str, Text(80, min_code_points=1)] | None = None
    personnummer: Personnummer | None = None
    minutes: float = 0.0


class Departure(Strict):
    kind: Literal["departure"]
    service_codes: Annotated[list[str], Field(min_length=1)]


Fact = Annotated[Arrival | Departure, Field(discriminator="kind")]


class Batch(Strict):
    facts: Annotated[list[Fact], Field(min_length=1, max_length=200)]


ERRORS: dict[str, tuple[Exception, int, str]] = {
    "a rule of kind not found": (VisitUnknownError(), 404, "visit_unknown"),
    "a rule of kind refused": (VisitStillOpenError(), 409, "visit_still_open"),
    "another version": (WrongVersionError(), 412, "wrong_version"),
    "keys that do not answer": (KeysUnavailableError(CANARY), 503, "keys_unavailable"),
    "a conflict": (ConflictError(), 409, "conflict"),
    "a problem": (Problem("busy", headers={"Retry-After": "2"}), 503, "busy"),
    "the framework's own": (HTTPException(418, CANARY), 418, "bad_request"),
    "the framework's own 5xx": (HTTPException(503, CANARY), 503, "busy"),
    "a bug": (ValueError(f"{CANARY}\nforged line"), 500, "internal"),
}

router = APIRouter(prefix="/v1", route_class=StrictRoute)


@router.post("/facts", responses=documented("malformed_json", "duplicate_key", "unknown_field"))
async def take(body: Batch) -> list[str]:
    return [fact.note for fact in body.facts if isinstance(fact, Arrival)]


@router.get("/visits/{number}")
def read(number: Annotated[int, Path(le=6)], limit: int, if_match: Annotated[int, Header()]) -> int:
    return number + limit + if_match


@router.post("/errors/{name}")
def fail(name: str) -> None:
    raise ERRORS[name][0]


@router.get("/broken-stream")
def broken_stream() -> StreamingResponse:
    def lines() -> Any:
        yield CANARY
        raise ERRORS["a bug"][0]

    return StreamingResponse(lines())


app = FastAPI()
app.include_router(router)
app.add_middleware(BodyLimits)
install(app)
client = TestClient(app)


def post(body: str | bytes, **headers: str) -> httpx2.Response:
    return client.post("/v1/facts", content=body, headers={"content-type": "application/json", **headers})


def one_fact(fields: str) -> httpx2.Response:
    return post(f'{{"facts":[{{{fields}}}]}}')


def problem(response: httpx2.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """Check what holds of every problem document, and give its status, code and errors."""
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert list(body) == ["type", "title", "status", "detail", "code", "request_id", "errors"]
    assert (body["type"], body["status"]) == (f"/problems/{body['code']}", response.status_code)
    assert str(UUID(body["request_id"])) == body["request_id"] == response.headers["x-request-id"]
    return response.status_code, body["code"], [(error["pointer"], error["code"]) for error in body["errors"]]


def refused(code: str, pointer: str, status: int = 422) -> tuple[int, str, list[tuple[str, str]]]:
    return status, code, [(pointer, code)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"facts":', refused("malformed_json", "", 400)),
        (b'{"facts":["\xff"]}', refused("bad_encoding", "", 400)),
        (b'{"facts":[],"facts":[]}', refused("duplicate_key", "/facts", 400)),
        (b'{"facts":[{"minutes":1e400}]}', refused("not_finite", "/facts/0/minutes")),
        (b'{"facts":[{"note":"\\ud800"}]}', refused("bad_text", "/facts/0/note")),
        (b'{"facts":[{"note":"\\u0000"}]}', refused("bad_text", "/facts/0/note")),
        (b'{"facts":[{"seq":%d}]}' % 10**400, refused("out_of_range", "/facts/0/seq")),
        (b"[" * 100_000, refused("too_deep", "", 400)),
    ],
)
def test_rows_01_to_08_the_strict_parser_answers_for_the_route(body: bytes, expected: tuple[int, str, object]) -> None:
    assert problem(post(body)) == expected


def test_row_01_the_openapi_document_names_the_problems() -> None:
    responses = app.openapi()["paths"]["/v1/facts"]["post"]["responses"]
    assert list(responses) == ["200", "400", "422"]
    assert all(f"`{code}`" in responses["400"]["description"] for code in ("malformed_json", "duplicate_key"))
    assert set(responses["400"]["content"]) == {"application/problem+json"}


@pytest.mark.parametrize("field", ["role", "tenant"])
def test_row_13_an_unknown_field_is_refused(field: str) -> None:
    assert problem(one_fact(f'{FACT},"{field}":"admin"')) == refused("unknown_field", f"/facts/0/{field}")


@pytest.mark.parametrize("value", ["true", '"1"', "1.0", "null", "[]", "{}"])
def test_row_14_only_an_integer_is_an_integer(value: str) -> None:
    fields = FACT.replace(":1,", f":{value},")
    assert problem(one_fact(fields)) == refused("wrong_type", "/facts/0/seq")


@pytest.mark.parametrize("count", [0, 201])
def test_row_15_an_empty_batch_and_one_of_201_are_refused(count: int) -> None:
    body = f'{{"facts":[{",".join([f"{{{FACT}}}"] * count)}]}}'
    assert problem(post(body)) == refused("batch_size", "/facts")


def test_row_15_a_short_list_inside_an_item_is_no_batch() -> None:
    response = one_fact('"kind":"departure","service_codes":[]')
    assert problem(response) == refused("too_short", "/facts/0/service_codes")


@pytest.mark.parametrize("time", ['"2026-10-25T02:30:00"', '"2026-03-01"', '"9999-12-31T23:59:59-12:00"', '""'])
def test_row_28_a_time_without_offset_is_refused(time: str) -> None:
    response = one_fact(f'"kind":"arrival","seq":1,"at":{time}')
    assert problem(response) == refused("bad_time", "/facts/0/at")


@pytest.mark.parametrize("number", ["19850709-9804", "19850709–9805", "１９８５０７０９９８０５", "299912311124"])
def test_rows_34_37_39_a_personnummer_that_cannot_be_is_refused_and_not_repeated(number: str) -> None:
    response = one_fact(f'{FACT},"personnummer":"{number}"')
    assert problem(response) == refused("personnummer_invalid", "/facts/0/personnummer")
    assert number not in response.text


@pytest.mark.parametrize("text", HOSTILE)
def test_row_40_hostile_text_is_text(text: str) -> None:
    response = one_fact(f'{FACT},"note":"{text}"')
    assert (response.headers["content-type"], response.json()) == ("application/json", [text])


@pytest.mark.parametrize(
    ("fields", "code"),
    [(f'"note":"{"e" * 10_001}"', "too_long"), ('"name":""', "too_short"), ('"name":"\\n"', "bad_text")],
)
def test_rows_06_and_42_texts_have_limits(fields: str, code: str) -> None:
    assert problem(one_fact(f"{FACT},{fields}"))[:2] == (422, code)


def test_row_43_a_log_entry_of_a_bug_is_one_line_without_what_was_sent() -> None:
    with capture_logs() as entries:
        assert problem(client.post("/v1/errors/a bug")) == (500, "internal", [])
    assert [entry["event"] for entry in entries] == ["request_failed"]
    assert (entries[0]["error"], "test_problems.py:" in entries[0]["at"]) == ("ValueError", True)
    assert CANARY not in str(entries)
    assert not any("\n" in str(value) for value in entries[0].values())


@pytest.mark.parametrize("path", ["/", "/v2/facts", "//v1/facts", "/v1//facts", "/v1/facts%0d%0a"])
def test_row_55_an_unknown_path_is_not_found(path: str) -> None:
    assert problem(client.post(f"http://ledger{path}")) == (404, "not_found", [])


@pytest.mark.parametrize("method", ["GET", "DELETE", "TRACE", "BREW"])
def test_row_55_another_method_says_which_are_there(method: str) -> None:
    response = client.request(method, "/v1/facts")
    assert problem(response) == (405, "method_not_allowed", [])
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ('{"facts":[{"kind":"alarm"}]}', "/facts/0", "invalid"),
        ('{"facts":[{"seq":1}]}', "/facts/0", "invalid"),
        ('{"facts":{}}', "/facts", "wrong_type"),
        ("[]", "", "wrong_type"),
        ("", "", "missing_field"),
        ("{}", "/facts", "missing_field"),
        ('{"facts":[{"kind":"arrival","seq":1}]}', "/facts/0/at", "missing_field"),
        (f'{{"facts":[{{{FACT}}}],"{CANARY}":1}}', "", "unknown_field"),
    ],
)
def test_a_pointer_leads_to_what_is_in_the_body(body: str, pointer: str, code: str) -> None:
    assert problem(post(body)) == refused(code, pointer)


def test_parameters_are_pointed_at_by_their_place() -> None:
    response = client.get("/v1/visits/7", headers={"if-match": "x"})
    faults = [("/path/number", "out_of_range"), ("/query/limit", "missing_field"), ("/header/if-match", "wrong_type")]
    assert problem(response) == (422, "invalid", faults)


def test_no_more_than_50_faults_are_named() -> None:
    body = "{" + ",".join(f'"field_{number}":1' for number in range(5_000)) + "}"
    assert len(problem(post(body))[2]) == ERRORS_MAX


@pytest.mark.parametrize(
    "body",
    [
        f'{{"facts":"{CANARY}"}}',
        f'{{"facts":[{{"kind":"{CANARY}"}}]}}',
        f'{{"facts":[{{{FACT},"personnummer":"{CANARY}","minutes":"{CANARY}","{CANARY}":1}}]}}',
        f'{{"facts":[{{{FACT},"note":"{CANARY}\\u0000"}}]}}',
        f'{{"{CANARY}":1,"{CANARY}":2}}',
        f'"{CANARY}',
    ],
)
def test_nothing_that_was_sent_is_repeated(body: str) -> None:
    response = post(body)
    assert problem(response)[0] in (400, 422)
    assert CANARY not in response.text + str(response.headers)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_in_a_route_has_its_status_and_says_what_to_do(name: str) -> None:
    response, (error, status, code) = client.post(f"/v1/errors/{name}"), ERRORS[name]
    assert problem(response) == (status, code, [])
    assert response.json()["detail"] == (CODES[code].what_to_do_en if code in CODES else getattr(error, "detail", ""))
    assert response.headers.get("retry-after") == {"a problem": "2", "keys that do not answer": "5"}.get(name)
    assert CANARY not in response.text
    assert not isinstance(error, DomainError) or status_for(error) == status


def test_a_stream_that_breaks_has_no_second_answer() -> None:
    with capture_logs() as entries:
        response = client.get("/v1/broken-stream")
    assert (response.text, [entry["event"] for entry in entries]) == (CANARY, ["request_failed"])


@pytest.mark.parametrize("accepted", ["sv", "sv-SE,sv;q=0.9,en;q=0.8", "en;q=0.3, SV;q=0.7", "fi, sv;q=0.1"])
def test_a_caller_who_prefers_swedish_is_answered_in_swedish(accepted: str) -> None:
    response, info = post("{", **{"accept-language": accepted}), CODES["malformed_json"]
    assert (response.json()["title"], response.json()["detail"]) == (info.title_sv, info.what_to_do_sv)
    assert response.headers["content-language"] == "sv"


@pytest.mark.parametrize("accepted", ["", "en-GB, sv;q=0.5", "de, *;q=0.5", "sv;q=0", "svenska", "de-SV"])
def test_everybody_else_is_answered_in_english(accepted: str) -> None:
    assert post("{", **{"accept-language": accepted}).json()["title"] == CODES["malformed_json"].title_en


def test_the_request_id_is_drawn_afresh_and_never_the_callers() -> None:
    ids = {post("{", **{"x-request-id": "mine"}).headers["x-request-id"] for _ in range(3)}
    assert (len(ids), "mine" in ids) == (3, False)
    assert "x-request-id" in one_fact(FACT).headers
