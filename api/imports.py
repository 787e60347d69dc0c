"""`/v1/imports`: plans and registrations as CSV files. See docs/import.md for columns and mapping."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import msgspec
from fastapi import Depends, Query, Request, Response

from api.bootstrap import House
from api.csv_import.mapping import read_mapping
from api.csv_import.plans import PLAN_COLUMNS, Completeness, import_plans
from api.csv_import.registered import REGISTRATION_COLUMNS
from api.csv_import.registrations import import_registrations
from api.csv_import.report import ImportReport, told_of
from api.csv_import.running import SOURCE, ImportJob
from api.dependencies import HouseDep, ReachDep, allowed
from api.office_bodies import UnitUuid
from api.problems import Problem, documented
from api.reading import SPAN_DAYS_MAX, Span
from api.rendering import Told
from api.strict_json import Text
from api.strict_route import FieldError
from api.versioned import versioned_router
from api.whose import people_in
from domain.access.entry import Doing
from domain.ids import UnitId
from infra.tokens import Caller
from infra.writer import StoreUnavailableError, WriterBusyError

CSV = "text/csv"
MAPPING_MAX = 20_000
"""Code points; a longer one does not fit into an address."""
PROBLEMS = documented(
    "unauthenticated",
    "forbidden",
    "too_large",
    "unsupported_media_type",
    "not_found",
    "invalid",
    "busy",
    "store_unavailable",
)
OPENAPI = {"requestBody": {"required": True, "content": {CSV: {"schema": {"type": "string", "format": "binary"}}}}}

router = versioned_router(prefix="/v1/imports", tags=["imports"])


async def csv_body(request: Request) -> bytes:
    """The file, which must come as text/csv."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != CSV:
        raise Problem("unsupported_media_type")
    return await request.body()


Importing = Annotated[Caller, Depends(allowed("import"))]
File = Annotated[bytes, Depends(csv_body)]
SourceName = Annotated[str, Query(pattern=SOURCE.pattern.join(("^", "$")), description="Names the exporting system.")]
FileName = Annotated[str, Text(128), Query(alias="file", description="The file's name, kept as the reason.")]
MappingText = Annotated[str, Query(max_length=MAPPING_MAX, description="The mapping, as TOML.")]
DryRun = Annotated[bool, Query(description="Say what would come of it, and store nothing.")]


class CompleteFor:
    """What a file is declared complete for: `complete=true` with `unit`, `from` and `to`; `confirm=true` to go ahead."""

    def __init__(
        self,
        *,
        house: HouseDep,
        reach: ReachDep,
        complete: bool = False,
        unit: UnitUuid | None = None,
        from_: Annotated[date | None, Query(alias="from")] = None,
        to: date | None = None,
        confirm: Annotated[bool, Query(description="Call off what the first answer listed as missing.")] = False,
    ) -> None:
        self.confirmed = confirm
        self.completeness: Completeness | None = None
        if complete:
            self.completeness = _completeness(house.rulebook.zone, unit, from_, to)
            if not reach.has_unit(unit):
                raise Problem("not_found")


def _completeness(zone: str, unit: UnitId | None, first: date | None, last: date | None) -> Completeness:
    for name, value in (("unit", unit), ("from", first), ("to", last)):
        if value is None:
            raise Problem("missing_field", errors=[FieldError(f"/query/{name}", "missing_field")])
    assert unit is not None
    assert first is not None
    assert last is not None
    if not 0 <= (last - first).days <= SPAN_DAYS_MAX:
        raise Problem("out_of_range", errors=[FieldError("/query/to", "out_of_range")])
    return Completeness(unit, Span(first, last, zone))


@router.post("/plans", response_class=Response, responses=PROBLEMS, openapi_extra=OPENAPI)
def post_plans(
    house: HouseDep,
    caller: Importing,
    reach: ReachDep,
    file: File,
    source: SourceName,
    complete: Annotated[CompleteFor, Depends()],
    file_name: FileName = "upload.csv",
    mapping: MappingText = "",
    dry_run: DryRun = False,
) -> Response:
    """Take in a file of plans, one result a row. With `complete` the first call stores nothing and lists what is missing."""
    waits = complete.completeness is not None and not complete.confirmed
    job = ImportJob(
        house=house,
        source=source,
        file_name=file_name,
        content=file,
        mapping=read_mapping(mapping, PLAN_COLUMNS),
        actor=caller.actor,
        reach=reach,
        rehearsal=dry_run or waits,
    )
    with _problems():
        return _answer(house, import_plans(job, complete.completeness))


@router.post("/registrations", response_class=Response, responses=PROBLEMS, openapi_extra=OPENAPI)
def post_registrations(
    house: HouseDep,
    caller: Importing,
    reach: ReachDep,
    file: File,
    source: SourceName,
    file_name: FileName = "upload.csv",
    mapping: MappingText = "",
    dry_run: DryRun = False,
) -> Response:
    """Take in a file of registrations, one result a row, each with the visit it was matched to and why."""
    job = ImportJob(
        house=house,
        source=source,
        file_name=file_name,
        content=file,
        mapping=read_mapping(mapping, REGISTRATION_COLUMNS),
        actor=caller.actor,
        reach=reach,
        rehearsal=dry_run,
    )
    with _problems():
        return _answer(house, import_registrations(job))


def _answer(house: House, report: ImportReport) -> Response:
    with house.read_database.connect() as db:
        whose = people_in(db, told_of(report))
    return Told(msgspec.json.encode(report), whose=whose, doing=Doing.LIST)


@contextmanager
def _problems() -> Iterator[None]:
    """Say of the writer's errors what to do: import the file again, nothing of it counts twice."""
    try:
        yield
    except WriterBusyError as error:
        raise Problem("busy", headers={"Retry-After": str(error.retry_after_s)}) from None
    except StoreUnavailableError:
        raise Problem("store_unavailable", headers={"Retry-After": "1"}) from None
