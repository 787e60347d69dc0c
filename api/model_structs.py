"""Structs made from models: what reads a good value in a pass of C, under the limits that the model states.

A struct admits what its model admits, or less, so that no limit stands in two places.
"""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, Strict
from pydantic.fields import FieldInfo

from api.strict_json import INTEGER_MAX, Text

ID = r"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z"
"""An id as we write it. The model takes other spellings too, and makes them this one."""


class _ModelOnlyError(TypeError):
    """The model checks a field in a way of its own."""


def struct_of(model: type[BaseModel], *, tag: str | None = None, **instead: Any) -> type[msgspec.Struct]:
    """Make the struct. Ids stay texts. `instead` gives the types of fields that are read in another way than the model says
    and must be there; `tag` is what the field `type` must hold.

    A field that only the model can check is left out, and what is left out is refused, as is what the model calls extra.
    """
    hints = get_type_hints(model, include_extras=True)
    fields: list[Any] = []
    for name, about in model.model_fields.items():
        if name in instead:
            fields.append((name, instead[name]))
        elif (told := _told_or_none(hints[name])) is not None and not (tag and name == "type"):
            fields.append((name, told) if about.is_required() else (name, told, about.default))
    return msgspec.defstruct(
        model.__name__,
        fields,
        frozen=True,
        kw_only=True,
        gc=False,  # holds no struct that holds it
        forbid_unknown_fields=True,
        tag_field="type" if tag else None,
        tag=tag,
        namespace={"model_extra": None},
    )


def _told_or_none(hint: Any) -> Any:
    try:
        return _told(hint)
    except _ModelOnlyError:
        return None


def _told(hint: Any) -> Any:
    """Say in msgspec's words what a model's hint admits."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        limits = _limits(parts[1:])
        return _limited(parts[0] if parts[0] in (int, UUID) else _told(parts[0]), limits)
    if origin in (Union, UnionType):
        return reduce(or_, map(_told, parts))
    if origin is tuple:
        return tuple[tuple(map(_told, parts))]  # type: ignore[misc]  # made when the program runs
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return struct_of(hint)
    return _limited(hint, {})


def _limited(hint: Any, limits: dict[str, Any]) -> Any:
    if hint is UUID:
        return Annotated[str, msgspec.Meta(pattern=ID)]
    if hint is int:
        limits = {"ge": -INTEGER_MAX, "le": INTEGER_MAX} | limits
    return Annotated[hint, msgspec.Meta(**limits)] if limits else hint


def _limits(marks: Iterable[object]) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    for mark in marks:
        match mark:
            case FieldInfo(metadata=inside):
                limits |= _limits(inside)
            case Text(max_code_points=most, min_code_points=least):
                limits |= {"max_length": most, "min_length": least}
            case Ge(ge=bound):
                limits["ge"] = bound
            case Le(le=bound):
                limits["le"] = bound
            case MaxLen(max_length=most):
                limits["max_length"] = most
            case MinLen(min_length=least):
                limits["min_length"] = least
            case Strict():
                pass
            case _:
                raise _ModelOnlyError
    return limits
