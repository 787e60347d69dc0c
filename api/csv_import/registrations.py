"""Registrations: each row becomes the facts that a phone would have sent. A rule refuses none of them, whoever the client is;
they are put on no visit that lies outside of the importer's reach."""

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.csv_import.faults import BadCellError
from api.csv_import.matched import Placed, place
from api.csv_import.registered import REGISTRATION_COLUMNS, Registered, registered
from api.csv_import.report import ImportReport, RowResult, report
from api.csv_import.running import COMMANDS_MAX, Asked, ImportJob, carry_out, rejected
from domain.clock_reading import DeviceClock, effective_time
from domain.command import Accepted, Command, IdConflict, Known, Outcome, Refused
from domain.event import FactStamp
from domain.ids import FactId, PersonId, VisitId, subject_of
from domain.log import FactRow
from domain.visit import events
from domain.visit.aggregate import Visit
from infra.digests import FactDigester

ID_CONFLICT = BadCellError("key", "id_conflict")


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldFact:
    """One fact of a row. `part` tells it from the row's others."""

    part: str
    event: type[events.FieldFact]
    fields: Mapping[str, Any]


def import_registrations(job: ImportJob) -> ImportReport:
    """Take in a file of registrations. Raises `UnusableFileError`, `Problem` and the writer's errors."""
    results, read = list[RowResult](), list[Registered]()
    for row in job.table(REGISTRATION_COLUMNS).rows:
        try:
            read.append(registered(row, job.mapping))
        except BadCellError as fault:
            results.append(rejected(row, fault))
    digester = FactDigester(job.house.keys.ledger_key("fact-digest"))
    digests = {each.key: each.digest(digester) for each in read}
    known = _known(job, read)
    fresh = list[Registered]()
    for each in read:
        taken = [known[fact_id] for fact_id in _fact_ids(job, each) if fact_id in known]
        if taken:
            results.append(_repeated(job, each, taken, b64decode(digests[each.key])))
        else:
            fresh.append(each)
    placed = place(job, fresh)
    asked = [_asked(job, each, placed[each.key], digests[each.key]) for each in fresh]
    return report(job.digest, [*results, *carry_out(job, asked)], stored=not job.rehearsal)


def _known(job: ImportJob, read: Sequence[Registered]) -> dict[str, FactRow]:
    """Those of the rows' fact ids that are taken."""
    ids = [fact_id for each in read for fact_id in _fact_ids(job, each)]
    found: dict[str, FactRow] = {}
    for first in range(0, len(ids), COMMANDS_MAX):
        with job.house.log.transaction() as transaction:
            found |= transaction.known_facts(ids[first : first + COMMANDS_MAX])
    return found


def _fact_ids(job: ImportJob, each: Registered) -> tuple[FactId, FactId]:
    """The ids of both ends: a row has at least one of them."""
    return FactId(job.id(each.key, "arrival")), FactId(job.id(each.key, "departure"))


def _repeated(job: ImportJob, each: Registered, taken: Sequence[FactRow], digest: bytes) -> RowResult:
    """A key that was imported before: the same content is known, other content is for a person to look at."""
    if any(fact.digest != digest for fact in taken):
        return rejected(each.row, ID_CONFLICT)
    (stored,) = job.house.log.read(taken[0].position - 1, 1)
    event = job.house.codec.decode(stored).event
    reason = event.match if isinstance(event, events.VisitCheckedIn) else ""
    return RowResult(line=each.row.line, status="known", visit_id=subject_of(stored.stream), match=reason)


def _asked(job: ImportJob, each: Registered, placed: Placed, digest: str) -> Asked:
    commands = tuple(_command(job, each, placed.visit_id, fact, digest) for fact in _facts(job, each, placed))
    return Asked(commands, lambda outcomes: _result(each, placed, outcomes))


def _facts(job: ImportJob, each: Registered, placed: Placed) -> Iterator[FieldFact]:
    arrival_id = FactId(job.id(each.key, "arrival")) if each.arrived_at else None
    if each.arrived_at:
        fields = {**_seen(job, each, each.arrived_at), "client_ids": each.client_ids, "match": placed.match}
        yield FieldFact(part="arrival", event=events.VisitCheckedIn, fields=fields)
    at = each.departed_at or each.at
    for code, minutes, client_id in each.services:
        service = {"service_code": code, "client_id": client_id, "minutes": minutes}
        fields = {**_seen(job, each, at), **service}
        part = f"service/{code}/{client_id or ''}" if each.is_of_household else f"service/{code}"
        yield FieldFact(part=part, event=events.VisitServicePerformed, fields=fields)
    if each.departed_at:
        fields = {**_seen(job, each, each.departed_at), "arrival_fact_id": arrival_id}
        yield FieldFact(part="departure", event=events.VisitCheckedOut, fields=fields)
    if each.reason:
        fields = {**_seen(job, each, at), "text": each.reason, "person_id": PersonId(each.client_ids[0])}
        yield FieldFact(part="reason", event=events.VisitNoteAdded, fields=fields)


def _seen(job: ImportJob, each: Registered, at: Any) -> dict[str, Any]:
    """What every fact from the field carries. There was no device: the reading only says whether the time is plausible."""
    now = job.house.clock()
    clock = DeviceClock(wall=at.isoformat(), wall_at=at)
    _, reading = effective_time(clock, DeviceClock(wall=now.isoformat(), wall_at=now), received_at=now)
    return {"worker_id": each.worker_id, "occurred_at": at, "source": each.source, "clock": reading}


def _command(job: ImportJob, each: Registered, visit_id: VisitId, fact: FieldFact, digest: str) -> Command:
    def register(visit: Visit) -> None:
        visit.register(fact.event, **fact.fields)

    return Command(
        aggregate=Visit,
        subject_id=visit_id,
        decide=register,
        actor=job.actor,
        stamp=FactStamp(id=FactId(job.id(each.key, fact.part)), digest=digest),
    )


def _result(each: Registered, placed: Placed, outcomes: Sequence[Outcome]) -> RowResult:
    for outcome in outcomes:
        match outcome:
            case IdConflict():
                return rejected(each.row, ID_CONFLICT)
            case Refused(error=error):
                return rejected(each.row, BadCellError("", error.code))
            case _:
                pass
    is_known = all(isinstance(outcome, Known) for outcome in outcomes)
    return RowResult(
        line=each.row.line,
        status="known" if is_known else "accepted",
        visit_id=placed.visit_id,
        match=placed.match,
        minutes_apart=placed.minutes_apart,
        position=max(outcome.position for outcome in outcomes if isinstance(outcome, (Accepted, Known))),
    )
