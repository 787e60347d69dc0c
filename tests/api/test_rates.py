"""Whoever calls too often waits, and nobody else does."""

import asyncio
import shutil
import time
import typing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from api.app import create_app
from api.bootstrap import House, build
from api.callers import callers_of
from api.problems import Language, Problem, document
from api.rate_guard import HELD_S, LET_GO_PER_S, NOT_FOUND_MAX, REFUSED_MAX, CallRates, RateGuard, network_of
from api.refusals import TOLD_AFTER_S
from api.security_headers import USUAL
from infra.setting_values import SettingError
from infra.settings import UNLIMITED, Rates, Settings
from tests.api.calls import Answer, Caller
from tests.api.conftest import MORNING, Calls, StillClock, people_of
from tests.api.phones import send
from tests.api.test_operating import value_of
from tests.api.town import ANNA, BO, fact, fresh, uid

pytestmark = pytest.mark.faults

FEW = 5
FEWER = 3
A_FEW = Rates(caller=f"{FEW}/hour", device="", address=f"{FEWER}/hour")


@pytest.fixture
def house(empty_folder: Path, tmp_path: Path) -> House:
    """A house where everybody may call a few times."""
    shutil.copytree(empty_folder, tmp_path, dirs_exist_ok=True)
    return build(Settings(data_dir=tmp_path, rates=A_FEW), clock=StillClock(MORNING))


@pytest.fixture
def call(house: House) -> Iterator[Calls]:
    with TestClient(create_app(house)) as client:
        yield people_of(house, client)


def refused(answer: Answer) -> bool:
    """Whether a caller is told to wait, and for how long."""
    if answer.status_code != 429:
        return False
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too_many_requests"
    assert int(answer.headers["retry-after"]) >= 1
    return True


def sync(caller: Caller, device: str = "phone") -> Answer:
    return send(caller, [fact("check_in", fresh("visit"), "06:00")], device)


def test_row_53_a_phone_that_sends_sync_after_sync_is_told_to_wait_and_the_others_are_not(call: Calls) -> None:
    storming, calm = call("care_worker", subject=ANNA), call("care_worker", subject=BO)
    answers = [sync(storming) for _ in range(30)]
    assert [refused(answer) for answer in answers] == [False] * FEW + [True] * (30 - FEW)
    assert sync(calm).status_code == 200


def test_row_53_what_is_refused_is_not_read_and_nothing_is_stored(house: House, call: Calls) -> None:
    storming = call("care_worker", subject=ANNA)
    assert [sync(storming).status_code for _ in range(FEW)] == [200] * FEW
    last = house.log.head()
    assert refused(sync(storming))
    assert house.log.head() == last
    for length, hung_up in {b"600": False, b"65537": True, b"": True}.items():
        reads, answers = ask_bare(house, house.tokens.issue(subject=ANNA, role="care_worker"), length)
        assert (reads, [answer["status"] for answer in answers if "status" in answer]) == (0, [200, 429])
        assert ((b"connection", b"close") in answers[1]["headers"]) == hung_up


def ask_bare(house: House, token: str, length: bytes) -> tuple[int, list[Message]]:
    """Send two syncs to a guard that lets one pass, without a server: how often it read a body, and what it answered."""
    reads, answers = 0, list[Message]()

    async def receive() -> Message:
        nonlocal reads
        reads += 1
        return {"type": "http.request"}

    async def answer(message: Message) -> None:
        answers.append(message)

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})

    guard = RateGuard(app, rates=CallRates(replace(UNLIMITED, caller="1/hour")), callers=callers_of(house))
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-length", length)]
    scope = {"type": "http", "method": "POST", "path": "/v1/sync", "client": ("10.0.0.1", 1), "headers": headers}
    for _ in range(2):
        asyncio.run(guard(scope, receive, answer))
    return reads, answers


def test_row_53_a_phone_is_one_phone_whoever_is_signed_in_on_it(tmp_path: Path) -> None:
    house = build(Settings(data_dir=tmp_path, rates=replace(UNLIMITED, device=f"{FEW}/hour")))
    with TestClient(create_app(house)) as client:
        call = people_of(house, client)
        workers = [call("care_worker", subject=uid(f"worker-{number}")) for number in range(FEW + 1)]
        assert [refused(sync(worker)) for worker in workers] == [False] * FEW + [True]
        assert house.log.head()[0] == FEW + 1  # their arrivals, and once that the phone was heard
        assert not refused(sync(workers[0], "another phone"))


def test_row_53_who_has_no_good_token_is_limited_by_address_and_nobody_who_has_one(call: Calls) -> None:
    bo = call("care_worker", subject=BO)
    tries = [bo.client.get("/", headers={"Authorization": f"Bearer {forged}"}) for forged in range(FEWER + FEW)]
    assert [refused(answer) for answer in tries] == [False] * FEWER + [True] * FEW
    assert refused(bo.client.get("/"))
    assert sync(bo).status_code == 200
    assert {bo.client.get(path).status_code for path in ["/healthz", "/readyz"] * FEW} == {200}


def test_an_address_is_the_other_ends_and_of_ipv6_the_network() -> None:
    assert network_of(("192.0.2.7", 80)) == "192.0.2.7"
    assert network_of(("2001:db8:1:2:3::7", 80)) == network_of(("2001:db8:1:2:ffff::", 80)) == "2001:db8:1:2::/64"
    assert network_of(None) == network_of(("testclient", 80)) == ""


