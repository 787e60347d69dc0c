"""JSON Schemas for the OpenAPI document, each whole by itself: a reference would point to the root of another document."""

from collections.abc import Mapping
from typing import Any

import msgspec
from pydantic import BaseModel

Schema = dict[str, Any]


def schema_of(model: type[BaseModel]) -> Schema:
    """The schema of a body that a route reads itself."""
    schema = model.model_json_schema()
    defined = schema.pop("$defs", {})
    return {name: _inlined(part, defined) for name, part in schema.items()}


def schema_of_struct(kind: type[msgspec.Struct]) -> Schema:
    """The schema of an answer."""
    (_,), defined = msgspec.json.schema_components([kind])
    return {name: _inlined(part, defined) for name, part in defined[kind.__name__].items()}


def _inlined(part: Any, defined: Mapping[str, Schema]) -> Any:
    """Put definitions where they are referred to. What is said beside a reference stays."""
    if isinstance(part, list):
        return [_inlined(each, defined) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        beside = {name: _inlined(value, defined) for name, value in part.items() if name != "$ref"}
        return _inlined(defined[part["$ref"].rpartition("/")[2]], defined) | beside
    return {name: _inlined(value, defined) for name, value in part.items()}
