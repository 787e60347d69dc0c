"""Routers of the versioned surface. Each is whole by itself, so the app takes its routes as they are: to include a router
would make all its routes anew in every app, at the first request."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.params import Depends as Dependency

from api.app_version import PROBLEMS, recent_enough
from api.entering import EnteredRoute
from api.problems import documented

API = "/v1"
ANYWHERE = documented("invalid", "unknown_field", "too_many_requests", "access_log_unavailable")
"""What any route may answer, whatever it is for."""


def versioned_router(
    *,
    prefix: str,
    tags: list[str | Enum],
    dependencies: Sequence[Dependency] = (),
    responses: dict[int | str, dict[str, Any]] | None = None,
) -> APIRouter:
    """A router below `/v1`: bodies are read strictly, and an app that is too old is told so before anything else.

    `dependencies` run after that check; `responses` are what its routes may answer beside it. Raises `ValueError` for
    a prefix that is not below `/v1`.
    """
    if not prefix.startswith(API):
        raise ValueError(f"a versioned router begins with {API}")
    return APIRouter(
        prefix=prefix,
        tags=tags,
        route_class=EnteredRoute,
        dependencies=[Depends(recent_enough), *dependencies],
        responses=PROBLEMS | ANYWHERE | (responses or {}),
    )
