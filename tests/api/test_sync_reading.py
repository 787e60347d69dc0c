"""The quick reading of a sync admits nothing that the strict parser and the models refuse, and reads the same as they do."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from api import sync_intake
from api.bootstrap import House
from api.strict_json import MalformedBodyError, Survey, survey
from api.sync_facts import FACT_TYPES
from api.sync_models import FactEnvelope, SyncEnvelope
from api.sync_reading import read_good
from infra.digests import canonical
from tests.api.conftest import Calls
from tests.api.phones import EIGHT_LOCAL, phone, send, statuses
from tests.api.town import fact, fresh, uid

patiently = settings(deadline=None, max_examples=300, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
PLACE = {"lat": 62.75, "lon": 15, "accuracy_m": 12.0, "mock": False}
PAYLOADS: dict[str, dict[str, Any]] = {
    "check_in": {"client_ids": [uid("a"), uid("b")], "kind": "extra", "position": PLACE, "tag_id": "tag"},
    "check_out": {"arrival_id": uid("c"), "position": None, "position_absent": "timeout", "source": "phone"},
    "service_performed": {"service_code": "SHOWER", "client_id": uid("a"), "minutes": 20},
    "service_declined": {"service_code": "SHOWER"},
    "not_performed": {"reason": "nobody_home", "client_ids": []},
    "note": {"text": "Åt frukost: gröt", "client_id": uid("a")},
    "shift_started": {"shift_id": uid("s"), "unit_id": None},
    "shift_ended": {"shift_id": uid("s"), "break_minutes": 30, "paid_minutes": 480, "closed_through_seq": 7},
    "indirect_time": {"kind": "travel", "minutes": 15},
}
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.0,
    2**53,
    2**53 + 1,
    10**30,
    1e-7,
    "",
    ":",
    "x" * 200,
    [],
    {},
    [[]],
    {"a": 1},
    uid("o").upper(),
]
ODD += [
    uid("o").replace("-", ""),
    f"{uid('o')}\n",
    "2026-03-02T06:00:00Z",
    "\x7f",
    "\x85",
    "\t",
    "\ud800",
    "mobile_no_receipt",
]
MARKS = b'":,{}[] \t\n\\eE.-+01\x00\x1f\x7f\xc2\x85\xff'


def sync_of_all_types() -> dict[str, Any]:
    facts = [
        {"id": uid(kind), "seq": seq, "type": kind, "visit_id": uid("v"), "wall_time": EIGHT_LOCAL, "payload": payload}
        | {"monotonic_ms": 1000 + seq, "boot_id": "boot-1", "app_version": "4.2.0"}
        for seq, (kind, payload) in enumerate(deepcopy(PAYLOADS).items())
    ]
    about_now = {"device_time": EIGHT_LOCAL, "monotonic_ms": 9000, "boot_id": "boot-1", "queue_depth": 9}
    return {"protocol": 1, "device_id": uid("phone"), **about_now, "facts": facts}


def written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


GOOD = written(sync_of_all_types())
NESTED = GOOD.replace(b'{"id"', b'{"payload":' + b"[" * 2000 + b"]" * 2000 + b',"id"', 1)
"""What is nested stands before the type, which a reader that goes by types looks for first."""
COMMAS = "," * 9_990
MANY_VALUES = written(
    {**sync_of_all_types(), "facts": [fact("note", uid("v"), "06:00", text=COMMAS) for _ in range(6)]}
)


def as_the_models_read(body: bytes) -> list[object] | None:
    """What the strict parser and the models make of a body; None where they find anything to say."""
    try:
        value, faults = survey(body)
        envelope = SyncEnvelope.model_validate(value)
        facts = [FactEnvelope.model_validate(sent) for sent in envelope.facts]
        payloads = [FACT_TYPES[each.type].payload.model_validate(each.payload) for each in facts]
    except (MalformedBodyError, ValidationError, KeyError):
        return None
    if faults or not 1 <= len(facts) <= 200:
        return None
    read = [
        (told(each, frozenset({"payload"})), told(payload), canonical(sent))
        for each, payload, sent in zip(facts, payloads, envelope.facts, strict=True)
    ]
    return [told(envelope, frozenset({"facts"})), *read]


def as_it_is_read_quickly(body: bytes) -> list[object] | None:
    good = read_good(body)
    if good is None:
        return None
    names = {kind: name for name, kind in FACT_TYPES.items()}
    read: list[object] = [told(good.envelope, frozenset({"facts"}))]
    for each in good.facts:
        around = {**told(each.fact, frozenset({"payload"})), "type": names[each.kind]}
        read.append((around, told(each.payload), each.canonical))
    return read


def told(read: Any, but: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Field by field, ids as texts; what a newer app has sent is no field."""
    if isinstance(read, BaseModel):
        assert not read.model_extra
        names = set(type(read).model_fields)
    else:
        names = set(read.__struct_fields__)
    values = {name: getattr(read, name) for name in names - but}
    return {name: plain(value) for name, value in values.items() if name != "started_at"}


def plain(value: Any) -> Any:
    if hasattr(value, "lat"):
        return told(value)
    if isinstance(value, tuple):
        return [str(each) for each in value]
    return (type(value), repr(value)) if value is None or isinstance(value, int | float) else str(value)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in inside for found in places(part, (*path, key)))]


