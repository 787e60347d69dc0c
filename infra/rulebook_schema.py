"""The JSON Schema of rulebook documents, made from the types that rules are read into, and a document's faults by it.

What checks by it is imported with the first document that is checked: most commands and servers never check one.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from domain.rulebook.checks.found import Steps
from domain.rulebook.rulebook import Rulebook

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DECIMAL = {"type": "string", "format": "decimal"}
AMOUNT = {"type": "number", "minimum": 0}
"""Kronor as a document writes them: exact, for YAML's numbers are read as decimals."""
TYPE_SENTENCES: Mapping[str, str] = {
    "integer": "Write a whole number.",
    "number": "Write a number.",
    "boolean": "Write true or false.",
    "string": "Write a text; one that looks like a number, or true, false or null, in quotes.",
    "array": "Write a list: each entry on a line of its own after a dash, or all in [ ].",
    "object": "Write fields with their names: `name: value`.",
}


class SchemaFault(NamedTuple):
    """One place where a document is not as the schema says."""

    path: Steps
    code: str
    sentence: str


def rulebook_schema() -> dict[str, Any]:
    """The schema of a rulebook document."""
    return document_schema(Rulebook)


@cache
def document_schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema of a document that is read into a type. It refers only to itself."""
    schema: dict[str, Any] = _as_written(msgspec.json.schema(kind))
    return {"$schema": DIALECT, "title": kind.__name__, **schema}


@cache
def field_names(kind: type[msgspec.Struct] = Rulebook) -> frozenset[str]:
    """Every name that a field can have anywhere in a document."""
    return frozenset(name for part in document_schema(kind)["$defs"].values() for name in part.get("properties", ()))


def schema_faults(document: object, kind: type[msgspec.Struct] = Rulebook) -> Iterator[SchemaFault]:
    """Everything in a document that is not as the schema says."""
    for error in _validator(kind).iter_errors(document):
        yield from _told(error)


@cache
def _validator(kind: type[msgspec.Struct]) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator, FormatChecker

    return Draft202012Validator(document_schema(kind), format_checker=FormatChecker(["date"]))


def _as_written(node: Any) -> Any:
    """Write amounts as numbers, and defaults the same each time."""
    match node:
        case dict():
            if node.items() >= DECIMAL.items():
                default = {"default": float(Decimal(node["default"]))} if "default" in node else {}
                return AMOUNT | default
            listed = {"default": sorted(node["default"])} if node.get("uniqueItems") and "default" in node else {}
            return {name: _as_written(value) for name, value in (node | listed).items()}
        case list() | tuple():
            return [_as_written(part) for part in node]
        case _:
            return node


def _told(error: "ValidationError") -> Iterator[SchemaFault]:
    path: Steps = tuple(error.absolute_path)
    schema: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    value: Any = error.instance
    match error.validator:
        case "anyOf":  # a value or null, a short form or fields: what is wrong with the one that was meant
            parts = [part for part in error.context or () if part.validator_value != "null"]
            meant = [part for part in parts if part.validator != "type" or part.absolute_path != error.absolute_path]
            yield from (fault for part in meant or parts[:1] for fault in _told(part))
        case "additionalProperties":
            known = list(schema["properties"])
            yield from (_unknown(path, name, known) for name in value if name not in known)
        case "required":
            missing = (name for name in schema["required"] if name not in value)
            yield from (SchemaFault(path, "missing_field", f"`{name}` is missing. Write it here.") for name in missing)
        case _:
            yield SchemaFault(path, *_of_value(error, schema))


def _unknown(path: Steps, name: str, known: list[str]) -> SchemaFault:
    close = get_close_matches(name, known, n=1)
    instead = f"Perhaps `{close[0]}` is meant." if close else f"There are: {', '.join(known)}."
    return SchemaFault((*path, name), "unknown_field", f"There is no field of that name here. {instead}")


def _of_value(error: "ValidationError", schema: Mapping[str, Any]) -> tuple[str, str]:
    limit: Any = error.validator_value
    match error.validator:
        case "type":
            return "wrong_type", TYPE_SENTENCES[str(limit)]
        case "enum":
            return "unknown_word", f"Write one of: {', '.join(word or 'nothing' for word in limit)}."
        case "pattern":
            return "bad_pattern", str(schema["description"])
        case "format":
            return "bad_day", "Write a day as 2024-03-01."
        case "minimum":
            return "out_of_range", f"Write {limit} or more."
        case "maximum":
            return "out_of_range", f"Write {limit} or less."
        case "uniqueItems":
            return "named_twice", "Name each once."
        case _:
            return "not_allowed", "The value is not one that the schema allows."
