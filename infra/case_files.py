"""Files of cases: read as rulebooks are, with every fault by its line; those that come with the program, and the table of
rules."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from domain.cases.case import CaseFile
from domain.cases.rule_row import RuleRow
from domain.rulebook.checks.found import Steps
from domain.rulebook.rulebook import Rulebook
from infra.rulebook_files import SUFFIX, YAML_SENTENCES, DocumentFault, read_rulebook, shipped_names, shipped_text
from infra.rulebook_schema import schema_faults
from infra.yaml_document import YamlDocument, read_yaml

CASES = files("domain.cases")
SHIPPED = CASES / "shipped"


class NoSuchRulebookError(Exception):
    """A file of cases, or a question, names a rulebook that is nowhere, or has faults."""


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A file as it was read. `file` is None where it has faults; `lines` say where each case begins."""

    file: CaseFile | None
    faults: tuple[DocumentFault, ...]
    lines: tuple[int, ...]


def read_case_file(source: bytes) -> CaseDocument:
    """Read a file of cases from its text in UTF-8."""
    document = read_yaml(source)
    faults = [DocumentFault(line, _pointer(path), code, YAML_SENTENCES[code]) for line, path, code in document.faults]
    if not faults:
        faults = [
            DocumentFault(_line_of(path, document), _pointer(path), code, sentence)
            for path, code, sentence in schema_faults(document.value, CaseFile)
        ]
    if faults:
        return CaseDocument(None, tuple(sorted(set(faults))), ())
    file = msgspec.convert(document.value, CaseFile)
    lines = tuple(_line_of(("cases", number), document) for number in range(len(file.cases)))
    return CaseDocument(file, (), lines)


def rulebook_named(name: str, beside: Path | None) -> Rulebook:
    """A rulebook that comes with the program, or a document by its path, seen from a folder; without one no document is
    read. Raises NoSuchRulebookError."""
    if name in shipped_names():
        source = shipped_text(name)
    elif beside is not None and (beside / name).is_file():
        source = (beside / name).read_bytes()
    else:
        raise NoSuchRulebookError(
            f"No rulebook of that name. Those that come with the program: {', '.join(shipped_names())}."
        )
    document = read_rulebook(source)
    if document.rulebook is None:
        raise NoSuchRulebookError(f"{name} has {len(document.faults)} faults: see `visitledger rulebook validate`.")
    return document.rulebook


@cache
def shipped_cases() -> dict[str, CaseFile]:
    """The files of cases that come with the program, by name."""
    return {name: _sound(read_case_file(case_text(name)), name) for name in case_names()}


def case_names() -> list[str]:
    """Their names."""
    return sorted(entry.name.removesuffix(SUFFIX) for entry in SHIPPED.iterdir() if entry.name.endswith(SUFFIX))


def case_text(name: str) -> bytes:
    """The text of one of them."""
    return (SHIPPED / f"{name}{SUFFIX}").read_bytes()


@cache
def rule_rows() -> tuple[RuleRow, ...]:
    """Every row of the table of rules."""
    return msgspec.convert(read_yaml((CASES / "rules.yaml").read_bytes()).value, tuple[RuleRow, ...])


def _sound(document: CaseDocument, name: str) -> CaseFile:
    if document.file is None:
        raise ValueError(f"{name} comes with the program and has faults: {document.faults}")
    return document.file


def _line_of(path: Steps, document: YamlDocument) -> int:
    """The line of a place, or of the nearest around it that the document writes out."""
    around = (path[:length] for length in range(len(path), -1, -1))
    return next((document.lines[place] for place in around if place in document.lines), 1)


def _pointer(path: Steps) -> str:
    return "".join(f"/{step}" for step in path)
