"""Can the stamps be trusted: the device's clock, its position, and whose hand they are from?"""

from collections.abc import Collection, Iterator

from domain.detectors.found import FoundException, VisitCase, causes, service_causes
from domain.exception_catalogue import ExceptionCode
from domain.facts import Attendance
from domain.ids import FactId
from domain.presence import attendance_minutes
from domain.registration_quality import BY_HAND, is_by_hand
from domain.values import PlaceCode, Source, VisitKind

MS = 1000
SEEN_BY_PHONE = frozenset({Source.MOBILE_NO_RECEIPT})
"""Only here a position is missed: a receipt at the home proves the place, a call and the office have none."""

WITHOUT_A_DOOR = frozenset({VisitKind.CALL, VisitKind.DIGITAL})

_OF_PLACE = {
    PlaceCode.OUTSIDE: ExceptionCode.OUTSIDE_PLACE,
    PlaceCode.WEAK: ExceptionCode.POSITION_WEAK,
    PlaceCode.FAKED: ExceptionCode.POSITION_FAKED,
    PlaceCode.ABSENT: ExceptionCode.POSITION_ABSENT,
}


def wrong_clocks(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """CLOCK_DRIFT and TIME_JUMP: the device's clock was off, or was moved, beyond the limit. A corrected stamp is a
    person's word, not the device's."""
    for case in cases:
        drift_ms, jump_ms = MS * case.policies.clock_drift_limit_s, MS * case.policies.time_jump_limit_s
        for stay in case.visit.attendances:
            if not stay.corrected and abs(stay.offset_ms) > drift_ms:
                yield _of_stay(case, ExceptionCode.CLOCK_DRIFT, stay)
            if not stay.corrected and abs(stay.jump_ms) > jump_ms:
                yield _of_stay(case, ExceptionCode.TIME_JUMP, stay)


def late_syncs(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """LATE_SYNC: learned of beyond the limit. What the office enters is late by nature."""
    for case in cases:
        for stay in case.visit.attendances:
            if stay.delay_s > case.policies.late_sync_limit_s and not is_by_hand(stay):
                yield _of_stay(case, ExceptionCode.LATE_SYNC, stay)


def newer_apps(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """APP_NEWER: the phone sent fields that this version does not know; they are kept."""
    for case in cases:
        for stay in case.visit.attendances:
            if stay.app_newer:
                yield _of_stay(case, ExceptionCode.APP_NEWER, stay)


def wrong_places(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """OUTSIDE_PLACE, POSITION_WEAK, POSITION_FAKED and POSITION_ABSENT, as far as the rulebook asks for positions."""
    inside = PlaceCode.INSIDE
    for case in cases:
        for stay in case.visit.attendances:
            if stay.arrival_place is inside and stay.departure_place is inside:
                continue
            for code in {_OF_PLACE[place]: None for place in _places(stay) if _is_asked(case, place)}:
                yield _of_stay(case, code, stay)


def unreceipted(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """RECEIPT_MISSING: an end without a receipt at the home, where the rulebook asks for both [S:INTRA16] [S:STHLM-TID]. What
    is entered by hand is told of as that, and a call has no door ([A])."""
    for case in cases:
        for stay in case.visit.attendances if case.policies.require_presence_receipt else ():
            sources = {stay.arrival_source, stay.departure_source} - {None}
            is_proved = sources <= {Source.PRESENCE_RECEIPT} or stay.kind in WITHOUT_A_DOOR
            if not is_proved and not is_by_hand(stay):
                yield _of_stay(case, ExceptionCode.RECEIPT_MISSING, stay)


def handmade(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """MANUAL: an end or a service was entered or changed by hand (rules.md 6.1)."""
    for case in cases:
        visit = case.visit
        stays = [stay for stay in visit.attendances if stay.corrected or is_by_hand(stay)]
        services = [service for service in visit.services if service.corrected or service.source in BY_HAND]
        if stays or services:
            fact_ids = [fact_id for stay in stays for fact_id in causes(stay)]
            fact_ids += [fact_id for service in services for fact_id in service_causes(service)]
            since = min([stay.starts_at for stay in stays] + [service.at for service in services])
            minutes = sum(attendance_minutes(stay) for stay in stays)
            yield case.found(ExceptionCode.MANUAL, fact_ids, minutes=minutes, since=since)


def lapsed_approvals(cases: Collection[VisitCase]) -> Iterator[FoundException]:
    """APPROVAL_LAPSED: what was approved has changed since (architecture 15)."""
    for case in cases:
        lapsed = [approval for approval in case.visit.approvals if not approval.stands]
        if lapsed:
            fact_ids = [FactId(f"approval@{approval.position}-{approval.role}") for approval in lapsed]
            since = max((stay.starts_at for stay in case.visit.attendances), default=None)
            yield case.found(ExceptionCode.APPROVAL_LAPSED, fact_ids, minutes=case.staff_minutes, since=since)


def _of_stay(case: VisitCase, code: ExceptionCode, stay: Attendance) -> FoundException:
    return case.found(code, causes(stay), minutes=attendance_minutes(stay), since=stay.starts_at)


def _places(stay: Attendance) -> Iterator[PlaceCode]:
    """The places of the ends that a phone registered."""
    if stay.arrival_source in SEEN_BY_PHONE or stay.arrival_place is not PlaceCode.ABSENT:
        yield stay.arrival_place
    if stay.departure_source in SEEN_BY_PHONE or stay.departure_place is not PlaceCode.ABSENT:
        yield stay.departure_place


def _is_asked(case: VisitCase, place: PlaceCode) -> bool:
    if place is PlaceCode.ABSENT:
        return case.policies.position_required
    return place in _OF_PLACE and case.policies.position_checked