def test_what_was_refused_is_counted(call: Calls) -> None:
    sample, admin = 'visitledger_problems_total{code="too_many_requests",status="429"}', call("admin")
    before = value_of(admin.get("/metrics").text, sample)
    assert sum(refused(call("auditor").get("/v1/organisation")) for _ in range(FEW + 3)) == 3
    assert value_of(admin.get("/metrics").text, sample) == before + 3


def test_what_was_refused_is_told_in_one_line_of_the_log_with_the_number_of_calls(house: House) -> None:
    with TestClient(create_app(house)) as client, capture_logs() as lines:
        auditor = people_of(house, client)("auditor")
        assert sum(refused(auditor.get("/v1/organisation")) for _ in range(FEW + 3)) == 3
        deadline = time.monotonic() + 5 * TOLD_AFTER_S
        while not (told := [line for line in lines if line["event"] == "calls_refused"]):
            assert time.monotonic() < deadline
            time.sleep(TOLD_AFTER_S / 20)
    assert told == [{"event": "calls_refused", "log_level": "info", "role": "auditor", "status": 429, "calls": 3}]
    assert [line["status"] for line in lines if line["event"] == "request"] == [200] * FEW


def test_a_refusal_is_the_usual_problem_document_in_the_callers_language_with_an_id_of_its_own(call: Calls) -> None:
    auditor, languages = call("auditor"), typing.get_args(Language)
    for _ in range(FEW):
        auditor.get("/v1/organisation")
    ids = set()
    for language in languages * 2:
        headers = {**auditor._headers(), "Accept-Language": language}
        answer = auditor.client.get("/v1/organisation", headers=headers)
        assert refused(answer)
        ids.add(request_id := answer.headers["x-request-id"])
        assert answer.content == document(Problem("too_many_requests"), language, request_id).body
        assert answer.headers["content-language"] == language
        assert {name: answer.headers[name] for name in USUAL} == USUAL
    assert len(ids) == 2 * len(languages)


def test_row_54_who_guesses_ids_meets_404_and_is_told_of_once(house: House) -> None:
    unlimited = replace(house.settings, rates=UNLIMITED)
    with TestClient(create_app(replace(house, settings=unlimited))) as client, capture_logs() as lines:
        auditor = people_of(house, client)("auditor")
        paths = [f"/v1/visits/{fresh('guessed')}" for _ in range(NOT_FOUND_MAX + 20)]
        assert {auditor.get(path).status_code for path in paths} == {404}
    [told] = [line for line in lines if line["event"] == "many_not_found"]
    assert (told["log_level"], told["role"], told["calls"]) == ("warning", "auditor", NOT_FOUND_MAX)
    assert auditor.subject not in str(told)


def test_row_54_who_guesses_ids_is_limited_as_everybody_is(call: Calls) -> None:
    guessing = call("auditor")
    answers = [guessing.get(f"/v1/visits/{fresh('guessed')}") for _ in range(2 * FEW)]
    assert [answer.status_code for answer in answers] == [404] * FEW + [429] * FEW


def test_settings_of_rates_say_what_they_take() -> None:
    settings = Settings.from_environment({"VISITLEDGER_RATE_CALLER": "9/second", "VISITLEDGER_RATE_ADDRESS": "off"})
    assert settings.rates == Rates(caller="9/second", device=Rates.device, address="")
    for value in ("", "9", "0/second", "9/second;", "9 per second", "9/fortnight"):
        with pytest.raises(SettingError, match="VISITLEDGER_RATE_DEVICE takes rates such as"):
            Settings.from_environment({"VISITLEDGER_RATE_DEVICE": value})


def test_row_53_who_calls_on_regardless_waits_for_the_refusal_too_and_keeps_nobody_else_waiting(
    house: House, call: Calls
) -> None:
    storming, calm = (call("care_worker", subject=each)._headers() for each in (ANNA, BO))
    guard = RateGuard(nothing, rates=CallRates(A_FEW), callers=callers_of(house))
    seconds = asyncio.run(waited(guard, [storming] * (FEW + REFUSED_MAX + 10) + [calm]))
    *stormed, waited_calmly = seconds
    assert 1 <= sum(each >= HELD_S for each in stormed) <= 10  # fewer where a second begins meanwhile
    assert waited_calmly < HELD_S


def test_row_53_of_one_callers_held_refusals_one_after_the_other_is_let_go(house: House, call: Calls) -> None:
    storming, held = call("care_worker", subject=ANNA)._headers(), 30
    guard = RateGuard(nothing, rates=CallRates(A_FEW), callers=callers_of(house))
    seconds = asyncio.run(waited(guard, [storming] * (FEW + REFUSED_MAX + held)))
    held_s = sorted(each for each in seconds if each >= HELD_S)
    in_turn_s = [HELD_S + turn / LET_GO_PER_S for turn in range(len(held_s))]
    assert held - REFUSED_MAX <= len(held_s) <= held  # fewer where a second begins meanwhile
    assert all(one >= other - 0.05 for one, other in zip(held_s, in_turn_s, strict=True))


async def nothing(_: Scope, __: Receive, send: Send) -> None:
    """Answer at once."""
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def waited(guard: RateGuard, callers: list[dict[str, str]]) -> list[float]:
    """Let all call at once, each on a connection of its own. Gives the seconds that each waited."""

    async def one(headers: dict[str, str]) -> float:
        named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": "/v1/events", "headers": named, "client": ("192.0.2.1", 1)}
        began = time.monotonic()
        await guard(scope, receive, ignore)
        return time.monotonic() - began

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def ignore(_: Message) -> None:
        """Nobody reads it."""

    return await asyncio.gather(*map(one, callers))
