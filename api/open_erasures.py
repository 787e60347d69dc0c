"""`/v1/persons/erasures`: those that were asked for or approved and have not ended, with what each waits for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec
from fastapi import Depends, Query, Response

from api.access import tell_protected
from api.bootstrap import House
from api.dependencies import HouseDep, ReachDep, allowed
from api.erasing import today
from api.office_call import READER_PROBLEMS
from api.problems import documented
from api.rendering import Told
from api.versioned import versioned_router
from api.whose import people_named
from domain.access.entry import Doing
from domain.ids import PersonId, kind_of, stream_of, subject_of
from domain.office.persons import PERSONS
from domain.person.open_erasures import OpenErasure, WaitsFor
from domain.person.values import ErasureReason

router = versioned_router(prefix="/v1/persons", tags=["persons"])
ROWS_MAX = 500


class ErasureRow(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. `position` and `since` are those of the event that asked for it, or once it is approved that decided it. Of
    holds it tells their number and no ground. `last_on` is the last day that the request may be approved; `to_follow` what has
    to be done once it is. `person_kind` is None where the log has no client or worker of that id: one brought in from elsewhere
    may hold such an erasure."""

    person_kind: str | None
    person_id: str
    waits_for: WaitsFor
    reason: ErasureReason
    requested_by: str
    position: int
    since: datetime
    last_on: date | None
    to_follow: tuple[str, ...]
    open_holds: int
    held_since: date | None


class ErasuresNow(msgspec.Struct, frozen=True, kw_only=True):
    """As of the log's end, the one that stands first in it first. `total`: how many there are, shown or not."""

    position: int
    total: int
    rows: tuple[ErasureRow, ...]


@router.get(
    "/erasures",
    response_class=Response,
    dependencies=[Depends(allowed("read.erasure"))],
    responses=READER_PROBLEMS | documented("invalid"),
)
def read_open_erasures(
    house: HouseDep, reach: ReachDep, limit: Annotated[int, Query(ge=1, le=ROWS_MAX)] = 100
) -> Response:
    """Whose erasure has not ended, and what has to come before it can: `hold`, `approval`, `new_request`, `approval_again`; or
    nobody, `what_follows`."""
    position, found = house.erasures.at_head()
    reached = [each for each in found if reach.tells(each.person_id)]
    shown, on = reached[:limit], today(house)
    kinds = _kinds(house, [each.person_id for each in shown])
    for each in shown:
        tell_protected(reach, each.person_id)
    rows = tuple(_row(each, kinds.get(each.person_id), on) for each in shown)
    now = ErasuresNow(position=position, total=len(reached), rows=rows)
    whose = people_named({(kind, person_id) for person_id, kind in kinds.items()})
    return Told(msgspec.json.encode(now), whose=whose, doing=Doing.LIST)


def _row(erasure: OpenErasure, kind: str | None, on: date) -> ErasureRow:
    return ErasureRow(
        person_kind=kind,
        person_id=erasure.person_id,
        waits_for=erasure.waits_for(on),
        reason=erasure.reason,
        requested_by=erasure.requested_by,
        position=erasure.position,
        since=erasure.since,
        last_on=erasure.last_on,
        to_follow=erasure.to_follow,
        open_holds=erasure.open_holds,
        held_since=erasure.held_since,
    )


def _kinds(house: House, person_ids: Sequence[PersonId]) -> Mapping[str, str]:
    """What each is in the ledger, which their own streams do not say: of those whom it knows as a client or worker."""
    streams = {stream_of(kind, person_id) for kind in PERSONS for person_id in person_ids}
    return {subject_of(row.stream): kind_of(row.stream) for row in house.log.first_events(sorted(streams))}
