"""Every route says what it lets people do, and no answer repeats what was sent."""

import re
from collections.abc import Iterator, Mapping

import pytest
from fastapi import APIRouter, Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.testclient import TestClient

from api.app import MODULES
from api.dependencies import allowed
from api.strict_route import StrictRoute
from domain.access.by_role import roles_of
from domain.access.table import ACTIONS
from infra.tokens import ROLES
from tests.api.calls import Caller, Json
from tests.api.town import NOBODY, Town

PUBLIC: frozenset[str] = frozenset()
"""Routes under /v1 that anybody may call."""


def routes(routers: tuple[APIRouter, ...]) -> list[APIRoute]:
    """Every route under /v1."""
    found = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in found if route.path.startswith("/v1")]


def actions(dependant: Dependant) -> Iterator[str]:
    """The actions that a route asks for, in whatever depth."""
    for dependency in dependant.dependencies:
        if (action := getattr(dependency.call, "action", None)) is not None:
            yield action
        yield from actions(dependency)


def undeclared(routers: tuple[APIRouter, ...]) -> list[str]:
    """The routes that do not ask for exactly one action of the table."""
    return [
        route.path
        for route in routes(routers)
        if route.path not in PUBLIC and [action in ACTIONS for action in actions(route.dependant)] != [True]
    ]


OURS = tuple(module.router for module in MODULES)


def test_every_route_declares_the_one_action_it_is_for() -> None:
    assert undeclared(OURS) == []


def test_every_route_reads_its_body_strictly() -> None:
    assert [route.path for route in routes(OURS) if not isinstance(route, StrictRoute)] == []


def test_the_check_finds_a_route_that_anybody_may_call() -> None:
    router = APIRouter()

    @router.get("/v1/open")
    def anybody() -> None: ...

    @router.get("/v1/unheard-of", dependencies=[Depends(allowed("no.such_action"))])
    def nobody() -> None: ...

    @router.get("/v1/closed", dependencies=[Depends(allowed("read.people"))])
    def somebody() -> None: ...

    assert undeclared((router,)) == ["/v1/open", "/v1/unheard-of"]


def by_method(method: str) -> list[tuple[str, str]]:
    """The path and action of each route."""
    return [
        (route.path, next(actions(route.dependant), "")) for route in routes(OURS) if method in (route.methods or ())
    ]


WRITES, READS = by_method("POST"), by_method("GET")


def filled(path: str) -> str:
    """A path with ids that nothing has."""
    return path.replace("{kind}", "visit").replace("{service_code}", "NONE").format_map(_Nobody())


class _Nobody(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return NOBODY


@pytest.mark.parametrize(
    ("method", "path"), [("POST", path) for path, _ in WRITES] + [("GET", path) for path, _ in READS]
)
def test_without_a_token_nothing_is_done_or_told(shared_client: TestClient, method: str, path: str) -> None:
    answer = shared_client.request(method, filled(path), json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.fixture(scope="module")
def everybody(shared_town: Town) -> Mapping[str, Caller]:
    """Somebody in each role: a new token for each call would take longer than the calls."""
    return {role: shared_town.call(role) for role in ROLES}


@pytest.mark.parametrize(("path", "action"), WRITES)
def test_a_write_is_for_the_roles_of_its_action(everybody: Mapping[str, Caller], path: str, action: str) -> None:
    for role, caller in everybody.items():
        answer = caller.post(filled(path), {}, version=1)
        assert (answer.status_code == 403) == (role not in roles_of(action)), (role, answer.text)


@pytest.mark.parametrize(("path", "action"), READS)
def test_a_read_is_for_the_roles_of_its_action(everybody: Mapping[str, Caller], path: str, action: str) -> None:
    for role, caller in everybody.items():
        answer = caller.get(filled(path))
        assert (answer.status_code == 403) == (role not in roles_of(action)), (role, answer.text)


def test_no_two_bodies_go_by_one_name_in_the_documentation(shared_client: TestClient) -> None:
    schemas = shared_client.get("/openapi.json").json()["components"]["schemas"]
    assert [name for name in schemas if "__" in name] == []


CANARY = "kanariefågel"


def models() -> Iterator[tuple[str, str, type[BaseModel]]]:
    """Every write of the office with its action and what it takes: a body, or the items of a batch."""
    for route in routes(OURS):
        if route.body_field is not None:
            model = route.body_field.field_info.annotation
            assert isinstance(model, type)
            assert issubclass(model, BaseModel)
            yield route.path, next(actions(route.dependant), ""), model


def spoilt(model: type[BaseModel]) -> Iterator[Json]:
    """Bodies with the canary in every field: as a text, inside a list, as a key; and as a field nobody knows."""
    names = list(model.model_fields)
    yield dict.fromkeys(names, CANARY)
    yield {name: [CANARY, {"name": CANARY}] for name in names}
    yield {name: {CANARY: CANARY} for name in names}
    yield {CANARY: CANARY}
    yield from ({name: CANARY} for name in names)


@pytest.mark.parametrize(("path", "action", "model"), list(models()), ids=[path for path, _, _ in models()])
def test_no_answer_and_no_log_repeats_what_was_sent(
    everybody: Mapping[str, Caller], capfd: pytest.CaptureFixture[str], path: str, action: str, model: type[BaseModel]
) -> None:
    caller = everybody[min(roles_of(action))]
    answers = [caller.post(filled(path), body, version=1) for body in spoilt(model)]
    answers.append(caller.post(re.sub(r"{\w+}", CANARY, path), {}, version=1))
    answers.append(caller.post(filled(path), {}, key=CANARY.encode().hex() + " ", version=CANARY.encode().hex()))
    answers.append(caller.send(filled(path), f'{{"name": "{CANARY}", "note": "{CANARY}" "'.encode(), if_match='"1"'))
    for answer in answers:
        assert answer.status_code in {400, 404, 409, 412, 422}, answer.text
        for told in (answer.text, str(answer.headers)):
            assert CANARY not in told
            assert CANARY.encode().hex() not in told
    assert CANARY not in "".join(capfd.readouterr())
