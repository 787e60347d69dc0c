"""When a visit may be approved for pay (rules.md 2 [S:INTRA16], architecture 15)."""

from itertools import chain

import msgspec

from domain.facts import VisitFacts
from domain.ids import ClientId, VisitId
from domain.presence import staff_minutes
from domain.values import ApprovalRole
from domain.visit import errors
from domain.visit.entries import AttendanceFix, ServiceFix
from domain.visit.facts import visit_facts
from domain.visit.history import VisitHistory


def check_approval(
    history: VisitHistory,
    role: ApprovalRole,
    position: int,
    minutes: int,
    *,
    actor: str,
    corrector_may_approve: bool,
) -> None:
    """Refuse an approval of an open visit, of other minutes than the ledger's, or by the wrong person."""
    known = _known_at(history, position)
    # A service elsewhere (shopping) is registered with minutes and without an attendance at the home [S:GBG].
    is_offsite = any(service.minutes for service in known.services)
    if not known.attendances and not known.failures and not is_offsite:
        raise errors.NothingToApproveError
    if any(stay.arrived_at is None or stay.departed_at is None for stay in known.attendances):
        raise errors.VisitStillOpenError
    if staff_minutes(known) != minutes:
        raise errors.MinutesDifferError
    if any(approval.role != role and approval.actor == actor for approval in history.approvals):
        raise errors.SamePersonError
    if role is ApprovalRole.COORDINATOR and not corrector_may_approve and actor in _correctors(history):
        raise errors.CorrectorApprovesAloneError


def clients_there(history: VisitHistory) -> frozenset[ClientId]:
    """The clients that the visit is known to be about, by its plan or by what was registered."""
    known = visit_facts(VisitId(""), history)
    named = [known.planned.client_ids] if known.planned else []
    named += [stay.client_ids for stay in known.attendances] + [failure.client_ids for failure in known.failures]
    served = [service.client_id for service in known.services if service.client_id is not None]
    return frozenset((*chain.from_iterable(named), *served))


def _known_at(history: VisitHistory, position: int) -> VisitFacts:
    """The facts as known at a position: what the approver saw."""
    entries = tuple(entry for entry in history.entries if entry.position <= position)
    return visit_facts(VisitId(""), msgspec.structs.replace(history, entries=entries, approvals=()))


def _correctors(history: VisitHistory) -> set[str]:
    return {entry.actor for entry in history.entries if isinstance(entry, AttendanceFix | ServiceFix)}
