"""What a closed month would have had, by what is known now: settled in a later month, to the öre (rules.md 6.3). Pure.

A difference is held against the closed statement *and* what later closed months have settled of it, so that each is
settled once, and is taken back where it is no longer so.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.period.sections import Cell, Line, Section, number
from domain.rulebook.values import AfterLock

Key = tuple[str, tuple[Cell, ...]]
"""A section and what a line of it is about."""
Sums = dict[str, Decimal]
CAUSES_MAX = 100


class Treatment(StrEnum):
    """What becomes of a difference."""

    ADJUSTMENT = "adjustment"
    LATE = "late"
    """Told, and not paid: only the field's own late facts make it, and the rulebook says `not_paid`."""


class Cause(msgspec.Struct, frozen=True):
    """An event about a visit above the closing's position. `from_field`: a phone's, or one that was entered for it."""

    position: int
    from_field: bool


CausesOf = Callable[[str], Sequence[Cause]]
"""Finds the causes by the id of a visit; none where that is empty."""


class Adjustment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The differences of one closed month. Each line names its section, what it is about, and what is to be added."""

    month: str
    digest: str
    """Of the closed statement."""
    rulebook_versions: tuple[str, ...]
    """By which the month is computed now."""
    lines: tuple[Line, ...]


def adjusted_lines(
    closed: Mapping[str, Sequence[Line]],
    recomputed: Mapping[str, Sequence[Line]],
    booked: Iterable[Line],
    *,
    sections: Sequence[Section],
    causes_of: CausesOf,
    after_lock: AfterLock,
) -> tuple[Line, ...]:
    """Compute what is to be settled of a month: the lines of today, less those that were closed, less those `booked` since.

    `causes_of` is asked by visit; one without any changed because an order, an absence or the rules did.
    """
    adjusted = [section for section in sections if section.is_adjusted]
    told, now = _sums(closed, adjusted), _sums(recomputed, adjusted)
    by_name = {section.name: section for section in adjusted}
    for line in booked:
        section = by_name[str(line["section"])]
        _add(told[section.name, section.key_of(line)], section, line)
    found = []
    for section_name, key in sorted({*told, *now}, key=msgspec.json.encode):
        section = by_name[section_name]
        was, becomes = told.get((section_name, key), {}), now.get((section_name, key), {})
        differences = {name: _difference(was.get(name), becomes.get(name)) for name in section.measures}
        if any(differences.values()):
            about = {name: cell for name, cell in zip(section.key, key, strict=True) if cell != ""}
            causes = causes_of(str(about.get("visit_id", "")))
            found.append(_line(section_name, about, differences, causes, after_lock))
    return tuple(found)


def _sums(sections: Mapping[str, Sequence[Line]], adjusted: Iterable[Section]) -> defaultdict[Key, Sums]:
    sums: defaultdict[Key, Sums] = defaultdict(dict)
    for section in adjusted:
        for line in sections.get(section.name, ()):
            _add(sums[section.name, section.key_of(line)], section, line)
    return sums


def _add(sums: Sums, section: Section, line: Line) -> None:
    for name in section.measures:
        sums[name] = sums.get(name, Decimal(0)) + number(line.get(name))


def _difference(was: Decimal | None, becomes: Decimal | None) -> Decimal:
    return (becomes or Decimal(0)) - (was or Decimal(0))


def _line(
    section: str,
    about: Mapping[str, Cell],
    differences: Mapping[str, Decimal],
    causes: Sequence[Cause],
    after_lock: AfterLock,
) -> Line:
    is_late = after_lock is AfterLock.NOT_PAID and bool(causes) and all(cause.from_field for cause in causes)
    treatment = str(Treatment.LATE if is_late else Treatment.ADJUSTMENT)
    line: dict[str, Cell] = {**about, "section": section, "treatment": treatment}
    line |= {name: _stated(value) for name, value in differences.items() if value}
    positions = tuple(cause.position for cause in causes)[:CAUSES_MAX]
    return line | ({"causes": positions} if positions else {})


def _stated(difference: Decimal) -> Cell:
    """Minutes as whole numbers, money as text."""
    is_whole = difference.as_tuple().exponent == 0
    return int(difference) if is_whole else f"{difference:f}"
