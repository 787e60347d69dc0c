"""Every place where a caller may write a text of their own or a measured number, and which of them are personal.

They are read off the API's description, the payloads of facts and the columns of files, so a new one is in neither list until
somebody has thought about it; then a test fails.
"""

from collections.abc import Iterator
from typing import Any

from api.csv_import.plans import PLAN_COLUMNS
from api.csv_import.registered import REGISTRATION_COLUMNS
from api.sync_facts import FACT_TYPES
from tests.api.calls import Json

FORMS = {"uuid", "date", "date-time"}
UNRECOGNISED = "sync.payload.unrecognised"
"""What a newer app says, and this program does not know."""
QUERIES = """
    accountable_id after as_of band before client_id client_unit_id cursor digest from group_by key kind last legal_basis
    mapping month period provider_id rulebook_version service_code state stream to unit_id visit_id window withheld worker_id
    worker_unit_id
"""
PERSONAL = {
    "clients.name",
    "clients.personnummer",
    "clients.other_identifier",
    "clients.address",
    "clients.telephone",
    "clients.home_position.lat",
    "clients.home_position.lon",
    "workers.name",
    "workers.employee_number",
    "visits.note",
    "visits.reason",
    "orders.note",
    "exceptions.note",
    "periods.note",
    "sync.payload.text",
    "sync.payload.position.lat",
    "sync.payload.position.lon",
    "sync.payload.position.accuracy_m",
    UNRECOGNISED,
    "csv.registrations.reason",
}
"""Sealed before it is stored."""
CODES = "a code or a name of the organisation's own"
WORN = "the name of a thing"
CHECKED = "nothing but an id, a time, a number or a word of ours is taken"
PLAIN = {
    "providers.name": CODES,
    "units.name": CODES,
    "service-codes.name_sv": CODES,
    "service-codes.name_en": CODES,
    "workers.title": CODES,
    "visits.services[].service_code": CODES,
    "visits.service_code": CODES,
    "visits.items[].services[].service_code": CODES,
    "orders.lines[].line_id": CODES,
    "orders.lines[].service_code": CODES,
    "orders.lines[].frequency": CODES,
    "orders.lines[].window": CODES,
    "orders.service_code": CODES,
    "orders.decision.reference": "the decision's number in the register of cases",
    "workers.service_code": CODES,
    "visits.arrival_fact_id": WORN,
    "visits.departure_fact_id": WORN,
    "visits.service_fact_id": WORN,
    "exceptions.key": WORN,
    "clients.tag_id": WORN,
    "devices.model": WORN,
    "admission.subject": "the identity provider's name of a person, as every event tells who acted",
    "exports.month": CHECKED,
    "persons.archived": "the number of a receipt in the register of the archive",
    "clients.named[]": "who of the staff is named, as their tokens say",
    "clients.subjects[]": "who of the staff is named, as their tokens say",
    "visits.items[].key": "names the call",
    "sync.app_version": WORN,
    "sync.boot_id": WORN,
    "sync.device_time": CHECKED,
    "sync.facts[].app_version": WORN,
    "sync.facts[].boot_id": WORN,
    "sync.facts[].wall_time": CHECKED,
    "sync.payload.tag_id": WORN,
    "sync.payload.position_absent": CODES,
    "sync.payload.service_code": CODES,
    "sync.payload.kind": CODES,
    **{f"csv.plans.{name}": CHECKED for name in PLAN_COLUMNS.names},
    **{f"csv.registrations.{name}": CHECKED for name in REGISTRATION_COLUMNS.names if name != "reason"},
    "rulebooks.": "the municipality's own rules",
    "query.file": "the file's name, kept as the reason",
    "query.source": WORN,
    "header.subject": "who acted, as every event tells",
}
"""Stored as it is, with why."""
USED = {
    *(f"header.{name}" for name in ("accept-language", "app-version", "authorization", "idempotency-key", "if-match")),
    *(f"header.{name}" for name in ("purpose", "traceparent", "user-agent", "x-request-id")),
    *(f"path.{name}" for name in ("edition", "entity_id", "month", "service_code", "visit_id", "worker_id")),
    *(f"query.{name}" for name in QUERIES.split()),
    "fault.event",
}
"""Used to answer, and kept nowhere."""


def fields_of(described: Json) -> set[str]:
    """All of them: `<resource>.<path in the body>`, `query.<name>`, `path.<name>`, `header.<name>`, `csv.<kind>.<column>`."""
    found = set[str]()
    for path, methods in described["paths"].items():
        resource = path.split("/")[2] if path.startswith("/v1/") else ""
        for operation in (each for each in methods.values() if resource):
            for content in operation.get("requestBody", {}).get("content", {}).items():
                if content[0] != "text/csv":
                    found |= {_named(resource, name) for name in texts(described, content[1]["schema"])}
            for sent in operation.get("parameters", ()):
                if any(True for _ in texts(described, sent["schema"])):
                    found.add(f"{sent['in']}.{sent['name'].lower()}")
    for kind in FACT_TYPES.values():
        schema = kind.payload.model_json_schema()
        found |= {f"sync.payload.{name}" for name in texts(schema, schema)}
    found |= {f"csv.plans.{name}" for name in PLAN_COLUMNS.names}
    return found | {f"csv.registrations.{name}" for name in REGISTRATION_COLUMNS.names} | {UNRECOGNISED}


def _named(resource: str, name: str) -> str:
    """A payload's field is one, whichever fact it is of."""
    return f"{resource}.{name.removeprefix('facts[].') if '.payload.' in name else name}"


def texts(document: Json, schema: Json, path: str = "") -> Iterator[str]:
    """Where in a schema a text may stand that is no code, id or time, or a number that is no count."""
    schema = resolved(document, schema)
    for kind in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(kind, ()):
            yield from texts(document, part, path)
    is_free = schema.get("type") == "string" and not {"enum", "const"} & schema.keys()
    if schema.get("type") == "number" or (is_free and schema.get("format") not in FORMS):
        yield path
    for name, part in schema.get("properties", {}).items():
        yield from texts(document, part, f"{path}.{name}" if path else name)
    for part in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(part, dict):
            yield from texts(document, part, f"{path}[]")


def resolved(document: Json, schema: Json) -> Json:
    """A schema, and not where it stands."""
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema
