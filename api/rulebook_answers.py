"""What is told of rulebooks: editions with their days, policies in full, and why a document is not adopted."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from api.bootstrap import NOW, House
from api.problem_codes import CODES
from api.problems import Problem
from api.reading import View
from api.strict_route import ERRORS_MAX, FieldError
from domain.ids import ServiceCode
from domain.municipality import EditionAdopted
from domain.organisation.errors import RulebookFaultyError, RulebookServicesUnknownError
from domain.rulebook.codes import service_codes_in
from domain.rulebook.policies import named_in
from domain.rulebook.rulebook import Edition
from infra.rulebook_files import DocumentFault, RulebookFile
from projections.fact_reader import FactReader

FAULTY = replace(
    CODES["invalid"],
    title_en="The rulebook has faults",
    title_sv="Regelverket har fel",
    what_to_do_en="Nothing was adopted. Send the document to /v1/rulebooks/check: it tells each fault with its line.",
    what_to_do_sv="Inget antogs. Skicka dokumentet till /v1/rulebooks/check: där står varje fel med sin rad.",
)
SERVICES_UNKNOWN = replace(
    CODES["refused"],
    what_to_do_en="Define the services pointed at first, or take them out of the document.",
    what_to_do_sv="Lägg in de utpekade insatskoderna först, eller ta bort dem ur dokumentet.",
)


def edition_rows(view: View) -> list[dict[str, Any]]:
    """The editions in order of time. Where none was ever adopted, the default holds on every day."""
    adopted = sorted(view.facts.facts(EditionAdopted), key=lambda each: each.from_on)
    if not adopted:
        return [_row(edition) for edition in view.rulebook.editions]
    return [
        _row(each.edition)
        | {
            "from_on": each.from_on,
            "until_on": each.until_on,
            "municipality": each.municipality,
            "adoption": each.adoption,
            "source_digest": each.source_digest,
        }
        for each in adopted
    ]


def edition_in_full(view: View, version: str) -> dict[str, Any] | None:
    """One edition with all that it says; None where none of that version holds on any day."""
    rows = [row for row in edition_rows(view) if row["version"] == version]
    edition = next((edition for edition in view.rulebook.editions if edition.version == version), None)
    if edition is None:
        return None
    policies = edition.policies
    return {
        "version": version,
        "days": [{"from_on": row["from_on"], "until_on": row["until_on"]} for row in rows],
        "policies": {name: getattr(policies, name) for name in policies.__struct_fields__},
        "overrides": [{"for": each.scope, "policies": named_in(each.policies)} for each in edition.overrides],
    }


def catalogue_now(house: House) -> set[ServiceCode]:
    """Every service code that was ever defined."""
    with house.readers.open() as db:
        return {defined.service_code for defined in FactReader(db, NOW).services_defined()}


def faulty(faults: Iterable[DocumentFault]) -> Problem:
    """A document that cannot be adopted: where its faults are."""
    return Problem(RulebookFaultyError.code, errors=_places(list(faults)), info=FAULTY)


def services_unknown(document: RulebookFile, error: RulebookServicesUnknownError) -> Problem:
    """A document that names services which the catalogue has not: where."""
    return Problem(error.code, errors=_places(unknown_places(document, error)), info=SERVICES_UNKNOWN)


def unknown_places(document: RulebookFile, error: RulebookServicesUnknownError) -> list[DocumentFault]:
    """Where a document names the services that the ledger did not know as it decided."""
    named = () if document.rulebook is None else service_codes_in(document.rulebook)
    return document.unknown_services({code for _, code in named} - error.service_codes)


def _places(faults: Sequence[DocumentFault]) -> list[FieldError]:
    return [FieldError(fault.path, fault.code) for fault in faults[:ERRORS_MAX]]


def _row(edition: Edition) -> dict[str, Any]:
    return {
        "version": edition.version,
        "from_on": edition.from_on,
        "until_on": edition.until_on,
        "municipality": "",
        "adoption": 0,
        "source_digest": "",
    }
