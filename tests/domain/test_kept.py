"""An answer that costs something is computed once for each struct that it is about."""

import msgspec

from domain.kept import Kept

ASKED: list[str] = []


class Named(msgspec.Struct, frozen=True, dict=True):
    """Something with an answer."""

    name: str

    @Kept
    def greeting(self) -> str:
        """What it is greeted with."""
        ASKED.append(self.name)
        return f"Hej {self.name}"


def test_each_keeps_its_own_answer_and_computes_it_once() -> None:
    ASKED.clear()
    anna, bo = Named("Anna"), Named("Bo")
    answers = [anna.greeting, bo.greeting, anna.greeting, bo.greeting]
    assert answers == ["Hej Anna", "Hej Bo", "Hej Anna", "Hej Bo"]
    assert ASKED == ["Anna", "Bo"]
    assert anna == Named("Anna")


def test_it_is_described_like_any_property() -> None:
    assert Named.greeting.__doc__ == "What it is greeted with."
