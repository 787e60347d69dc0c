"""Where two statements of one month differ, line by line: for whoever asks whether a closed month would come out the same."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from domain.period.sections import Line
from domain.period.statement import Statement

HEADER = "header"
ADJUSTMENTS = "adjustments"
_ENCODER = msgspec.json.Encoder(order="sorted")


class Difference(NamedTuple):
    """A line that one of the two has and the other has not; empty on the side that lacks it."""

    section: str
    stored: str
    recomputed: str


def differences(stored: Statement, recomputed: Statement) -> list[Difference]:
    """Every line that is in one and not in the other, in order; lines that stand twice are counted twice."""
    found = _between(HEADER, [_header(stored)], [_header(recomputed)])
    for name in sorted({*stored.sections, *recomputed.sections}):
        found += _between(name, _texts(stored.sections.get(name, ())), _texts(recomputed.sections.get(name, ())))
    was, becomes = ([_text(each) for each in statement.adjustments] for statement in (stored, recomputed))
    return found + _between(ADJUSTMENTS, was, becomes)


def _header(statement: Statement) -> str:
    return _text(msgspec.structs.replace(statement, sections={}, adjustments=()))


def _texts(lines: Sequence[Line]) -> list[str]:
    return [_text(line) for line in lines]


def _text(value: object) -> str:
    return _ENCODER.encode(value).decode()


def _between(section: str, stored: Sequence[str], recomputed: Sequence[str]) -> list[Difference]:
    was, becomes = Counter(stored), Counter(recomputed)
    gone = [Difference(section, text, "") for text in sorted((was - becomes).elements())]
    return gone + [Difference(section, "", text) for text in sorted((becomes - was).elements())]
