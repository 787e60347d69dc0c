"""`/v1/periods`: months of units and providers, closed and open: their statements, and who closes and reopens them."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import Depends, Query, Request, Response
from pydantic import Field

from api.bootstrap import House
from api.closing import Draft, draft_of
from api.dependencies import HouseDep, ReachDep, allowed
from api.office_bodies import AnyUuid, Body, Position
from api.office_call import READ_PROBLEMS, WRITE_PROBLEMS, Head, OfficeCall, office
from api.office_desk import Written
from api.office_state import current
from api.paging import page
from api.problems import Problem, documented
from api.reached import of_reach, require_reached
from api.reading import Limit, ViewDep, month_named, month_period
from api.rendering import Format, Told, to_csv
from api.statement_rows import statement_rows
from api.strict_json import Note
from api.versioned import versioned_router
from api.whose import people_in
from domain.access.entry import Doing
from domain.access.reach import Reach
from domain.access.whose import named_in
from domain.errors import NotFoundError
from domain.ids import stream_of
from domain.local_time import Month
from domain.office.errors import PositionAheadError
from domain.office.periods import close_period, confirm_reopening, reopen_period
from domain.period.aggregate import Period
from domain.period.errors import PeriodNotClosedError
from domain.period.history import PeriodHistory
from domain.period.statement import digest_of, kept, read_statement, without_clients
from domain.period.values import EarlyClosingReason, ReopeningReason, period_id
from projections.subjects import SUBJECT_KINDS

router = versioned_router(prefix="/v1/periods", tags=["periods"])
STATEMENT_PROBLEMS = READ_PROBLEMS | documented("refused", "not_yet_visible")

Id = Annotated[str | None, Query(pattern="^[0-9a-f-]{36}$")]
Digest = Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="An earlier statement, by its SHA-256.")]
Reading = Depends(allowed("read.periods"))


def month_in_path(month: str) -> Month:
    """The month that a path names. Raises 422 when it cannot be read."""
    return month_named(month)


MonthDep = Annotated[Month, Depends(month_in_path)]


def reached_in_path(accountable_id: AnyUuid, reach: ReachDep) -> str:
    """The unit or provider that a path names. Raises 404 where it lies outside of the caller's reach."""
    if not reach.has_unit(accountable_id):
        raise Problem("not_found")
    return accountable_id


ReachedUuid = Annotated[str, Depends(reached_in_path)]


class StatementUnknownError(NotFoundError):
    code = "statement_unknown"
    detail = "This month has no statement with that digest. Read the month to see which ones it has."


class ClosePeriodBody(Body):
    """As of which position the month is closed (default: where the log ends as the call comes), and why it is closed before
    its lock date, where it is."""

    position: Position | None = None
    early_because: Annotated[EarlyClosingReason | None, Field(strict=False)] = None


class ReopenPeriodBody(Body):
    """Why a closed month is to be opened again."""

    reason: Annotated[ReopeningReason, Field(strict=False)]
    note: Note | None = None


Closing = Annotated[OfficeCall, Depends(office("period.close", creates=True))]
Reopening = Annotated[OfficeCall, Depends(office("period.close"))]


@dataclass(frozen=True, slots=True)
class Closeable:
    """What a closing is decided on. `head` is where the log ended as the call came."""

    draft: Draft
    head: int


def closeable(
    accountable_id: AnyUuid, month: MonthDep, body: ClosePeriodBody, house: HouseDep, head: Head
) -> Closeable:
    """Compute what is to be closed, in a thread of its own: it may take seconds."""
    return Closeable(draft_of(house, accountable_id, month, _position(body.position, head)), head)


