"""The access log told to the person concerned: which unit, in which role, when, and what kind of data. No names of staff."""

from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

import msgspec

from domain.access.entry import Doing, Entry

ROLES: Mapping[str, tuple[str, str]] = {
    "care_worker": ("care worker", "omsorgspersonal"),
    "coordinator": ("coordinator", "samordnare"),
    "unit_manager": ("unit manager", "enhetschef"),
    "care_manager": ("care manager", "biståndshandläggare"),
    "licensed": ("licensed professional", "legitimerad personal"),
    "auditor": ("auditor", "granskare"),
    "reporting": ("reports and invoices", "rapporter och fakturor"),
    "admin": ("administrator", "administratör"),
    "operator": ("technical operation", "teknisk drift"),
}
DOINGS: Mapping[Doing, tuple[str, str]] = {
    Doing.READ: ("read", "läste"),
    Doing.LIST: ("saw in a list", "såg i en lista"),
    Doing.EXPORT: ("took out in a file", "tog ut i en fil"),
    Doing.DENIED: ("asked for and was not shown", "frågade efter och fick inte se"),
    Doing.PRUNE: ("removed old entries", "tog bort gamla anteckningar"),
    Doing.RESTORE: ("brought entries back", "återställde anteckningar"),
}
CLASSES: Mapping[str, tuple[str, str]] = {
    "care": ("orders, visits and personal details", "beställningar, besök och personuppgifter"),
    "figures": ("time and reports", "tid och rapporter"),
    "accounts": ("basis of payment", "ersättningsunderlag"),
    "staff": ("staff and phones", "personal och telefoner"),
    "keys": ("what is kept from erasure, and erasure", "vad som undantas från radering, och radering"),
    "access": ("who has seen what", "vem som har sett vad"),
}
PURPOSES: Mapping[str, tuple[str, str]] = {
    "": ("", ""),
    "assess": ("to decide on help", "för att utreda behov"),
    "follow_up": ("to follow up", "för uppföljning"),
    "audit": ("to audit", "för granskning"),
    "incident": ("because of an incident", "på grund av en händelse"),
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an extract, in the reader's language. `at` is local time; `unit` what the reader's units are called."""

    at: str
    unit: str
    role: str
    what_was_done: str
    what: str
    what_for: str


def extract(entries: Iterable[Entry], unit_names: Mapping[str, str], zone: str, language: str) -> Iterator[Told]:
    """Tell entries, in their order. Swedish where `language` is `sv`, else English."""
    column, clock = (1 if language == "sv" else 0), ZoneInfo(zone)
    for entry in entries:
        yield Told(
            at=f"{entry.recorded_at.astimezone(clock):%Y-%m-%d %H:%M}",
            unit=", ".join(unit_names.get(unit_id, "-") for unit_id in entry.unit_ids),
            role=ROLES[entry.role][column],
            what_was_done=DOINGS[entry.doing][column],
            what=CLASSES[entry.record_class][column],
            what_for=PURPOSES.get(entry.purpose, ("", ""))[column],
        )
