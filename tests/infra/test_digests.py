"""The canonical form of a fact: how it was spelled makes no difference, what it says does."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.digests import FactDigester, JsonValue, canonical

pytestmark = pytest.mark.domain  # no store is asked: rules and properties of text

KEY = bytes(range(32))
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine too
WHOLE_MAX = 2**53
FACT: dict[str, JsonValue] = {
    "type": "check_in",
    "id": "0197f3f4-6a41-7ab0-8e32-f3b8e02b6d11",
    "sequence": 41,
    "payload": {"accuracy_m": 12.5, "note": 'Åt "frukost"\n', "tags": [], "faked": False, "lock": None, "tiny": 1e-7},
}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-WHOLE_MAX, WHOLE_MAX)
    | st.floats(-WHOLE_MAX, WHOLE_MAX, allow_nan=False)
    | st.text(),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
    max_leaves=12,
)


@st.composite
def respellings(draw: st.DrawFn) -> tuple[JsonValue, str]:
    """A value, and JSON text that says the same in another way."""
    value = draw(json_values)
    return value, spell(draw, value)


def spell(draw: st.DrawFn, value: JsonValue) -> str:
    space = draw(st.sampled_from(["", " ", "\n\t"]))
    match value:
        case dict():
            names = draw(st.permutations(list(value)))
            inside = ",".join(f"{spell(draw, name)}{space}:{spell(draw, value[name])}" for name in names)
            return f"{space}{{{inside}{space}}}"
        case list():
            return f"{space}[{','.join(spell(draw, part) for part in value)}{space}]"
        case str():
            return f'"{"".join(spell_character(draw, character) for character in value)}"'
        case bool() | None:
            return json.dumps(value)
        case _:
            return spell_number(draw, value)


def spell_character(draw: st.DrawFn, character: str) -> str:
    escaped = json.dumps(character)[1:-1]
    plain = json.dumps(character, ensure_ascii=False)[1:-1]
    by_number = f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else escaped
    return draw(st.sampled_from([plain, escaped, by_number]))


def spell_number(draw: st.DrawFn, number: float) -> str:
    if number != int(number):
        return draw(st.sampled_from([repr(float(number)), f"{number:.17e}", f"{number:.17E}"]))
    whole = int(number)
    plain = [str(whole), f"{whole}.0", f"{whole}e0", f"{whole}.00E+0"]
    return draw(st.sampled_from(plain if whole else [*plain, "-0", "-0.0", "0e5"]))


class TestCanonicalForm:
    @patiently
    @given(respellings())
    def test_every_spelling_of_a_value_has_one_form(self, respelled: tuple[JsonValue, str]) -> None:
        value, text = respelled
        assert canonical(msgspec.json.decode(text)) == canonical(value)
        assert canonical(json.loads(text)) == canonical(value)

    @patiently
    @given(json_values)
    def test_the_form_says_all_that_the_value_says(self, value: JsonValue) -> None:
        again = json.loads(canonical(value))
        assert again == value
        assert kinds(again) == kinds(value)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("[1, 2]", "[2, 1]"),
            ("1", "true"),
            ("0", "false"),
            ("0", "null"),
            ("1", '"1"'),
            ("1", "1.0000000000000002"),
            ("{}", "[]"),
            ("{}", '{"note": null}'),
            ('{"note": ""}', '{"note": null}'),
            ('"a"', '"a "'),
            ('"a"', '"A"'),
            ('"\\u00e9"', '"e\\u0301"'),  # é as one character or two: text is as sent
            ('{"\\u00e9": 1}', '{"e\\u0301": 1}'),
            ("9007199254740992", "9007199254740993"),
            ("18446744073709551616", "18446744073709551617"),
        ],
    )
    def test_what_says_something_else_has_another_form(self, one: str, other: str) -> None:
        assert canonical(msgspec.json.decode(one)) != canonical(msgspec.json.decode(other))

    @pytest.mark.parametrize("text", ["1e15", "1e16", "1e22", "1e23", "-1e23", "1.5e300"])
    def test_a_large_number_has_one_form_with_and_without_exponent(self, text: str) -> None:
        digits, _, exponent = text.partition("e")
        whole, _, fraction = digits.partition(".")
        written_out = whole + fraction + "0" * (int(exponent) - len(fraction))
        assert canonical(msgspec.json.decode(text)) == canonical(msgspec.json.decode(written_out))

    @pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
    def test_what_is_no_number_is_refused(self, number: float) -> None:
        with pytest.raises(ValueError, match="finite"):
            canonical({"minutes": [number]})

    @pytest.mark.parametrize("value", [(1, 2), datetime(2025, 3, 3, tzinfo=UTC), b"bytes", {1: "a"}])
    def test_what_is_not_json_is_refused(self, value: JsonValue) -> None:
        with pytest.raises(TypeError):
            canonical([value])

    def test_the_value_itself_is_left_as_it_was(self) -> None:
        sent: JsonValue = {"b": [1.0, {"c": 2.0}], "a": -0.0}
        canonical(sent)
        assert repr(sent) == "{'b': [1.0, {'c': 2.0}], 'a': -0.0}"


class TestDigest:
    def test_a_fact_has_the_same_digest_for_as_long_as_the_ledger_lives(self) -> None:
        assert (
            canonical(FACT)
            == (
                '{"id":"0197f3f4-6a41-7ab0-8e32-f3b8e02b6d11","payload":{"accuracy_m":12.5,"faked":false,"lock":null,'
                '"note":"Åt \\"frukost\\"\\n","tags":[],"tiny":1e-7},"sequence":41,"type":"check_in"}'
            ).encode()
        )
        assert (
            FactDigester(KEY).digest(FACT).hex() == "dad0610d45fc1bded899556f661d566bd439350dddaec6d435c0a8868e5dbd5e"
        )

    def test_another_key_or_another_fact_gives_another_digest(self) -> None:
        digests = {
            FactDigester(key).digest(fact) for key in (KEY, KEY[::-1]) for fact in (FACT, {**FACT, "sequence": 42})
        }
        assert len(digests) == 4
        assert {len(digest) for digest in digests} == {32}


def kinds(value: JsonValue) -> object:
    """Tell truth values from numbers, which Python takes for equal."""
    match value:
        case dict():
            return {name: kinds(part) for name, part in value.items()}
        case list():
            return [kinds(part) for part in value]
        case _:
            return isinstance(value, bool)