@st.composite
def sent_by_odd_phones(draw: st.DrawFn) -> bytes:
    """A good sync in which one value is another, one is missing, or one field is too many."""
    sync = sync_of_all_types()
    *way, last = draw(st.sampled_from([path for path in places(sync) if path]))
    there: Any = sync
    for step in way:
        there = there[step]
    done = draw(st.sampled_from(["another", "none", "new"]))
    if done == "another":
        there[last] = draw(st.sampled_from(ODD))
    elif done == "none":
        del there[last]
    elif isinstance(there, dict):
        there["newer"] = draw(st.sampled_from(ODD))
    return written(sync)


@st.composite
def hurt_on_the_way(draw: st.DrawFn) -> bytes:
    """A good sync with bytes cut out and put in: often no JSON, sometimes other JSON."""
    at, cut = draw(st.integers(0, len(GOOD))), draw(st.integers(0, 3))
    return GOOD[:at] + bytes(draw(st.lists(st.sampled_from(list(MARKS)), max_size=3))) + GOOD[at + cut :]


def test_every_type_of_fact_is_read_quickly() -> None:
    assert as_it_is_read_quickly(GOOD) == as_the_models_read(GOOD)
    assert {type(each.payload).__name__ for each in read_good(GOOD).facts} == {  # type: ignore[union-attr]
        kind.payload.__name__ for kind in FACT_TYPES.values()
    }


@patiently
@given(sent_by_odd_phones() | hurt_on_the_way())
@example(GOOD.replace(b'"seq":0', b'"seq":0,"seq":1'))
@example(GOOD.replace(b'"seq":0', b'"seq":0,"seq" :1'))
@example(GOOD.replace(b'"seq":0', b'"seq" :0,"seq":1').replace(b'"SHOWER"', b'":"', 1))
@example(GOOD.replace(b'"lon":15', b'"lon":15,"lon":1e1'))
@example(GOOD.replace(b'"queue_depth":9', b'"queue_depth":9,"protocol":1'))
@example(b"\xef\xbb\xbf" + GOOD)
@example(GOOD.replace(b"frukost", b"\xed\xa0\x80"))
@example(NESTED)
@example(MANY_VALUES)
def test_what_is_read_quickly_is_what_the_models_read(body: bytes) -> None:
    quickly = as_it_is_read_quickly(body)
    assert quickly is None or quickly == as_the_models_read(body)


def test_a_fact_that_is_nested_too_deeply_does_not_sink_the_one_beside_it(call: Calls) -> None:
    good, nested = (fact("check_in", fresh("visit"), "06:00") for _ in range(2))
    first = {"payload": None} | {name: value for name, value in nested.items() if name != "payload"}
    body = written({**sync_of_all_types(), "facts": [good, first]})
    answer = phone(call).send("/v1/sync", body.replace(b":null", b":" + b"[" * 40 + b"]" * 40))
    assert statuses(answer) == [("accepted", None), ("rejected", "too_deep")]


def test_a_body_nested_without_end_or_with_too_many_values_is_refused_whoever_would_read_it(call: Calls) -> None:
    codes = [phone(call).send("/v1/sync", body).json()["code"] for body in (NESTED, MANY_VALUES)]
    assert codes == ["too_deep", "too_large"]


def test_what_a_newer_app_says_of_time_that_nobody_is_visited_is_left_to_the_models() -> None:
    timed = GOOD.replace(b'"kind":"travel"', b'"kind":"travel","started_at":"2026-03-02T07:00:00+01:00"')
    assert timed != GOOD
    assert as_the_models_read(timed)
    assert read_good(timed) is None


@pytest.mark.parametrize("again", [[], [{"id": "bad"}]], ids=["alone", "beside a bad fact"])
def test_evidence_of_a_conflict_is_the_fact_as_it_was_sent_whatever_comes_with_it(
    call: Calls, house: House, again: list[Any]
) -> None:
    sent = fact("check_in", fresh("visit"), "06:00", position=PLACE)
    send(phone(call), [sent])
    other = sent | {"wall_time": "2026-03-02T07:00:00+01:00"}
    assert statuses(send(phone(call), [other]))[0] == ("rejected", "id_conflict")
    assert statuses(send(phone(call), [other, *again]))[0] == ("rejected", "id_conflict")
    [kept] = [kept for kept in house.log.quarantined(10) if kept.reason == "id_conflict"]
    sealed_for = f"quarantine/{kept.quarantine_id}"
    assert json.loads(house.sealing.open_bytes(kept.sealed, place=sealed_for)) == other
    assert b"12.0" in house.sealing.open_bytes(kept.sealed, place=sealed_for)


def test_a_batch_of_conflicts_is_read_once_more_and_not_once_for_each(
    call: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [fact("check_in", fresh("visit"), "06:00") for _ in range(5)]
    send(phone(call), sent)
    read: list[bytes] = []

    def reads(body: bytes) -> Survey:
        read.append(body)
        return survey(body)

    monkeypatch.setattr(sync_intake, "survey", reads)
    answer = send(phone(call), [each | {"wall_time": "2026-03-02T07:00:00+01:00"} for each in sent])
    assert statuses(answer) == [("rejected", "id_conflict")] * 5
    assert len(read) == 1