@router.get(
    "",
    response_class=Response,
    dependencies=[Reading],
    responses=READ_PROBLEMS | documented("bad_cursor", "cursor_gone", "not_yet_visible"),
)
def get_periods(
    request: Request,
    view: ViewDep,
    month: Annotated[str | None, Query(description="YYYY-MM", max_length=7)] = None,
    accountable_id: Id = None,
    limit: Limit = 500,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """Every month that was ever closed, of a unit or provider: how it stands, at which position, under which digest."""
    require_reached(view, unit_id=accountable_id)
    period = month_period(view, month_named(month)) if month else None
    found = of_reach(view, view.facts.period_closings(period, accountable_id=accountable_id))
    rows = [msgspec.structs.asdict(each) for each in found if month in (None, each.month)]
    return page(request, view, rows, limit, form)


@router.get("/{accountable_id}/{month}", dependencies=[Reading], responses=READ_PROBLEMS)
def read(accountable_id: ReachedUuid, month: MonthDep, house: HouseDep, reach: ReachDep) -> Response:
    """How the month of a unit or provider stands, and the ETag to decide on. One that was never closed is at version 0."""
    return current(house, Period.KIND, period_id(accountable_id, month), reach)


@router.get(
    "/{accountable_id}/{month}/statement",
    response_class=Response,
    dependencies=[Reading],
    responses=STATEMENT_PROBLEMS,
)
def get_statement(
    accountable_id: ReachedUuid,
    month: MonthDep,
    house: HouseDep,
    reach: ReachDep,
    digest: Digest = None,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """The statement exactly as it was stored when the month was closed; CSV is made of it. Lines of clients with protected
    identity are left out for whoever is not named for them, and `Digest-SHA-256` is that of the whole."""
    return _shown(house, _stored(house, accountable_id, month, digest), form, reach)


@router.get(
    "/{accountable_id}/{month}/draft",
    response_class=Response,
    dependencies=[Reading],
    responses=STATEMENT_PROBLEMS,
)
def get_draft(
    accountable_id: ReachedUuid,
    month: MonthDep,
    house: HouseDep,
    reach: ReachDep,
    head: Head,
    position: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """The statement that the month would be closed with, as of a position; with what earlier closed months are adjusted by.
    `Must-Fix-Visits` counts the visits with an exception that must be fixed: they keep no month from being closed."""
    draft = draft_of(house, accountable_id, month, _position(position, head))
    shown = _shown(house, draft.content, form, reach)
    shown.headers["Must-Fix-Visits"] = str(draft.must_fix)
    return shown


@router.post("/{accountable_id}/{month}/close", responses=WRITE_PROBLEMS | documented("not_yet_visible"))
async def close(
    call: Closing, body: ClosePeriodBody, house: HouseDep, found: Annotated[Closeable, Depends(closeable)]
) -> Written:
    """Fix the month's basis. What the log says above the position is late from now on."""
    command = close_period(
        found.draft.basis,
        kept(found.draft.content),
        at=house.clock(),
        known_through=found.head,
        early_because=body.early_because,
        adjustments=found.draft.settled,
        act=call.act,
    )
    return await call.write(command)


@router.post("/{accountable_id}/{month}/reopen", responses=WRITE_PROBLEMS)
async def reopen(call: Reopening, accountable_id: AnyUuid, month: MonthDep, body: ReopenPeriodBody) -> Written:
    """Ask for the month to be opened again, with a reason. It stays closed until somebody else confirms."""
    return await call.write(reopen_period(accountable_id, month, reason=body.reason, note=body.note, act=call.act))


@router.post("/{accountable_id}/{month}/confirm-reopening", responses=WRITE_PROBLEMS)
async def confirm(call: Reopening, accountable_id: AnyUuid, month: MonthDep) -> Written:
    """Open the month, as the second person. Its statement is kept, under its digest."""
    return await call.write(confirm_reopening(accountable_id, month, act=call.act))


def _position(asked: int | None, head: int) -> int:
    """As of which position: where the log ends, unless an earlier one is named."""
    if asked is not None and asked > head:
        raise PositionAheadError
    return asked or head


def _stored(house: HouseDep, accountable_id: str, month: Month, digest: str | None) -> bytes:
    kind, history = SUBJECT_KINDS[Period.KIND], PeriodHistory()
    rows = house.log.read_stream(stream_of(Period.KIND, period_id(accountable_id, month)))
    for recorded in house.codec.decode_rows(rows):
        kind.evolve(history, recorded)
    if digest is None and not history.state.is_closed:
        raise PeriodNotClosedError
    wanted = digest or history.digests[-1]
    content = house.log.statement(wanted) if wanted in history.digests else None
    if content is None:
        raise StatementUnknownError
    return content


def _shown(house: House, whole: bytes, form: str, reach: Reach) -> Told:
    headers = {"Digest-SHA-256": digest_of(whole), "Cache-Control": "no-store"}
    content = without_clients(whole, reach.hidden) if reach.hidden else whole
    statement = read_statement(content)
    with house.readers.open(reach) as db:
        whose = people_in(db, named_in(statement))
    if form == "csv":
        text = to_csv(statement_rows(statement))
        return Told(text, whose=whose, form=form, headers=headers)
    return Told(content, whose=whose, doing=Doing.LIST, headers=headers)
