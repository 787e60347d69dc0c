"""Calls of every route of the API's description: what is read in good order, and what is refused with a canary everywhere."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api.access import is_allowed
from api.exports import Exported
from infra.tokens import ROLES
from tests.access.question import Question
from tests.access.questions import QUESTIONS
from tests.api.calls import Answer, Caller, Json
from tests.canaries.fields import resolved
from tests.canaries.planted import canary, text
from tests.canaries.told import Told

READERS = ("auditor", "coordinator")
"""Who asks where they may: who reaches everything, and a unit's office. Elsewhere whoever may."""

EXPORTED_WITHIN_S = 20.0


@dataclass(frozen=True)
class Asked:
    """An answer, and what was asked: the route as it is described."""

    route: str
    answer: Answer

    @property
    def content(self) -> bytes:
        """All of it: what stands before its headers' values, and its body."""
        body: bytes = self.answer.content
        return "\n".join(self.answer.headers.values()).encode() + b"\n" + body


def reads(told: Told, readers: Sequence[str]) -> Iterator[Asked]:
    """Ask every way of reading about what the story is about, as these roles where they may."""
    for question in (each for each in QUESTIONS if each.method == "GET"):
        path = {"month": "2026-02", **question.path(told.things)}
        allowed = [role for role in ROLES if is_allowed(role, question.action)]
        for role in [each for each in readers if each in allowed] or allowed[:1]:
            subject = told.things.worker if role == "care_worker" else ""
            caller = told.town.call(role, subject=subject)
            sent = caller.get(question.route.format_map(path), **question.params(told.things))
            yield Asked(question.route, sent)


def exports(told: Told) -> Iterator[Asked]:
    """Ask for a month's files, and fetch them once they are written."""
    caller, route = told.town.call(READERS[0]), "/v1/exports/{export_id}"
    for report in Exported:
        asked = caller.post("/v1/exports", {"report": report, "month": "2026-03"}, key="").json()
        place = route.format(export_id=asked["id"])
        deadline = time.monotonic() + EXPORTED_WITHIN_S
        while (job := caller.get(place)).json()["state"] != "done":
            assert time.monotonic() < deadline, job.text
            time.sleep(0.01)
        yield from (Asked(route, job), Asked(f"{route}/file", caller.get(f"{place}/file")))


def refusals(told: Told, described: Json) -> Iterator[Asked]:
    """Ask every route with what must be refused: another form, another name, half a body, an unknown thing, no token."""
    actions = {(each.method, each.route): each for each in QUESTIONS}
    for route, methods in described["paths"].items():
        for method, operation in methods.items():
            question = actions.get((method.upper(), route))
            if question is not None:
                asked = Asking(told, described, method.upper(), route, operation, question)
                yield from (Asked(route, answer) for answer in asked.answers())


@dataclass(frozen=True)
class Asking:
    """One operation."""

    told: Told
    described: Json
    method: str
    route: str
    operation: Json
    question: Question

    def answers(self) -> Iterator[Answer]:
        """What is answered to each way of asking it badly."""
        path = {"month": "2026-02", "edition": "x", "service_code": "CLEAN", **vars(self.told.things), **self._known()}
        for body in self._bodies():
            yield self._send(self.route.format_map(path), body)
        planted = {name: text(f"path.{name}") for name in path}
        bad = self.route.format_map(planted)
        yield self._send(bad, b"{}")
        yield self._send(bad, b"{}", token=text("header.authorization"))
        names = [sent["name"] for sent in self.operation.get("parameters", ()) if sent["in"] == "query"]
        yield self._send(self.route.format_map(path), b"{}", query={name: text(f"query.{name}") for name in names})

    def _known(self) -> Json:
        things = self.told.things
        return {**{f"{name}_id": value for name, value in vars(things).items()}, **self.question.path(things)}

    def _bodies(self) -> Iterator[bytes]:
        """A canary in every field, whatever it takes; in a field of another form; as a field's name; in half a body."""
        for content in self.operation.get("requestBody", {}).get("content", {}).values():
            schema = resolved(self.described, content["schema"])
            resource = self.route.split("/")[2]
            unknown = text(f"{resource}.unknown")
            full = self._filled(schema, resource)
            yield json.dumps(full).encode()
            yield json.dumps(full, ensure_ascii=True).encode("utf-16")
            yield json.dumps(full).encode()[:-1]
            if isinstance(full, dict):
                yield json.dumps({name: [{str(value): value}] for name, value in full.items()}).encode()
                yield json.dumps({**full, f"Åsa {unknown}": unknown}).encode()

    def _filled(self, schema: Json, path: str) -> Any:
        schema = resolved(self.described, schema)
        for kind in ("anyOf", "oneOf"):
            if kind in schema:
                return self._filled(schema[kind][0], path)
        if schema.get("type") == "object":
            parts = schema.get("properties", {})
            return {name: self._filled(part, f"{path}.{name}") for name, part in parts.items()}
        if schema.get("type") == "array":
            return [self._filled(schema.get("items", {}), f"{path}[]")]
        return canary(path).value

    def _send(self, path: str, body: bytes, *, query: Json | None = None, token: str = "") -> Answer:
        caller = self._caller()
        headers = {
            **caller._headers(),
            "Idempotency-Key": text("header.idempotency-key"),
            "If-Match": text("header.if-match"),
            "App-Version": text("header.app-version") if query else "1",
            "Accept-Language": text("header.accept-language"),
            "traceparent": text("header.traceparent"),
            "X-Request-Id": text("header.x-request-id"),
            "User-Agent": text("header.user-agent"),
        }
        if query:
            headers["Purpose"] = text("header.purpose")
        if token:
            headers["Authorization"] = f"Bearer {token}"
        headers["Content-Type"] = next(
            iter(self.operation.get("requestBody", {}).get("content", {})), "application/json"
        )
        content = body if self.method == "POST" else b""
        return caller.client.request(self.method, path, content=content, params=query or {}, headers=headers)

    def _caller(self) -> Caller:
        role = next((each for each in READERS + ROLES if is_allowed(each, self.question.action)), "admin")
        subject = self.told.things.worker if role == "care_worker" else ""
        return self.told.town.call(role, subject=subject)
