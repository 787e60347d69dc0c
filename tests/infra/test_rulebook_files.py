"""Rulebook documents: what a line says is what is meant, and every fault is told of with its line, whatever was sent."""

import time
from datetime import date
from decimal import Decimal

import pytest

from domain.ids import ServiceCode
from domain.rulebook.rulebook import Rulebook
from domain.rulebook.values import RatePer
from infra.rulebook_files import YAML_SENTENCES, RulebookFile, read_rulebook
from infra.rulebook_schema import rulebook_schema, schema_faults
from infra.yaml_document import BYTES_MAX, read_yaml

pytestmark = pytest.mark.domain  # no store is asked: rules and properties of text

START = "municipality: Bräcke\neditions:\n  - version: b-1\n    from: 2024-01-01\n"


def read(text: str) -> RulebookFile:
    return read_rulebook(text.encode("utf-8", "surrogatepass"))


def found(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.code) for fault in read(text).faults]


def with_policies(*lines: str) -> str:
    return START + "    policies:\n" + "".join(f"      {line}\n" for line in lines)


def read_well(text: str) -> Rulebook:
    file = read(text)
    assert file.faults == ()
    assert file.rulebook is not None
    return file.rulebook


def test_what_a_line_says_is_what_is_meant() -> None:
    """Hours, days and the word "no" are no numbers, moments or truth values; decimals are exact."""
    rulebook = read_well(
        with_policies(
            "night_window: 22:00-07:00",
            "quality_bonus_per_hour: 414.80",
            "lock: {day: 6, at: 18:00}",
            "order_required: false",
            "minimum_minutes:",
            "  - {window: 19:00-07:00, minutes: 15, sources: [phone]}",
            "rates:",
            "  - {in_house: 245, private: 260.5, per: task, band: no}",
            "bands: [{name: no, window: 00:00-24:00}]",
        )
    )
    policies = rulebook.on(date(2024, 1, 1)).policies
    assert (policies.night_window, policies.lock.day, policies.lock.at) == ("22:00-07:00", 6, "18:00")
    assert policies.lock.working_day is None
    assert str(policies.quality_bonus_per_hour) == "414.80"
    assert not policies.order_required
    [rate] = policies.rates
    assert (rate.in_house, rate.private, rate.per, rate.band) == (Decimal(245), Decimal("260.5"), RatePer.TASK, "no")


def test_the_digest_is_that_of_the_text() -> None:
    assert read(START).digest != read(START + "# another line\n").digest
    assert read("\ufeff" + START).faults == ()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("tolerance_percent: 5.0", "wrong_type"),
        ("tolerance_percent: '5'", "wrong_type"),
        ("tolerance_percent: five", "wrong_type"),
        ("tolerance_percent: null", "wrong_type"),
        ("tolerance_percent: -5", "out_of_range"),
        ("tolerance_percent: 1001", "out_of_range"),
        ("tolerance_percent: 5e0", "bad_number"),
        ("tolerance_percent: 0x5", "bad_number"),
        ("tolerance_percent: .nan", "bad_number"),
        ("tolerance_percent: 99999999999999999999", "number_too_long"),
        ("tolerance_procent: 5", "unknown_field"),
        ("<<: {tolerance_percent: 5}", "unknown_field"),
        ("order_required: no", "wrong_type"),
        ("paid_as: fixd", "unknown_word"),
        ("night_window: 22-07", "bad_pattern"),
        ("fee_per_hour: -1", "out_of_range"),
        ("fee_per_hour: .inf", "bad_number"),
        ("fee_per_hour: '246'", "wrong_type"),
        ("fee_per_month_max: much", "wrong_type"),
        ("required_approvals: worker", "wrong_type"),
        ("major_holidays: [christmas_eve, christmas_eve]", "named_twice"),
        ("lock: 6", "wrong_type"),
        ("rates: [{in_house: 5}]", "missing_field"),
        ("night_payment: !!str hour", "tag"),
        ("night_payment: &a hour", "anchor"),
        ("night_payment: *a", "alias"),
        ('night_payment: "\\ud800"', "bad_character"),
        ('night_payment: "\\0"', "bad_character"),
        (f"night_payment: {'x' * 201}", "too_long"),
    ],
)
def test_a_line_that_cannot_be_meant_is_told_of_with_what_to_write(line: str, code: str) -> None:
    [fault] = read(with_policies("declined_share_percent: 50", line, "carry_over_unused: true")).faults
    assert (fault.line, fault.code) == (7, code)
    assert fault.sentence.endswith(".")
    assert "Traceback" not in fault.sentence


