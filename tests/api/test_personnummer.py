"""Which Swedish personal identity numbers are taken, and as what. The numbers belong to nobody: they are published for tests
or computed."""

from collections.abc import Callable
from datetime import date

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from api.personnummer import OtherIdentifier, Personnummer, normalise_personnummer

TODAY = date(2026, 3, 1)
"""Fixed, so that the century of a number with ten digits is."""


def normalised(text: object) -> str:
    return normalise_personnummer(text, today=TODAY)


def is_refused(text: object) -> bool:
    with pytest.raises(PydanticCustomError) as caught:
        normalised(text)
    return caught.value.type == "personnummer_invalid" and not caught.value.context


def error_types(call: Callable[[], object]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        call()
    return [error["type"] for error in caught.value.errors()]


@pytest.mark.parametrize("text", ["19850709-9804", "850709-9804", "198507099806"])
def test_row_34_a_wrong_check_digit_is_refused(text: str) -> None:
    assert is_refused(text)


@pytest.mark.parametrize("text", ["198502301123", "198513301120", "198507001124", "198507921123", "198507090002"])
def test_row_34_an_impossible_date_or_number_is_refused(text: str) -> None:
    assert is_refused(text)


def test_row_34_the_number_is_not_in_the_error() -> None:
    with pytest.raises(PydanticCustomError) as caught:
        normalised("19850709-9804")
    assert "9804" not in repr(caught.value) + str(caught.value.__context__) + str(caught.value.__cause__)


def test_row_35_a_samordningsnummer_is_taken_as_it_is() -> None:
    assert normalised("19850769-9802") == normalised("850769-9802") == "198507699802"


def test_row_36_ten_and_twelve_digits_are_the_same_person() -> None:
    forms = ["198507099805", "19850709-9805", "8507099805", "850709-9805"]
    assert {normalised(form) for form in forms} == {"198507099805"}


def test_row_36_plus_means_a_hundred_years_and_more() -> None:
    assert normalised("121212+1212") == "191212121212"
    assert normalised("121212-1212") == normalised("1212121212") == "201212121212"
    assert normalised("19121212+1212") == normalised("19121212-1212") == normalised("191212121212") == "191212121212"


def test_row_36_plus_is_refused_for_someone_younger() -> None:
    assert is_refused("20121212+1212")
    assert is_refused("19850709+9805")


def test_row_36_plus_holds_from_the_year_of_the_hundredth_birthday() -> None:
    assert normalised("260401+1128") == "192604011128"
    assert normalise_personnummer("260401-1128", today=date(2026, 4, 1)) == "202604011128"


@pytest.mark.parametrize(
    "text",
    [
        "１９８５０７０９９８０５",
        "19850709–9805",
        "19850709 9805",
        " 198507099805",
        "198507099805\n",
        "19850709--9805",
        "850709980",
        "9850709-9805",
        "٨٥٠٧٠٩٩٨٠٥",
        "",
        198507099805,
        8507099805,
        None,
        b"198507099805",
    ],
)
def test_row_37_everything_but_ascii_digits_with_one_sign_is_refused(text: object) -> None:
    assert is_refused(text)


def test_row_37_a_model_refuses_an_integer() -> None:
    adapter: TypeAdapter[str] = TypeAdapter(Personnummer)
    assert error_types(lambda: adapter.validate_python(198507099805)) == ["string_type"]
    assert error_types(lambda: adapter.validate_python("19850709–9805")) == ["personnummer_invalid"]
    assert adapter.validate_python("850709-9805") == "198507099805"


@pytest.mark.parametrize("text", ["19850709-TF12", "850709+R123", "T-0815", "newborn of 19850709-9805, twin A", "0000"])
def test_row_38_another_identifier_is_kept_as_written(text: str) -> None:
    class Identity(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
        personnummer: Personnummer | None = None
        other_identifier: OtherIdentifier | None = None

    assert Identity(other_identifier=text).other_identifier == text
    assert Identity().personnummer is None
    assert error_types(lambda: Identity(personnummer=text)) == ["personnummer_invalid"]


@pytest.mark.parametrize("text", ["", "1" * 41, "T\n0815", "T\x000815"])
def test_row_38_another_identifier_is_one_short_line(text: str) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(OtherIdentifier)
    assert error_types(lambda: adapter.validate_python(text))


@pytest.mark.parametrize("text", ["202603021128", "20260302-1128", "260302-1128", "202612311122", "299912311124"])
def test_row_39_a_birth_to_come_is_refused(text: str) -> None:
    assert is_refused(text)


def test_row_39_a_birth_of_today_is_taken() -> None:
    assert normalised("260301-1129") == "202603011129"
