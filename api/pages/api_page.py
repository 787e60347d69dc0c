"""The API's documentation for people: the OpenAPI document as a page, a call at a time, without scripts."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from api.pages.html import Html, join, tag, with_code
from api.pages.layout import NAME, Page, respond, section, texts_for
from api.pages.texts import Texts
from api.strict_route import StrictRoute

router = APIRouter(include_in_schema=False, route_class=StrictRoute)

Described = dict[str, Any]
"""A part of the OpenAPI document, whose form OpenAPI decides."""


class Call(NamedTuple):
    """One operation of the document."""

    group: str
    method: str
    path: str
    described: Described


@router.get("/docs")
def get_docs(request: Request) -> Response:
    """All calls by group."""
    texts = texts_for(request)
    document = request.app.openapi()
    groups = [(name, list(calls)) for name, calls in groupby(calls_of(document), key=lambda call: call.group)]
    where = tag("p", texts.docs_lead, tag("a", "/openapi.json", href="/openapi.json"))
    content = join(
        tag("h1", f"{NAME} API"),
        where,
        _contents([name for name, _ in groups], texts),
        *(_group(name, calls, document, texts) for name, calls in groups),
    )
    return respond(request, texts, Page(title=f"{NAME} API", content=content))


def calls_of(document: Described) -> list[Call]:
    """Every operation, those of a group together, groups in the order of their first call."""
    calls = [
        Call(next(iter(described.get("tags", ())), "other"), method.upper(), path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]
    order = list(dict.fromkeys(call.group for call in calls))
    return sorted(calls, key=lambda call: order.index(call.group))


def _identity(group: str) -> str:
    return f"group-{group.replace(' ', '-')}"


def _contents(groups: Iterable[str], texts: Texts) -> Html:
    links = (tag("li", tag("a", name, href=f"#{_identity(name)}")) for name in groups)
    return tag("nav", tag("ul", *links, lang="en"), aria_label=texts.docs_groups, class_="groups")


def _group(name: str, calls: Iterable[Call], document: Described, texts: Texts) -> Html:
    shown = tag("div", *(_call(call, document, texts) for call in calls), lang="en")
    return section(name.capitalize(), shown, identity=_identity(name))


def _call(call: Call, document: Described, texts: Texts) -> Html:
    described = call.described
    first, _, others = described.get("description", "").replace("\n", " ").partition(". ")
    name = tag("code", tag("b", call.method), " ", call.path)
    return tag(
        "details",
        tag("summary", name, " ", tag("span", with_code(first or described.get("summary", "")))),
        tag("p", with_code(others)) if others else None,
        _part(texts.parameters, _parameters(described, texts), texts),
        _part(texts.body, _body(described, document, texts), texts),
        _part(texts.answers, _answers(described), texts),
    )


def _part(title: str, rows: Iterable[Html], texts: Texts) -> Html | None:
    held = list(rows)
    return join(tag("h3", title, lang=texts.language), tag("dl", *held)) if held else None


def _parameters(described: Described, texts: Texts) -> Iterator[Html]:
    for parameter in described.get("parameters", ()):
        kind = f"{parameter['in']}, {type_of(parameter['schema'])}"
        yield _field(parameter["name"], kind, parameter.get("required"), parameter.get("description", ""), texts)


def _body(described: Described, document: Described, texts: Texts) -> Iterator[Html]:
    for media_type, content in described.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(content.get("schema", {}), document)
        yield _entry(media_type, type_of(schema), schema.get("description", ""))
        yield from _fields(schema, document, texts)
        if "example" in content:
            told = json.dumps(content["example"], indent=2, ensure_ascii=False)
            yield join(tag("dt", texts.example, lang=texts.language), tag("dd", tag("pre", tag("code", told))))


def _fields(schema: Described, document: Described, texts: Texts, within: str = "") -> Iterator[Html]:
    """Every field, those of objects within behind where they stand: `facts[].seq`."""
    for name, field in schema.get("properties", {}).items():
        place, needed = f"{within}{name}", name in schema.get("required", ())
        yield _field(place, type_of(field), needed, field.get("description", ""), texts)
        for mark, part in _parts_within(field, document):
            yield from _fields(part, document, texts, f"{place}{mark}.")


def _parts_within(field: Described, document: Described) -> Iterator[tuple[str, Described]]:
    """The objects that a field holds, each with what follows the field's name in the places of theirs."""
    held, mark = (field.get("items", {}), "[]") if field.get("type") == "array" else (field, "")
    choices = (_resolved(each, document) for each in held.get("anyOf", (held,)))
    objects = [each for each in choices if "properties" in each]
    for each in objects:
        yield mark if len(objects) == 1 else f"{mark} ({each.get('title', '')})", each


def _answers(described: Described) -> Iterator[Html]:
    for status, response in described["responses"].items():
        yield _entry(status, "", response.get("description", ""))


def _field(name: str, kind: str, is_required: object, description: str, texts: Texts) -> Html:
    return _entry(name, f"{kind}, {texts.required if is_required else texts.optional}", description)


def _entry(name: str, kind: str, description: str) -> Html:
    return join(tag("dt", tag("code", name), " ", tag("span", kind)), tag("dd", with_code(description)))


def _resolved(schema: Described, document: Described) -> Described:
    """Follow a reference into the document."""
    if "$ref" not in schema:
        return schema
    found: Described = document["components"]["schemas"][_name_of(schema["$ref"])]
    return found


def type_of(schema: Described) -> str:
    """A schema's type in a few words: `string (uuid)`, `list of Fact`, `sv | en`."""
    match schema:
        case {"$ref": str(reference)}:
            return _name_of(reference)
        case {"enum": list(values)}:
            return " | ".join(map(str, values))
        case {"anyOf": list(choices)} | {"oneOf": list(choices)}:
            return " or ".join(type_of(choice) for choice in choices if choice.get("type") != "null")
        case {"type": "array"}:
            return f"list of {type_of(schema.get('items', {}))}"
        case {"type": "object", "title": str(title)}:
            return title
        case {"type": str(kind), "format": str(form)}:
            return f"{kind} ({form})"
        case {"type": str(kind)}:
            return kind
        case {"const": value}:
            return str(value)
        case _:
            return "anything"


def _name_of(reference: str) -> str:
    return reference.rpartition("/")[2]
