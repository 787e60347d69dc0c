"""Calls that the API's own description allows, and calls that it forbids, made by Schemathesis and sent to the real app.

Whatever is sent: no answer is a server's error, and its status, media type, headers and body are what the description says.
"""

import random
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import schemathesis
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from api.access import is_allowed
from api.app import create_app
from api.app_version import HEADER
from api.bootstrap import House, build
from domain.access.values import Purpose
from infra.settings import UNLIMITED, Settings
from infra.tokens import ROLES
from tests.api.conftest import MORNING, OFFICE, StillClock, people_of
from tests.api.town import ANNA, BO, BRACKE, BROR, CENTRE, TOWN_UNITS, Town
from tests.fuzzing.good import GoodCalls
from tests.fuzzing.laid_out import LaidOut

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ADDRESS = "http://testserver"
FITTING, KNOWN, KEYED, VERSIONED, UNVERSIONED, STATED = 0.8, 0.6, 0.8, 0.5, 0.9, 0.8
"""How many calls come from a role that may make them, name somebody who exists, bring the headers of the office, name no
version of an app, and say what they are for: the others are refused before anything is looked at."""
POSITIONS = {"min_position", "as_of", "from", "to"}
NUMBER = re.compile(r"\d+(?:\.0*)?")
"""A position as it may be written in a query."""
TAKEN = ("method", "url", "headers", "params", "json", "content", "files")
"""What the client takes of a call."""
TEXT_MAX = 1_500


@dataclass
class Found:
    """What came of some calls: how many there were, by status, and what was wrong with which."""

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    """The first of each kind: what it is -> how it went."""
    refused: list[str] = field(default_factory=list)
    """Operations of which no good call was let through."""

    def add(self, other: "Found") -> None:
        """Take in what came of others."""
        self.calls += other.calls
        self.statuses += other.statuses
        self.faults = other.faults | self.faults
        self.refused += other.refused


