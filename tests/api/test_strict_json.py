"""What the strict parser and the text fields take, and with which code they refuse the rest."""

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median
from typing import Annotated
from uuid import UUID

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from api.json_values import VALUES_MAX, has_few_values
from api.problem_codes import CODES
from api.strict_json import (
    NOTE_CODE_POINTS_MAX,
    STATUS_OF_FAULT,
    Fault,
    Instant,
    MalformedBodyError,
    Note,
    Text,
    clean_text,
    parse,
    survey,
)
from api.strict_route import FieldError, field_errors

pytestmark = pytest.mark.faults

NOTE: TypeAdapter[str] = TypeAdapter(Note)
NAME: TypeAdapter[str] = TypeAdapter(Annotated[str, Text(80, min_code_points=1)])
INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
RIGHT_TO_LEFT_OVERRIDE = "\u202e"
COMBINING_ACUTE = "\u0301"


def refusal(body: bytes) -> tuple[str, int, str]:
    with pytest.raises(MalformedBodyError) as caught:
        parse(body)
    return caught.value.code, caught.value.status, caught.value.pointer


def error_type(call: Callable[[], object]) -> str:
    with pytest.raises(ValidationError) as caught:
        call()
    return caught.value.errors()[0]["type"]


def test_good_json_means_what_json_loads_says() -> None:
    body = '{"a": [1, -2.5e3, true, null, ""], "å": {"n": "tab\\tline\\nend \\ud83d\\ude00 [{"}}'.encode()
    assert parse(body) == json.loads(body)


@pytest.mark.parametrize(
    "body", [b"", b" ", b"{", b'{"a":', b'{"a":1}x', b"{'a':1}", b"[1,]", b"[01]", b'["line\nbreak"]', b'"\\x"']
)
def test_row_01_malformed_and_truncated_json_is_refused(body: bytes) -> None:
    assert refusal(body) == ("malformed_json", 400, "")


@pytest.mark.parametrize(
    "body",
    [
        b'["\xff"]',
        b'["\xed\xa0\x80"]',
        b"\xef\xbb\xbf[]",
        "[]".encode("utf-16"),
        "[]".encode("utf-16-le"),
        "[]".encode("utf-16-be"),
        "[]".encode("utf-32"),
    ],
)
def test_row_02_only_utf8_without_a_mark_is_taken(body: bytes) -> None:
    assert refusal(body) == ("bad_encoding", 400, "")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"a":1,"a":1}', "/a"),
        (b'{"facts":[{"b":1},{"b":1,"b":2}]}', "/facts/1/b"),
        (b'{"a":1,"\\u0061":2}', "/a"),
    ],
)
def test_row_03_duplicate_keys_are_refused(body: bytes, pointer: str) -> None:
    assert refusal(body) == ("duplicate_key", 400, pointer)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1" * 400 + ".0"])
def test_row_04_numbers_that_are_not_finite_are_refused(number: str) -> None:
    assert refusal(f'{{"a":[0,{number}]}}'.encode()) == ("not_finite", 422, "/a/1")


@pytest.mark.parametrize("text", ["\\ud800", "\\udfff", "\\ude00\\ud83d", "a\\uD83Db"])
def test_row_05_half_surrogate_pairs_are_refused(text: str) -> None:
    assert refusal(f'{{"note":"{text}"}}'.encode()) == ("bad_text", 422, "/note")


@pytest.mark.parametrize("text", ["\\u0000", "\\u001b", "\\b", "\\f", "\\r", "\\u007f", "\\u0085", "\x7f", "\x85"])
def test_row_06_control_characters_in_text_are_refused(text: str) -> None:
    assert refusal(f'{{"note":"a{text}"}}'.encode()) == ("bad_text", 422, "/note")


def test_row_06_control_characters_in_a_key_are_refused() -> None:
    assert refusal(b'{"a":{"b\\u0000":1}}') == ("bad_text", 422, "/a")


def test_row_06_a_raw_nul_in_a_text_is_refused() -> None:
    assert refusal(b'{"note":"a\0b"}') == ("bad_text", 422, "")


def test_row_06_an_escaped_backslash_is_no_escape_of_what_follows_it() -> None:
    assert parse(b'["\\\\u0000 C:\\\\ud800 \\\\b"]') == ["\\u0000 C:\\ud800 \\b"]


