"""What a caller reaches: the table's answer for a token, with what has to be looked up for it.

The table itself is `domain/access`, and is printed in docs/access.md.
"""

from dataclasses import replace
from datetime import timedelta

import msgspec
from fastapi import Request

from api.bootstrap import NOW, House
from api.problem_codes import CODES
from api.problems import Problem
from api.seen import seen
from domain.access import table
from domain.access.decision import Asked, Decision, decide
from domain.access.reach import Reach
from domain.access.table import ACTIONS
from domain.access.values import WINDOW_AHEAD, WINDOW_BACK, Extent
from domain.ids import ClientId, WorkerId
from domain.local_time import local_day, local_day_bounds
from domain.values import Period
from domain.visit.concerned import concerned
from infra.protected import ProtectedClients
from infra.tokens import Caller
from projections.fact_reader import FactReader

OF_CLIENTS = frozenset({"read.orders", "order.report_need_change", "visit.correct", "read.reports"})
"""The actions for which a worker's own clients are looked up."""
ONE_DAY = timedelta(days=1)


def decision_for(caller: Caller, action: str, purpose: str = "") -> Decision:
    """What the table says."""
    return decide(Asked(role=caller.role, action=action, unit_ids=caller.unit_ids, purpose=purpose))


def is_allowed(role: str, action: str) -> bool:
    """Whether somebody in `role` may ever do `action`."""
    return decide(Asked(role=role, action=action)).is_allowed


def unlimited(house: House, action: str, decision: Decision) -> Reach | None:
    """A reach that nothing has to be looked up for; None where something has to."""
    is_wide = decision.extent is Extent.SELF or (
        decision.extent is Extent.ALL and not _asks_who_is_named(house, action)
    )
    if decision.extent is None or not is_wide:
        return None
    return Reach(extent=decision.extent, purposes=decision.purposes, cell_clients_min=decision.cell_clients_min)


def is_looked_up(house: House, action: str, decision: Decision) -> bool:
    """Whether the read models have to be asked for how far a caller reaches."""
    return not house.zone.is_known or _asks_for_clients(action, decision)


def _asks_for_clients(action: str, decision: Decision) -> bool:
    return decision.extent is Extent.OWN and action in OF_CLIENTS


def reach_for(house: House, caller: Caller, action: str, decision: Decision) -> Reach:
    """What the caller reaches now: what is asked of the past is reached by who is responsible, and named, today."""
    assert decision.extent is not None, "whoever may not do it reaches nothing"
    zone = house.zone.name
    reach = Reach(
        extent=decision.extent,
        today=local_day(house.clock(), zone),
        zone=zone,
        unit_ids=caller.unit_ids,
        worker_id=WorkerId(caller.subject),
        purposes=decision.purposes,
        cell_clients_min=decision.cell_clients_min,
    )
    if _asks_who_is_named(house, action):
        reach = _with_protected(reach, house.protected, caller, decision)
    if _asks_for_clients(action, decision):
        with house.readers.open(reach) as db:
            return _with_clients(reach, FactReader(db, NOW))
    return reach


def _asks_who_is_named(house: House, action: str) -> bool:
    return ACTIONS[action] in table.OF_CLIENTS and not house.protected.is_empty


def _with_protected(reach: Reach, protected: ProtectedClients, caller: Caller, decision: Decision) -> Reach:
    found = protected.on(reach.today)
    hidden = {each for each, held in found.items() if not (decision.unnamed or caller.subject in held.named)}
    return msgspec.structs.replace(reach, hidden=frozenset(hidden), entrusted=frozenset(found.keys() - hidden))


def tell_protected(reach: Reach, client_id: str | None) -> None:
    """Note that the request under way is of a client with protected identity, where it is: for whoever reviews such calls."""
    if reach.is_protected(client_id):
        seen().protected = "protected_read" if reach.tells(client_id) else "protected_denied"


def _with_clients(reach: Reach, facts: FactReader) -> Reach:
    first, last = reach.today - WINDOW_BACK, reach.today + WINDOW_AHEAD + ONE_DAY
    period = Period(local_day_bounds(first, reach.zone)[0], local_day_bounds(last, reach.zone)[0])
    visits = facts.visits(period, worker_id=reach.worker_id)
    clients = {client_id for visit in visits for client_id in concerned(visit) if client_id}
    return msgspec.structs.replace(reach, client_ids=frozenset(map(ClientId, clients)))


def require_purpose(reach: Reach) -> None:
    """Raise 403 where the caller must say what a named client's record is read for, and has not."""
    if reach.purposes:
        known = CODES["purpose_required"]
        codes = ", ".join(reach.purposes)
        told = replace(
            known,
            what_to_do_en=f"{known.what_to_do_en} {codes}.",
            what_to_do_sv=f"{known.what_to_do_sv} {codes}.",
        )
        raise Problem("purpose_required", info=told)


def reach_of(request: Request) -> Reach:
    """The reach that the route's own action was allowed for. A route that declared none has none."""
    reach: Reach = request.state.reach
    return reach
