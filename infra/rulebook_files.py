"""A rulebook document from its text: read, held against the schema, and asked whether it contradicts itself.

Every fault is listed with its line, a stable code and what to write instead.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from itertools import takewhile
from types import MappingProxyType

import msgspec

from domain.ids import ServiceCode
from domain.rulebook.checks.found import Steps
from domain.rulebook.codes import service_codes_in
from domain.rulebook.fault_codes import SENTENCES
from domain.rulebook.faults import faults_of
from domain.rulebook.rulebook import Rulebook
from infra.rulebook_schema import field_names, schema_faults
from infra.yaml_document import BYTES_MAX, DEPTH_MAX, VALUES_MAX, YamlDocument, read_yaml

SHIPPED = files("domain.rulebook") / "shipped"
SUFFIX = ".yaml"
YAML_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "too_large": f"A rulebook has at most {BYTES_MAX // 1024} KiB and {VALUES_MAX} values. Take out what is none.",
        "too_deep": f"Nest groups and lists at most {DEPTH_MAX} deep.",
        "bad_encoding": "Save the file as UTF-8.",
        "bad_character": "Take out the control character.",
        "too_long": "Shorten the text to 200 characters.",
        "tab": "Indent with spaces, not with tabs.",
        "colon": "A colon stands where none can. Put the text in quotes, or mend the indentation.",
        "bad_yaml": "The line, or one shortly before it, is no YAML. Look at indentation, dashes, quotes and brackets.",
        "several_documents": "Write one document: take out the line of dashes.",
        "empty": "The document is empty. Write `municipality` and `editions`.",
        "alias": "Write the value itself: references are not read.",
        "anchor": "Take out the `&name`: references are not read.",
        "tag": "Take out the `!name` before the value.",
        "bad_name": "Write a plain name before the colon.",
        "duplicate_name": "The name stands above already. Write both as one.",
        "number_too_long": "Write a number of at most 18 digits.",
        "bad_number": "Write a plain number, such as 15 or 414.80; a text that looks like one in quotes.",
    }
)
UNREAD = frozenset({"alias", "bad_character", "bad_number", "number_too_long", "too_long"})
"""Faults whose value is not known, so that nothing else is said of it."""
SERVICE_UNKNOWN = "service_not_in_catalogue"
SERVICE_SENTENCE = "The service is not in the catalogue. Define it first, or correct the code."


class DocumentFault(msgspec.Struct, frozen=True, order=True):
    """One thing wrong in a document. `line` is counted from 1; `path` leads to the place, as in /editions/0/version."""

    line: int
    path: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RulebookFile:
    """A document as it was read. `rulebook` is None where it has faults; `digest` is the SHA-256 of its text."""

    rulebook: Rulebook | None
    faults: tuple[DocumentFault, ...]
    digest: str
    lines: Mapping[Steps, int]

    def unknown_services(self, catalogue: Iterable[ServiceCode]) -> list[DocumentFault]:
        """The places that name a service which the catalogue has not: a warning, and a refusal when it is adopted."""
        known = frozenset(catalogue)
        named = () if self.rulebook is None else service_codes_in(self.rulebook)
        return sorted(
            DocumentFault(_line_of(path, self.lines), _pointer(path), SERVICE_UNKNOWN, SERVICE_SENTENCE)
            for path, code in named
            if code not in known
        )


def read_rulebook(source: bytes) -> RulebookFile:
    """Read a document from its text in UTF-8."""
    document = read_yaml(source)
    faults = [DocumentFault(line, _pointer(path), code, YAML_SENTENCES[code]) for line, path, code in document.faults]
    unread = [path for _, path, code in document.faults if code in UNREAD]
    if document.value is not None or not faults:
        found = schema_faults(document.value)
        faults += [_placed(document, *each) for each in found if not any(_leads_to(path, each.path) for path in unread)]
    rulebook = None if faults else msgspec.convert(document.value, Rulebook)
    if rulebook is not None:
        faults = [
            _placed(document, found.path, str(found.code), SENTENCES[found.code]) for found in faults_of(rulebook)
        ]
    digest = sha256(source).hexdigest()
    return RulebookFile(None if faults else rulebook, tuple(sorted(set(faults))), digest, document.lines)


def shipped_names() -> list[str]:
    """The rulebooks that come with the program."""
    return sorted(file.name.removesuffix(SUFFIX) for file in SHIPPED.iterdir() if file.name.endswith(SUFFIX))


def shipped_text(name: str) -> bytes:
    """The text of one of them. Raises `KeyError` for a name that is none."""
    if name not in shipped_names():
        raise KeyError(name)
    return (SHIPPED / f"{name}{SUFFIX}").read_bytes()


def _placed(document: YamlDocument, path: Steps, code: str, sentence: str) -> DocumentFault:
    return DocumentFault(_line_of(path, document.lines), _pointer(path), code, sentence)


def _line_of(path: Steps, lines: Mapping[Steps, int]) -> int:
    """The line of a place, or of the nearest around it that the document writes out."""
    return next((lines[path[:length]] for length in range(len(path), -1, -1) if path[:length] in lines), 1)


def _leads_to(path: Steps, place: Steps) -> bool:
    return place[: len(path)] == path


def _pointer(path: Steps) -> str:
    """The way as far as it is ours: a name that we do not know may be anything, and is not repeated."""
    known = takewhile(lambda step: isinstance(step, int) or step in field_names(), path)
    return "".join(f"/{step}" for step in known)
