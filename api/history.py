"""What happened, to whom, by whom, and when we learned of it: the audit trail of any entity, and the raw log for replay."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Any, Literal

import msgspec
from fastapi import Depends, Header, Query, Request, Response

from api.cursors import cursor_of
from api.dependencies import HouseDep, ReachDep, allowed
from api.log_look import LogLook
from api.problems import Problem, documented
from api.reached import events_within, look_now, require_reached, streams_within
from api.reading import EPOCH, PAGE_ROWS_MAX, Limit, View, ViewDep
from api.rendering import Format, Told, answer
from api.story import Storyteller
from api.versioned import versioned_router
from api.whose import people_in
from domain.access.entry import Doing
from domain.access.whose import named_in
from domain.event import RecordedEvent
from domain.log import StoredRow
from projections.audit_trail import audit_positions
from projections.mentions import mentions

router = versioned_router(
    prefix="/v1",
    tags=["history"],
    responses=documented(
        "unauthenticated", "forbidden", "purpose_required", "not_found", "bad_cursor", "cursor_gone", "not_yet_visible"
    ),
)

EntityKind = Literal[
    "visit",
    "order",
    "client",
    "worker",
    "device",
    "unit",
    "organisation",
    "exception",
    "supervision",
    "period",
    "admission",
]


@router.get(
    "/audit/{entity_kind}/{entity_id}", response_class=Response, dependencies=[Depends(allowed("read.history"))]
)
def get_audit_trail(
    request: Request,
    view: ViewDep,
    entity_kind: EntityKind,
    entity_id: str,
    limit: Limit = 200,
    form: Annotated[Format, Query(alias="format")] = "json",
    accept_language: Annotated[str, Header()] = "en",
) -> Response:
    """Everything that speaks of an entity, in the order the ledger learned of it: who, what, when it happened, when we
    learned of it, from which device, why; a correction with both values. Free text stays sealed here."""
    _require_entity(view, entity_kind, entity_id)
    positions = list(islice(_positions_within(view, entity_kind, entity_id, limit + 1), limit + 1))
    shown, more = positions[:limit], len(positions) > limit
    following = cursor_of(view.house, request, view.position, str(shown[-1])) if more else None
    events = _events(view, shown)
    rows = told(view, events, accept_language)
    named = {(entity_kind, entity_id), *named_in(rows)}.union(*(mentions(each.event) for each in events))
    return answer(view.about(), rows, form, whose=people_in(view.db, named), next_cursor=following)


def _positions_within(view: View, kind: str, entity_id: str, at_once: int) -> Iterator[int]:
    """Where events stand that speak of an entity, of those that the caller reaches: what is hidden makes no page shorter."""
    is_within, after, is_last = events_within(view), int(view.after or 0), False
    while not is_last:
        found = audit_positions(view.db, kind, entity_id, after=after, limit=at_once, as_of=view.position)
        yield from filter(is_within, found)
        after, is_last = max(found, default=after), len(found) < at_once


def _require_entity(view: View, kind: str, entity_id: str) -> None:
    """Raises 404 for an entity outside of the caller's reach, or that is not there. An event about a subject is told to those
    who reach the subject."""
    match kind:
        case "organisation":
            pass
        case "client":
            require_reached(view, client_id=entity_id)
        case "unit":
            require_reached(view, unit_id=entity_id)
        case _:
            if not (view.reach.is_wide or look_now(view).has(view.reach, kind, entity_id)):
                raise Problem("not_found")


def _events(view: View, positions: list[int]) -> list[RecordedEvent]:
    rows = [row for position in positions for row in view.house.log.read(position - 1, 1)]
    return view.house.codec.decode_rows(rows)


def told(view: View, events: list[RecordedEvent], language: str) -> list[dict[str, Any]]:
    """Events as told to a person."""
    teller = Storyteller("sv" if language.lower().startswith("sv") else "en", view.rulebook.zone)
    return [asdict(line) for line in map(teller.tell, events)]


@router.get("/events", response_class=Response, dependencies=[Depends(allowed("read.events"))])
def get_events(
    house: HouseDep,
    reach: ReachDep,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX)] = 500,
    stream: Annotated[str | None, Query(max_length=80)] = None,
) -> Response:
    """The log itself, in order of position: personal fields are envelopes. Follow it with `after` = the last position."""
    found = house.log.read(after, limit) if stream is None else _of_stream(house.log.read_stream(stream), after, limit)
    is_within = streams_within(LogLook(house, house.log.head()[0]), reach)
    rows = found if reach.is_all else [row for row in found if is_within(row.stream)]
    body = {
        "complete_through": house.log.head()[0],
        "rows": [
            {
                "position": row.position,
                "stream": row.stream,
                "version": row.version,
                "topic": row.topic,
                "recorded_at": _instant(row.recorded_at),
                "state": msgspec.Raw(row.state),
            }
            for row in rows
        ],
    }
    named = named_in([(row.stream, msgspec.json.decode(row.state)) for row in rows])
    with house.read_database.connect() as db:
        whose = people_in(db, named)
    return Told(msgspec.json.encode(body), whose=whose, doing=Doing.LIST)


def _of_stream(rows: Sequence[StoredRow], after: int, limit: int) -> Sequence[StoredRow]:
    return [row for row in rows if row.position > after][:limit]


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
