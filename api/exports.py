"""`/v1/exports`: a month's rows as a file, however many there are."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import Depends, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from api.bootstrap import House
from api.dependencies import HouseDep, ReachDep, allowed
from api.export_jobs import Export, ExportJobs
from api.month_parts import month_parts
from api.office_bodies import Body
from api.problems import Problem, documented
from api.reading import View, month_named, month_span, view_at
from api.rendering import Row, Told, ToldFile, cell
from api.reports import told_row
from api.versioned import versioned_router
from api.whose import PEOPLE
from domain.access.reach import Reach
from domain.access.told_rows import OF_ONE_CLIENT, told_rows
from domain.access.whose import NOBODY, Whose
from domain.compared_reports import Narrowed
from domain.household_month import HouseholdMonth
from domain.local_time import Month
from domain.reconciliation import Level, together
from infra.tokens import Caller

ACTION = "export.reports"
router = versioned_router(
    prefix="/v1/exports", tags=["exports"], responses=documented("unauthenticated", "forbidden", "not_found")
)
Asking = Annotated[Caller, Depends(allowed(ACTION))]
_ENCODER = msgspec.json.Encoder(decimal_format="number")
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}


class Exported(StrEnum):
    """What can be exported: the rows of a report before they are added up."""

    PERFORMED_TIME = "performed-time"
    RECONCILIATION = "reconciliation"


class ExportBody(Body):
    """Which rows of which month, and how they are written."""

    report: Annotated[Exported, Field(strict=False)]
    month: Annotated[str, Field(pattern=r"^\d{4}-\d\d$", description="YYYY-MM")]
    format: Literal["csv", "jsonl"] = "csv"


class ExportNow(BaseModel):
    """A job as it stands: `waiting`, `running`, `done`, `failed`, or `interrupted` by a restart of the server. `rows` are those
    written; all are told as of `position`."""

    id: str
    state: str
    rows: int
    report: str
    month: str
    format: str
    position: int
    deleted_at: datetime


async def jobs_of(house: HouseDep) -> ExportJobs:
    """The jobs of this server."""
    return house.exports


JobsDep = Annotated[ExportJobs, Depends(jobs_of)]


@router.post("", status_code=202, responses=documented("bad_time", "busy", "not_yet_visible"))
def post_export(body: ExportBody, caller: Asking, reach: ReachDep, house: HouseDep, jobs: JobsDep) -> ExportNow:
    """Ask for a month's rows, as they are believed now and as far as the caller reaches. They are written beside all else: see
    how far it is, then fetch the file. A restart interrupts it; it is deleted after a day, unless set otherwise."""
    month, position = month_named(body.month), house.projector.complete_through()
    write = writer_of(house, reach, body.report, month, body.format, position)
    job = jobs.ask(caller, write, report=body.report, month=body.month, form=body.format, position=position)
    return told(house, job)


@router.get("/{export_id}", response_model=ExportNow)
def get_export(export_id: UUID, caller: Asking, house: HouseDep, jobs: JobsDep) -> Response:
    """How far it is. Only whoever asked for it, in the same role and units, finds it."""
    return Told(told(house, jobs.of(caller, export_id)).model_dump_json(), whose=NOBODY)


@router.get("/{export_id}/file", response_class=FileResponse)
def get_file(export_id: UUID, caller: Asking, jobs: JobsDep) -> ToldFile:
    """The rows, when they are `done`; until then 404."""
    job = jobs.of(caller, export_id)
    if job.state != "done":
        raise Problem("not_found")
    name = f"visitledger-{job.report}-{job.month}.{job.form}"
    path = jobs.path_of(job)
    whose = people_in_file(path, job.form)
    return ToldFile(path, whose=whose, form=job.form, media_type=MEDIA_TYPES[job.form], filename=name)


def people_in_file(path: Path, form: str) -> Whose:
    """The clients and workers in an export's rows, read a row at a time."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows: Iterator[Row] = csv.DictReader(lines) if form == "csv" else map(msgspec.json.decode, lines)
        found = {(kind, row[f"{kind}_id"]) for row in rows for kind in PEOPLE if row.get(f"{kind}_id")}
    return frozenset(found)


def told(house: House, job: Export) -> ExportNow:
    """A job for its caller."""
    until = datetime.fromtimestamp(job.made_at_s + house.settings.export_hours * 3600, UTC)
    return ExportNow(
        id=job.id,
        state=job.state,
        rows=job.rows,
        report=job.report,
        month=job.month,
        format=job.form,
        position=job.position,
        deleted_at=until,
    )


def writer_of(
    house: House, reach: Reach, report: Exported, month: Month, form: str, position: int
) -> Callable[[IO[bytes]], Iterator[int]]:
    """A function that writes the rows of a month, some households at a time, and says after each how many they were."""

    def write(out: IO[bytes]) -> Iterator[int]:
        encode = as_csv() if form == "csv" else _as_json
        with house.readers.open(reach) as db:
            view = view_at(house, db, position, is_past=True, reach=reach)
            for part in month_parts(view, month):
                rows = list(rows_of(view, report, month, part, form))
                out.writelines(map(encode, rows))
                yield len(rows)

    return write


def rows_of(view: View, report: Exported, month: Month, part: HouseholdMonth, form: str) -> Iterator[Row]:
    """The rows of some households that the caller reaches."""
    if report is Exported.RECONCILIATION:
        of = Narrowed(reach=view.reach)
        rows = together([part.compared.within(view.reach)]).rows(Level.SERVICE)
        yield from (told_row(row, form) for row in rows if of.has_row(row))
        return
    whose, days = Narrowed(reach=view.reach), month_span(view, month)
    counted = [row for row in part.performed if row.uncounted is None and row.day in days and whose.has_minutes(row)]
    for row in told_rows(view.reach, counted, OF_ONE_CLIENT):
        found = msgspec.structs.asdict(row)
        yield {name: found[name] for name in found if not name.startswith("uncounted")}


def _as_json(row: Row) -> bytes:
    return _ENCODER.encode(row) + b"\n"


def as_csv() -> Callable[[Row], bytes]:
    """Writes rows as spreadsheets may read them, the first with the names above it."""
    has_names = False

    def encode(row: Row) -> bytes:
        nonlocal has_names
        out = io.StringIO()
        writer: Any = csv.writer(out, lineterminator="\r\n")
        if not has_names:
            writer.writerow(row)
            has_names = True
        writer.writerow(map(cell, row.values()))
        return out.getvalue().encode()

    return encode
