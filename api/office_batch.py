"""Batch forms: up to 500 decisions in one call, each under its own key, each answered for itself."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.access import reach_of
from api.bootstrap import House
from api.dependencies import HouseDep, allowed
from api.office_bodies import Body, Version
from api.office_call import DeskDep, Head, checked_key, may_adjust
from api.office_desk import Answer, OfficeDesk, Written
from api.problems import Problem, problem_of
from api.schemas import schema_of
from api.strict_json import Fault, JsonValue, pointer_to, survey
from api.strict_route import FieldError
from api.sync_intake import in_body
from domain.command import Command
from domain.office.act import Act
from infra.tokens import Caller

Model = TypeVar("Model", bound=BaseModel)
ITEMS_MAX = 500


class Item(Body):
    """One decision of a batch. `version` takes the place of `If-Match`."""

    CREATES: ClassVar[bool] = False
    """Whether the decision may be the first about its subject, so that `version` may be left out."""

    key: Annotated[str, Field(description="Takes the place of `Idempotency-Key`.")]
    version: Version | None = None

    @abstractmethod
    def command(self, act: Act, call: "BatchCall") -> Command:
        """The decision, for the writer."""


class ItemError(BaseModel):
    """One fault of an item; the pointer leads into the item."""

    pointer: str
    code: str


class ItemResult(BaseModel):
    """What came of one item, under its key. `rejected`: nothing of it was stored, and `code` says why."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    key: str
    status: Literal["accepted", "known", "rejected"]
    id: str | None = None
    position: int | None = None
    version: int | None = None
    code: str | None = None
    errors: list[ItemError] | None = None


class BatchAnswer(BaseModel):
    """One result for each item, in order. `position` is the last of what is stored, now or before; 0 if nothing is."""

    position: int
    results: list[ItemResult]


@dataclass(frozen=True, slots=True)
class BatchCall:
    """One batch, as a route is handed it. `head` is where the log ended as it came."""

    house: House
    desk: OfficeDesk
    caller: Caller
    head: int
    request: Request

    async def write(self, model: type[Item]) -> BatchAnswer:
        """Let all good items be decided together. One that is bad or refused never sinks the others."""
        items, faults = _items_in(await self.request.body())
        judged = [self._command(model, item, faults.get(at)) for at, item in enumerate(items)]
        answers = iter(await self.desk.decide([wish for wish in judged if isinstance(wish, Command)]))
        told = [next(answers) if isinstance(wish, Command) else wish for wish in judged]
        results = [_result(item, answer) for item, answer in zip(items, told, strict=True)]
        self.request.state.in_vain = [(result.code, item) for result, item in zip(results, items, strict=True)]
        return BatchAnswer(position=max(result.position or 0 for result in results), results=results)

    def _command(self, model: type[Item], sent: JsonValue, fault: Fault | None) -> Command | Problem:
        try:
            if fault is not None:
                raise Problem(fault.code, errors=[FieldError(pointer_to(fault.path[2:]), fault.code)])
            key = checked_key(_member(sent, "key"))
            item = _validated(model, sent)
            if item.version is None and not item.CREATES:
                raise Problem("version_required")
        except Problem as problem:
            return problem
        stamp = self.desk.stamp(self.caller, key, self.request.method, self.request.url.path, sent)
        adjusts = may_adjust(self.caller)
        act = Act(
            actor=self.caller.actor,
            stamp=stamp,
            expected_version=item.version,
            may_adjust=adjusts,
            reach=reach_of(self.request),
        )
        return item.command(act, self)


def batch(action: str) -> Callable[..., object]:
    """A dependency that lets pass whoever may do `action` to many at once."""
    permitted = allowed(action)

    async def call(
        *, request: Request, house: HouseDep, desk: DeskDep, head: Head, caller: Annotated[Caller, Depends(permitted)]
    ) -> BatchCall:
        return BatchCall(house, desk, caller, head, request)

    return call


def batch_body(model: type[Item]) -> dict[str, Any]:
    """Say in the OpenAPI document what a batch holds: the `openapi_extra` of its route, which reads the body itself."""
    items = {"type": "array", "minItems": 1, "maxItems": ITEMS_MAX, "items": schema_of(model)}
    schema = {"type": "object", "required": ["items"], "additionalProperties": False, "properties": {"items": items}}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


class _Envelope(Body):
    items: Annotated[list[JsonValue], Field(min_length=1, max_length=ITEMS_MAX)]


def _items_in(body: bytes) -> tuple[Sequence[JsonValue], dict[object, Fault]]:
    """Give the items, and what is wrong with the JSON of which. Raises `Problem` for a fault of the whole."""
    value, faults = survey(body)
    of_items: dict[object, Fault] = {}
    for fault in faults:
        if len(fault.path) < 2 or fault.path[0] != "items":  # noqa: PLR2004  # ("items", index, ...)
            raise Problem(fault.code, errors=[FieldError(pointer_to(fault.path), fault.code)])
        of_items.setdefault(fault.path[1], fault)
    return _validated(_Envelope, value).items, of_items


def _validated(model: type[Model], value: JsonValue) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise problem_of(in_body(error, value)) from None


def _member(sent: JsonValue, name: str) -> JsonValue:
    return sent.get(name) if isinstance(sent, dict) else None


def _result(sent: JsonValue, answer: Answer) -> ItemResult:
    key = _good_key(_member(sent, "key"))
    if isinstance(answer, Written):
        return ItemResult(key=key, **answer.model_dump())
    problem = problem_of(answer)
    errors = [ItemError(pointer=fault.pointer, code=fault.code) for fault in problem.errors]
    return ItemResult(key=key, status="rejected", code=problem.code, errors=errors or None)


def _good_key(key: JsonValue) -> str:
    """An item's key, for its result; empty when it is none, for what is not a key may be anything."""
    try:
        return checked_key(key)
    except Problem:
        return ""
