"""Editions that do not follow one another, and overrides that are for nothing."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain.rulebook.checks.found import Found, Steps
from domain.rulebook.fault_codes import FaultCode
from domain.rulebook.policies import named_in
from domain.rulebook.rulebook import NO_EDITION, Edition, Rulebook, Scope

VERSION = re.compile(r"[\w.-]{1,64}")
"""It stands in figures, several of them with commas between, and in addresses."""


def of_document(rulebook: Rulebook) -> Iterator[Found]:
    """What is wrong with the whole."""
    if not rulebook.municipality.strip():
        yield ("municipality",), FaultCode.MUNICIPALITY_MISSING
    if not _is_zone(rulebook.zone):
        yield ("zone",), FaultCode.ZONE_UNKNOWN
    if not rulebook.editions:
        yield ("editions",), FaultCode.NO_EDITIONS
    yield from _versions(rulebook.editions)
    yield from _days(rulebook.editions)
    for number, edition in enumerate(rulebook.editions):
        yield from _overrides(("editions", number, "overrides"), edition)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # for an unknown name, one that is no path, and a folder
        return False
    return True


def _versions(editions: tuple[Edition, ...]) -> Iterator[Found]:
    seen: set[str] = set()
    for number, edition in enumerate(editions):
        at: Steps = ("editions", number, "version")
        if not VERSION.fullmatch(edition.version):
            yield at, FaultCode.VERSION_UNREADABLE
        elif edition.version == NO_EDITION.version:
            yield at, FaultCode.VERSION_RESERVED
        elif edition.version in seen:
            yield at, FaultCode.VERSION_TWICE
        seen.add(edition.version)


def _days(editions: tuple[Edition, ...]) -> Iterator[Found]:
    for number, edition in enumerate(editions):
        if edition.until_on is not None and edition.until_on <= edition.from_on:
            yield ("editions", number, "until"), FaultCode.EDITION_WITHOUT_DAYS
    for number, (before, edition) in enumerate(pairwise(editions), start=1):
        at: Steps = ("editions", number, "from")
        if edition.from_on <= before.from_on:
            yield at, FaultCode.EDITIONS_OUT_OF_ORDER
        elif (ends := before.until_on or edition.from_on) != edition.from_on:
            yield at, _meeting(ends, edition.from_on)


def _meeting(ends: date, begins: date) -> FaultCode:
    return FaultCode.EDITIONS_OVERLAP if ends > begins else FaultCode.EDITIONS_GAP


def _overrides(at: Steps, edition: Edition) -> Iterator[Found]:
    seen: list[Scope] = []
    for number, override in enumerate(edition.overrides):
        if override.scope == Scope():
            yield (*at, number, "for"), FaultCode.OVERRIDE_FOR_EVERYTHING
        elif override.scope in seen:
            yield (*at, number, "for"), FaultCode.OVERRIDE_TWICE
        if not named_in(override.policies):
            yield (*at, number, "policies"), FaultCode.OVERRIDE_EMPTY
        seen.append(override.scope)
