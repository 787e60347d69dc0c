"""`/v1/rulebooks`: the municipality's rules by date, documents that are checked, and their adoption."""

from hashlib import sha256
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.dependencies import HouseDep, allowed
from api.office_call import READER_PROBLEMS, WRITE_PROBLEMS, OfficeCall, office
from api.office_desk import Written
from api.problems import Problem, documented
from api.reading import ViewDep
from api.rendering import Format, answer
from api.rulebook_answers import catalogue_now, edition_in_full, edition_rows, faulty, services_unknown
from api.versioned import versioned_router
from domain.access.whose import NOBODY
from domain.office.organisation import adopt_rulebook
from domain.organisation.errors import RulebookServicesUnknownError
from infra.rulebook_files import RulebookFile, read_rulebook
from infra.rulebook_schema import rulebook_schema

PREFIX = "/v1/rulebooks"
YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
BODY = {"requestBody": {"required": True, "content": {"application/yaml": {"schema": {"type": "string"}}}}}

router = versioned_router(prefix=PREFIX, tags=["rulebooks"])


async def document_of(request: Request) -> RulebookFile:
    """The document in the body, which must come as YAML."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in YAML:
        raise Problem("unsupported_media_type")
    return await run_in_threadpool(read_rulebook, await request.body())


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()


Document = Annotated[RulebookFile, Depends(document_of)]
Adopting = Annotated[OfficeCall, Depends(office("rulebook.adopt", content=_digest))]
Reading = [Depends(allowed("read.rulebooks"))]


@router.post(
    "/check",
    response_class=Response,
    dependencies=[Depends(allowed("rulebook.check"))],
    responses=READER_PROBLEMS | documented("unsupported_media_type", "too_large"),
    openapi_extra=BODY,
)
def check(house: HouseDep, document: Document) -> Response:
    """Every fault of a document with its line and what to write instead, and the services that the catalogue has not."""
    warnings = document.unknown_services(catalogue_now(house))
    told = {"valid": not document.faults, "digest": document.digest, "faults": document.faults, "warnings": warnings}
    return Response(msgspec.json.encode(told), media_type="application/json")


@router.post("/adopt", responses=WRITE_PROBLEMS, openapi_extra=BODY)
async def adopt(call: Adopting, document: Document) -> Written:
    """Let a rulebook hold for the days that it covers. `If-Match` is the ETag of `/v1/organisation`."""
    if document.rulebook is None:
        raise faulty(document.faults)
    try:
        return await call.write(adopt_rulebook(document.rulebook, source_digest=document.digest, act=call.act))
    except RulebookServicesUnknownError as error:
        raise services_unknown(document, error) from None


@router.get(
    "",
    response_class=Response,
    dependencies=Reading,
    responses=READER_PROBLEMS | documented("not_yet_visible"),
)
def get_editions(view: ViewDep, form: Annotated[Format, Query(alias="format")] = "json") -> Response:
    """The editions with the days that they hold, in order of time, as adopted by `as_of`."""
    return answer(view.about(), edition_rows(view), form, whose=NOBODY)


@router.get("/schema", response_class=Response, dependencies=Reading, responses=READER_PROBLEMS)
def get_schema() -> Response:
    """The JSON Schema of a document: what an editor completes and checks by."""
    return Response(msgspec.json.encode(rulebook_schema()), media_type="application/schema+json")


@router.get(
    "/{edition}",
    response_class=Response,
    dependencies=Reading,
    responses=READER_PROBLEMS | documented("not_found", "not_yet_visible"),
)
def get_edition(view: ViewDep, edition: str) -> Response:
    """One edition by its version: every policy of it, with those at their default, and what holds for a part only."""
    told: dict[str, Any] | None = edition_in_full(view, edition)
    if told is None:
        raise Problem("not_found")
    return Response(
        msgspec.json.Encoder(decimal_format="number").encode(view.about() | told), media_type="application/json"
    )
