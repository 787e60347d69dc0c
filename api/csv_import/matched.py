"""Which visit each registration is put on: the one its file names, else the one it is matched to, else one of its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import msgspec

from api.csv_import.registered import Registered
from api.csv_import.running import ImportJob, facts_now
from api.log_look import LogLook
from domain.facts import PlannedVisit, VisitFacts
from domain.ids import ClientId, VisitId, WorkerId
from domain.matching import Match, MatchReason, Registration, match
from domain.rulebook.rulebook import Rulebook
from domain.values import Period
from domain.visit.aggregate import Visit
from domain.visit.concerned import concerned

There = Mapping[VisitId, Sequence[WorkerId]]
"""Who has taken a place in which visit already."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A registration's visit. `match` is why, empty where the file names the visit."""

    visit_id: VisitId
    match: str = ""
    minutes_apart: int | None = None


def place(job: ImportJob, registrations: Sequence[Registered]) -> dict[str, Placed]:
    """Find a visit for each registration that the ledger does not know, by its key. One that names a visit outside of the
    importer's reach is taken as if it named none: it happened."""
    look = LogLook(job.house, job.house.log.head()[0])
    named = {
        each.key: Placed(visit_id)
        for each in registrations
        if each.visit_key and _may_be_put_on(visit_id := VisitId(job.id(each.visit_key)), job, look)
    }
    unnamed = [each for each in registrations if each.key not in named]
    if not unnamed:
        return named
    rulebook = job.house.rulebook
    visits = _reached(job, look, _visits_near(job, unnamed, rulebook), unnamed)
    there = _there(visits, [(named[each.key].visit_id, each.worker_id) for each in registrations if each.key in named])
    plans = [visit.planned for visit in visits if visit.planned]
    found = match_into(plans, there, [_asked(each) for each in unnamed], rulebook)
    return named | {each.registration_key: _placed(job, each) for each in found}


def match_into(
    plans: Sequence[PlannedVisit], there: There, registrations: Sequence[Registration], rulebook: Rulebook
) -> list[Match]:
    """Match into the places that are left. One that a taken place alone stands in the way of is `taken`."""
    found = match(registrations, [left for plan in plans if (left := _left(plan, there))], rulebook)
    of_client: defaultdict[ClientId, list[PlannedVisit]] = defaultdict(list)
    for plan in plans:
        for client_id in plan.client_ids:
            of_client[client_id].append(plan)

    def is_taken(asked: Registration) -> bool:
        could_be = [plan for client_id in asked.client_ids for plan in of_client[client_id]]
        return match([asked], could_be, rulebook)[0].visit_id is not None

    return [
        msgspec.structs.replace(each, reason=MatchReason.TAKEN) if each.visit_id is None and is_taken(asked) else each
        for each, asked in zip(found, registrations, strict=True)
    ]


def _left(plan: PlannedVisit, there: There) -> PlannedVisit | None:
    """The visit with the places that nobody has taken; None when there are none."""
    workers = there.get(plan.visit_id, ())
    places = max(1, plan.workers_needed, len(plan.worker_ids)) - len(workers)
    if places <= 0:
        return None
    waiting = tuple(worker_id for worker_id in plan.worker_ids if worker_id not in workers)
    return msgspec.structs.replace(plan, workers_needed=places, worker_ids=waiting[:places])


def _visits_near(job: ImportJob, registrations: Sequence[Registered], rulebook: Rulebook) -> list[VisitFacts]:
    """The visits of the registrations' days: a day at a time, for one row may stand years from the others."""
    with facts_now(job.house, job.reach) as facts:
        days = {each.at.date() for each in registrations}
        starts = [datetime.combine(day, time.min, tzinfo=UTC) for day in sorted(days)]
        limits = [timedelta(minutes=rulebook.policies_at(start).match_limit_minutes) for start in starts]
        periods = [
            Period(start - limit, start + timedelta(days=1) + limit)
            for start, limit in zip(starts, limits, strict=True)
        ]
        found = [visit for period in periods for visit in facts.visits(period)]
    return list({visit.visit_id: visit for visit in found}.values())


def _may_be_put_on(visit_id: VisitId, job: ImportJob, look: LogLook) -> bool:
    """Whether a visit is the importer's to name: one that is there lies within reach."""
    return job.reach.is_all or look(Visit, visit_id).version == 0 or look.has(job.reach, Visit.KIND, visit_id)


def _reached(
    job: ImportJob, look: LogLook, visits: list[VisitFacts], registrations: Iterable[Registered]
) -> list[VisitFacts]:
    """Those visits of the registrations' clients that lie within the importer's reach: others match nothing."""
    if job.reach.is_all:
        return visits
    clients = {client_id for each in registrations for client_id in each.client_ids}
    theirs = [visit for visit in visits if not clients.isdisjoint(concerned(visit))]
    return [visit for visit in theirs if look.has(job.reach, Visit.KIND, visit.visit_id)]


def _there(visits: Iterable[VisitFacts], named: Iterable[tuple[VisitId, WorkerId]]) -> There:
    there: defaultdict[VisitId, list[WorkerId]] = defaultdict(list)
    for visit in visits:
        there[visit.visit_id] += [stay.worker_id for stay in visit.attendances]
    for visit_id, worker_id in named:
        there[visit_id].append(worker_id)
    return there


def _asked(each: Registered) -> Registration:
    return Registration(
        registration_key=each.key, client_ids=each.client_ids, worker_id=each.worker_id, starts_at=each.at
    )


def _placed(job: ImportJob, found: Match) -> Placed:
    """An unmatched one gets a visit of its own, which no plan stands behind: it is UNPLANNED."""
    own = VisitId(job.id(found.registration_key, "visit"))
    return Placed(found.visit_id or own, found.reason.value, found.minutes_apart)