def test_row_06_tab_and_newline_are_allowed_in_notes_only() -> None:
    assert NOTE.validate_python("first\n\tsecond") == "first\n\tsecond"
    assert error_type(lambda: NAME.validate_python("Anna\nAndersson")) == "bad_text"
    assert error_type(lambda: NAME.validate_python("Anna\tAndersson")) == "bad_text"


@pytest.mark.parametrize("text", ["\0", "\r", "\x7f", "\x9b", "\ud800"])
def test_row_06_clean_text_refuses_the_rest_in_notes_too(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be kept"):
        clean_text(text, notes=True)


@pytest.mark.parametrize("number", ["9007199254740993", "-9007199254740993", "9" * 5_000, "-" + "9" * 900_000])
def test_row_07_integers_beyond_2_to_the_53_are_refused(number: str) -> None:
    assert refusal(f'{{"a":{number}}}'.encode()) == ("out_of_range", 422, "/a")


def test_row_07_the_last_exact_integers_are_taken() -> None:
    assert parse(b"[9007199254740992,-9007199254740992]") == [2**53, -(2**53)]


@pytest.mark.parametrize("levels", [33, 500, 5_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ("[", "")])
def test_row_08_nesting_over_32_is_refused_in_no_time(levels: int, opening: str, closing: str) -> None:
    body = f"{opening * levels}1{closing * levels}".encode()
    began = time.thread_time()
    code, status, _ = refusal(body)
    expected = ("too_deep", 400) if closing or levels > 1_000 else ("malformed_json", 400)
    assert (code, status) == expected
    assert time.thread_time() - began < 5


def test_row_08_nesting_of_32_is_taken() -> None:
    assert parse(b"[" * 32 + b"]" * 32) is not None
    assert parse(b'["' + b"[" * 100 + b'"]') == ["[" * 100]


def test_row_09_a_flood_of_tiny_values_is_refused_before_it_is_parsed() -> None:
    flood = b"[" + b"0," * VALUES_MAX + b"0]"
    assert refusal(flood) == ("too_large", 413, "")
    assert parse(b"[" + b"0," * (VALUES_MAX - 1) + b"0]") == [0] * VALUES_MAX


@pytest.mark.parametrize("begins", [b"", b"x" * 10, b"x" * VALUES_MAX, b"x" * 3 * VALUES_MAX])
@pytest.mark.parametrize("ends", [b"", b"x" * (VALUES_MAX // 2), b"x" * VALUES_MAX])
@pytest.mark.parametrize("mark", [b",", b"[", b"{"])
def test_row_09_values_are_counted_wherever_in_the_body_they_stand(begins: bytes, ends: bytes, mark: bytes) -> None:
    most = begins + mark * VALUES_MAX + ends
    assert has_few_values(most)
    assert not has_few_values(most + b",")
    assert not has_few_values(b"{" + most)


def test_row_16_one_bad_fact_of_200_does_not_sink_the_others() -> None:
    facts = [b'{"n":%d}' % number for number in range(200)]
    facts[7] = b'{"n":7,"note":"\\ud800","speed":1e999,"n":8}'
    value, faults = survey(b'{"facts":[' + b",".join(facts) + b"]}")
    good = [{"n": number} for number in range(200)]
    assert value == {"facts": [*good[:7], {"n": 8, "note": None, "speed": None}, *good[8:]]}
    assert faults == (
        Fault("bad_text", ("facts", 7, "note")),
        Fault("not_finite", ("facts", 7, "speed")),
        Fault("duplicate_key", ("facts", 7, "n")),
    )


@pytest.mark.parametrize("key", ["Anna Andersson", "19121212-1212", "x" * 65, "a/b"])
def test_a_pointer_ends_before_a_key_that_is_no_field_name(key: str) -> None:
    assert refusal(f'{{"facts":[{{"{key}":NaN}}]}}'.encode()) == ("not_finite", 422, "/facts/0")


def test_the_parsers_statuses_are_those_of_the_table_of_codes() -> None:
    assert {code: CODES[code].status for code in STATUS_OF_FAULT} == STATUS_OF_FAULT


def test_row_28_a_time_without_offset_is_refused() -> None:
    assert error_type(lambda: INSTANT.validate_python("2026-10-25T02:30:00")) == "bad_time"


def test_row_28_the_doubled_hour_gives_two_instants() -> None:
    summer = INSTANT.validate_python("2026-10-25T02:30:00+02:00")
    winter = INSTANT.validate_python("2026-10-25T02:30:00+01:00")
    assert (summer, winter) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert winter.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "1700000000",
        "2026-03-01",
        "2026-03-01 08:00:00Z",
        "2026-02-30T08:00:00Z",
        "2026-03-01T24:30:00Z",
        "９026-03-01T08:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        "",
    ],
)
def test_row_28_what_is_no_instant_is_refused(text: str) -> None:
    assert error_type(lambda: INSTANT.validate_python(text)).startswith(("bad_time", "datetime_"))


def test_row_28_a_number_is_no_time_in_a_strict_model() -> None:
    class Fact(BaseModel):
        model_config = ConfigDict(strict=True)
        at: Instant

    assert error_type(lambda: Fact.model_validate({"at": 1_700_000_000})) == "wrong_type"
    assert Fact.model_validate({"at": "2026-03-01T08:00:00Z"}).at == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_row_42_a_note_over_10_000_code_points_is_too_long() -> None:
    assert NOTE.validate_python("å" * NOTE_CODE_POINTS_MAX) == "å" * NOTE_CODE_POINTS_MAX
    assert error_type(lambda: NOTE.validate_python("å" * (NOTE_CODE_POINTS_MAX + 1))) == "string_too_long"


def test_row_42_stacked_accents_count_one_by_one() -> None:
    assert error_type(lambda: NOTE.validate_python("e" + COMBINING_ACUTE * 1_000_000)) == "string_too_long"


def test_row_42_writing_direction_is_kept_in_the_record() -> None:
    assert NOTE.validate_python(f"a{RIGHT_TO_LEFT_OVERRIDE}b") == f"a{RIGHT_TO_LEFT_OVERRIDE}b"


def test_a_text_that_must_be_there_may_not_be_empty() -> None:
    assert error_type(lambda: NAME.validate_python("")) == "string_too_short"


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (bool, "perhaps", "wrong_type"),
        (int, "1.5", "wrong_type"),
        (float, "x", "wrong_type"),
        (list[int], {}, "wrong_type"),
        (Annotated[int, Field(gt=0)], 0, "out_of_range"),
        (Annotated[int, Field(ge=0)], -1, "out_of_range"),
        (Annotated[int, Field(lt=0)], 0, "out_of_range"),
        (Annotated[int, Field(le=0)], 1, "out_of_range"),
        (Annotated[int, Field(multiple_of=5)], 1, "out_of_range"),
        (int, "1" * 5_000, "out_of_range"),
        (Annotated[float, Field(allow_inf_nan=False)], float("inf"), "not_finite"),
        (Annotated[str, Field(max_length=5)], "\ud800", "bad_text"),
        (Instant, "2026-02-30T08:00:00Z", "bad_time"),
        (AwareDatetime, "2026-03-01T08:00:00", "bad_time"),
        (date, "2026-02-30", "bad_time"),
        (UUID, "7", "uuid_parsing"),
    ],
)
def test_what_pydantic_finds_has_our_codes(kind: type[object], value: object, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    found = [{"type": error["type"], "loc": ("body", "field")} for error in caught.value.errors()]
    assert field_errors(RequestValidationError(found, body={"field": value})) == [FieldError("/field", code)]


def test_a_good_batch_of_40_facts_costs_little_more_than_json_loads() -> None:
    fact = {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "seq": 4711, "at": "2026-03-01T08:15:00.123+01:00"}
    payload = {"lat": 63.1826789, "lon": 15.4231234, "note": "Åt frukost, mår bra. " * 28}
    body = json.dumps({"facts": [fact | {"payload": payload} for _ in range(40)]}, ensure_ascii=False).encode()
    assert 28_000 < len(body) < 34_000
    assert seconds(lambda: parse(body)) - seconds(lambda: json.loads(body)) < 0.0005


def seconds(call: Callable[[], object]) -> float:
    """Processor time, so that others on the machine do not count."""

    def once() -> float:
        began = time.thread_time()
        call()
        return time.thread_time() - began

    return median(once() for _ in range(101))