def test_every_fault_is_listed_in_the_order_of_the_lines() -> None:
    text = with_policies(
        "paid_as: fixd", "tolerance_percent: -1", "tolerance_percent: 2", "rates:", "  - {in_house: x}"
    )
    assert found(text) == [
        (6, "unknown_word"),
        (7, "out_of_range"),
        (8, "duplicate_name"),
        (10, "missing_field"),
        (10, "wrong_type"),
    ]


def test_contradictions_have_lines_too() -> None:
    text = (
        START + "    until: 2024-07-01\n  - version: b-2\n    from: 2025-01-01\n    policies:\n      paid_as: fixed\n"
    )
    assert found(text) == [(7, "editions_gap"), (9, "fixed_without_minutes")]


def test_a_fault_says_where_and_repeats_no_foreign_name() -> None:
    [fault] = read(with_policies("astrid_ek_19121212: 5")).faults
    assert fault.path == "/editions/0/policies"
    assert "astrid" not in fault.sentence


def test_a_word_nearly_right_is_guessed() -> None:
    [fault] = read(with_policies("tolerance_procent: 5")).faults
    assert "`tolerance_percent`" in fault.sentence


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "empty")]),
        ("# nothing\n", [(1, "empty")]),
        ("5", [(1, "wrong_type")]),
        ("[]", [(1, "wrong_type")]),
        ("a: 1\n---\nb: 2\n", [(2, "several_documents")]),
        ("a:\n\t- b", [(2, "tab")]),
        ("a: b: c", [(1, "colon")]),
        ("a: [1", [(1, "bad_yaml")]),
        ("a: 'x", [(1, "bad_yaml")]),
        ("a: \x01", [(1, "bad_character")]),
        ("a: 1\n\ud800: 2", [(2, "bad_encoding")]),
        ("[" * 40_000, [(1, "too_deep")]),
        ("- " * 30_000, [(1, "too_deep")]),
        ("a: [" + "1," * 20_000 + "1]", [(1, "too_large")]),
        ("#" * (BYTES_MAX + 1), [(1, "too_large")]),
    ],
)
def test_what_cannot_be_read_at_all_is_told_of_at_its_line(text: str, faults: list[tuple[int, str]]) -> None:
    began = time.perf_counter()
    assert found(text) == faults
    assert time.perf_counter() - began < 5


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{this}: &{this} [{','.join([f'*{before}'] * 9)}]\n" for before, this in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (BOMB, {"anchor", "alias", "unknown_field", "missing_field"}),
        ("a: &a {b: *a}", {"anchor", "alias", "unknown_field", "missing_field"}),
        ("!!python/object/apply:os.system ['true']", {"tag", "wrong_type"}),
        ("? [a]\n: 1\n? {b: 1}\n: 2", {"bad_name", "missing_field"}),
        ("{" * 40_000, {"bad_name", "too_deep"}),
        ("? " * 30_000, {"bad_name", "too_deep"}),
        ("%YAML 9.9\n---\na: 1", {"bad_yaml"}),
    ],
)
def test_what_would_harm_a_reader_of_all_of_yaml_is_a_fault_like_any_other(text: str, codes: set[str]) -> None:
    assert {fault.code for fault in read(text).faults} == codes


@pytest.mark.parametrize("source", [b"a: \xff", b"a: 1\nb: \xc3", b"\xff\xfea\x00"])
def test_bytes_that_are_no_utf_8_are_told_of_at_their_line(source: bytes) -> None:
    [fault] = read_rulebook(source).faults
    assert (fault.line, fault.code) == (source.count(b"\n") + 1, "bad_encoding")


def test_services_that_the_catalogue_has_not_are_found_with_their_lines() -> None:
    file = read(with_policies("standard_times:", "  - {service: SHOP, minutes: 60}", "  - {service: BED, minutes: 5}"))
    assert [(fault.line, fault.path) for fault in file.unknown_services([ServiceCode("BED")])] == [
        (7, "/editions/0/policies/standard_times/0/service")
    ]
    assert file.unknown_services([ServiceCode("BED"), ServiceCode("SHOP")]) == []


def test_every_word_of_the_reader_has_its_sentence() -> None:
    assert all(sentence.endswith(".") for sentence in YAML_SENTENCES.values())


def test_the_schema_says_amounts_are_numbers_and_is_the_same_each_time() -> None:
    schema = rulebook_schema()
    assert schema["$defs"]["Rate"]["properties"]["in_house"] == {"type": "number", "minimum": 0}
    holidays = schema["$defs"]["Policies"]["properties"]["major_holidays"]["default"]
    assert holidays == sorted(holidays)
    assert list(schema_faults(read_yaml(START.encode()).value)) == []