class Described:
    """One running app, called as it is described."""

    def __init__(self, house: House, app: FastAPI, client: TestClient) -> None:
        self._house, self._client = house, client
        self.document = app.openapi()
        described = schemathesis.openapi.from_dict(_without_tuples(self.document))
        self._operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]
        self._roles = {key: roles for route in app.routes for key, roles in _roles(route)}
        town = Town(people_of(house, client))
        town.settle()
        self._laid_out = LaidOut(town)
        self._known = {
            "client_id": BROR,
            "worker_id": BO,
            "unit_id": CENTRE,
            "provider_id": BRACKE,
            "accountable_id": CENTRE,
            "visit_id": town.planned_visit(),
            "order_id": town.placed_order(),
        }

    def call_all(self, seed: int, *, good: int, bad: int) -> Iterator[Found]:
        """Make so many good and bad calls of each operation. Gives what came of each operation."""
        for operation in self._operations:
            found = Found()
            chance = random.Random(zlib.crc32(f"{seed} {operation.label}".encode()))
            calls = GoodCalls(operation.label, self._laid_out, chance)
            self._call(operation, GenerationMode.POSITIVE, good, seed, found, calls)
            self._call(operation, GenerationMode.NEGATIVE, bad, seed, found)
            if not calls.let_through:
                found.refused.append(operation.label)
            yield found

    def _call(
        self, operation: Any, mode: GenerationMode, cases: int, seed: int, found: Found, good: GoodCalls | None = None
    ) -> None:
        drawn = zlib.crc32(f"{seed} {operation.label} {mode.value}".encode())
        chance = random.Random(drawn)

        @seeded(drawn)
        @settings(
            max_examples=cases,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def call(case: Any) -> None:
            self._send(case, chance, found, good)

        try:
            call()
        except Unsatisfiable:  # an operation without parameters has no bad calls
            return

    def _send(self, case: Any, chance: random.Random, found: Found, good: GoodCalls | None) -> None:
        self._make_known(case, chance)
        if good:
            good.make_fit(case)
        try:
            answer = self._client.request(**self._as_sent(case, chance, good))
        except (httpx2.InvalidURL, UnicodeError):  # what no client can send
            return
        if good:
            good.answered(answer)
        found.calls += 1
        found.statuses[answer.status_code] += 1
        try:
            case.validate_response(Response.from_any(answer), checks=CHECKS)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                what = f"{case.operation.label}: {type(failure).__name__} {answer.status_code}"
                found.faults.setdefault(what, f"{failure}\n{answer.text}"[:TEXT_MAX])

    def _make_known(self, case: Any, chance: random.Random) -> None:
        """Name in most paths what there is, and ask for no position to come: each would be waited for."""
        for name in case.path_parameters or {}:
            if name in self._known and chance.random() < KNOWN:
                case.path_parameters[name] = self._known[name]
        for name in POSITIONS & set(case.query or ()):
            case.query[name] = _no_number(case.query[name])

    def _as_sent(self, case: Any, chance: random.Random, good: GoodCalls | None) -> Mapping[str, Any]:
        sent = case.as_transport_kwargs(base_url=ADDRESS)
        named = {"content" if name == "data" else name: value for name, value in sent.items() if value is not None}
        fitting = self._roles.get((case.method, case.operation.path), ROLES)
        role = chance.choice(fitting if chance.random() < FITTING else ROLES)
        if good:
            role = good.role(role, fitting)
        named["headers"] = dict(named.get("headers") or {}) | {"Authorization": f"Bearer {self._token(role)}"}
        call = {name: named[name] for name in TAKEN if name in named}
        if good:
            return good.sent(call, role)
        self._add_headers(call["headers"], case, chance)
        return call

    def _add_headers(self, headers: dict[str, str], case: Any, chance: random.Random) -> None:
        if chance.random() < UNVERSIONED:
            headers.pop(HEADER, None)
        if chance.random() < STATED:
            headers["Purpose"] = chance.choice(list(Purpose))
        if case.method != "GET" and chance.random() < KEYED:
            headers.setdefault("Idempotency-Key", f"key-{chance.getrandbits(32):08x}")
        if case.method != "GET" and chance.random() < VERSIONED:
            headers.setdefault("If-Match", f'"{chance.randint(0, 3)}"')

    def _token(self, role: str) -> str:
        return self._house.tokens.issue(subject=ANNA, role=role, unit_ids=TOWN_UNITS if role in OFFICE else ())


def _no_number(value: Any) -> Any:
    """The same, with the first position in the place of any number; of several values any may be the one that is taken."""
    if isinstance(value, list):
        return [_no_number(each) for each in value]
    return "1" if NUMBER.fullmatch(str(value)) else value


@contextmanager
def described(folder: Path) -> Iterator[Described]:
    """A municipality of its own, running."""
    house = build(Settings(data_dir=folder, rates=UNLIMITED), clock=StillClock(MORNING))
    app = create_app(house)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Described(house, app, client)


def _without_tuples(described: Any) -> Any:
    """The description with a list of like items for each pair of them: Schemathesis reads `prefixItems` in answers as an older
    draft does, and then refuses it."""
    if isinstance(described, list):
        return [_without_tuples(each) for each in described]
    if not isinstance(described, dict):
        return described
    told = {name: _without_tuples(value) for name, value in described.items()}
    pair = told.pop("prefixItems", None)
    return told if pair is None else told | {"items": pair[0]}


def _roles(route: object) -> Iterator[tuple[tuple[str, str], Sequence[str]]]:
    """Who may call a route: method and path, and the roles of its action."""
    if isinstance(route, APIRoute):
        actions = list(_actions(route.dependant))
        roles = [role for role in ROLES if all(is_allowed(role, action) for action in actions)]
        yield from (((method, route.path), roles) for method in route.methods or ())


def _actions(dependant: Dependant) -> Iterator[str]:
    if action := getattr(dependant.call, "action", ""):
        yield action
    for each in dependant.dependencies:
        yield from _actions(each)
