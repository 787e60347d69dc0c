"""What a phone sends becomes wishes to the writer, and what comes of them becomes the phone's answer.

One bad fact never sinks the batch: it is kept as evidence, and the others go on.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from typing import TypeVar, assert_never
from uuid import UUID

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from api.problem_codes import CODES
from api.problems import Problem
from api.strict_json import Fault, JsonValue, Survey, pointer_to, survey
from api.strict_route import FieldError, field_errors
from api.sync_facts import FACT_TYPES, HomeOf, Teller
from api.sync_models import SEQ_MAX, FactEnvelope, FactResult, SyncAnswer, SyncEnvelope
from domain.clock_reading import DeviceClock, effective_time
from domain.command import Accepted, Command, IdConflict, Known, Outcome, Quarantined, Refused, Unusable, Wish
from domain.device.aggregate import Device
from domain.device.events import SeqGap
from domain.event import FactStamp
from domain.ids import DeviceId, FactId, WorkerId, derived_id
from domain.trail import Trail
from infra.digests import FactDigester
from infra.tokens import Caller

Model = TypeVar("Model", bound=BaseModel)
FACTS_MAX = 200
_WALL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class UnfitFactError(Exception):
    """A fact that cannot be taken in, with the code and pointer that the phone is told."""

    def __init__(self, code: str, pointer: str = "") -> None:
        super().__init__(code)
        self.code, self.pointer = code, pointer


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch ready for the writer. `answer` turns the outcomes, in order, into what the phone is told."""

    wishes: Sequence[Wish]
    answer: Callable[[Sequence[Outcome]], SyncAnswer]


@dataclass(frozen=True, slots=True)
class _Sync:
    """One sync under way."""

    envelope: SyncEnvelope
    clock: DeviceClock
    caller: Caller
    received_at: datetime
    body: bytes
    device_id: DeviceId


class SyncIntake:
    """Prepares batches. Between them it remembers only where phones were lately, to measure the way from there."""

    def __init__(
        self, *, digester: FactDigester, seal_evidence: Callable[[bytes, str], bytes], home_of: HomeOf
    ) -> None:
        self._digester, self._seal_evidence, self._home_of = digester, seal_evidence, home_of
        self._trail = Trail()

    def prepare(self, body: bytes, *, caller: Caller, received_at: datetime) -> Prepared:
        """Read a batch. Raises `MalformedBodyError` or `Problem` when the envelope itself cannot be understood."""
        found = survey(body)
        envelope, clock = _envelope(found)
        sync = _Sync(envelope, clock, caller, received_at, body, DeviceId(str(envelope.device_id)))
        bad = {fault.path[1]: fault for fault in found.faults if _is_in_a_fact(fault)}
        judged = [self._wish(sync, fact, bad.get(at), at) for at, fact in enumerate(sync.envelope.facts)]
        wishes, rejected = [wish for wish, _ in judged], [unfit for _, unfit in judged]
        return Prepared([*wishes, _heard(sync)], lambda outcomes: _answer(sync, rejected, outcomes))

    def _wish(self, sync: _Sync, fact: JsonValue, fault: Fault | None, at: int) -> tuple[Wish, UnfitFactError | None]:
        try:
            if fault is not None:
                raise UnfitFactError(fault.code, pointer_to(fault.path[2:]))
            return self._command(sync, fact), None
        except UnfitFactError as unfit:
            # What does not survive parsing is only in the bytes of the whole batch.
            evidence = sync.body if fault is not None else msgspec.json.encode(fact)
            return self._unusable(sync, fact, unfit.code, evidence, at), unfit

    def _command(self, sync: _Sync, sent: JsonValue) -> Command:
        fact = _validated(FactEnvelope, sent, "")
        kind = FACT_TYPES.get(fact.type)
        if kind is None:
            raise UnfitFactError("unknown_fact_type", "/type")
        payload = _validated(kind.payload, fact.payload, "/payload")
        if kind.about_visit and fact.visit_id is None:
            raise UnfitFactError("missing_field", "/visit_id")
        clock = _clock(fact.wall_time, fact.monotonic_ms, fact.boot_id)
        at, reading = effective_time(clock, sync.clock, received_at=sync.received_at)
        teller = Teller(WorkerId(sync.caller.subject), at, reading, self._home_of, self._trail, fact, payload)
        digest = b64encode(self._digester.digest(sent)).decode("ascii")
        subject_id = str(fact.visit_id) if kind.about_visit else sync.caller.subject
        return Command(
            aggregate=kind.aggregate,
            subject_id=subject_id,
            decide=kind.decide(teller),
            actor=sync.caller.actor,
            stamp=FactStamp(id=FactId(str(fact.id)), digest=digest, device_id=sync.device_id, seq=fact.seq),
            evidence=lambda: self._unusable(sync, sent, "id_conflict", msgspec.json.encode(sent), 0),
        )

    def _unusable(self, sync: _Sync, sent: JsonValue, reason: str, evidence: bytes, at: int) -> Unusable:
        evidence_id = derived_id("evidence", sync.device_id, sha256(evidence).hexdigest(), str(at))
        return Unusable(
            device_id=sync.device_id,
            worker_id=sync.caller.subject,
            actor=sync.caller.actor,
            reason=reason,
            fact_id=_fact_id(sent),
            evidence_id=evidence_id,
            sealed=lambda: self._seal_evidence(evidence, evidence_id),
        )


def _is_in_a_fact(fault: Fault) -> bool:
    return fault.path[:1] == ("facts",) and fault.path[1:] != ()


def _envelope(found: Survey) -> tuple[SyncEnvelope, DeviceClock]:
    for fault in found.faults:
        if not _is_in_a_fact(fault):
            raise Problem(fault.code, errors=[FieldError(pointer_to(fault.path), fault.code)])
    try:
        envelope = SyncEnvelope.model_validate(found.value)
    except ValidationError as error:
        raise in_body(error, found.value) from None
    if not 1 <= len(envelope.facts) <= FACTS_MAX:
        raise Problem("batch_size", errors=[FieldError("/facts", "batch_size")])
    try:
        return envelope, _clock(envelope.device_time, envelope.monotonic_ms, envelope.boot_id)
    except UnfitFactError:
        raise Problem("bad_time", errors=[FieldError("/device_time", "bad_time")]) from None


def in_body(error: ValidationError, body: JsonValue) -> RequestValidationError:
    """Say of a body we validated ourselves what FastAPI would have said."""
    return RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()], body=body)


def _validated(model: type[Model], value: JsonValue, under: str) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = field_errors(in_body(error, value))[0]
        code = first.code if first.code in CODES else "invalid"
        raise UnfitFactError(code, under + first.pointer) from None


def _clock(wall: str, monotonic_ms: int | None, boot_id: str) -> DeviceClock:
    if not _WALL_TIME.fullmatch(wall):
        raise UnfitFactError("bad_time", "/wall_time")
    try:
        return DeviceClock(wall=wall, wall_at=_instant(wall), monotonic_ms=monotonic_ms, boot_id=boot_id)
    except (ValueError, OverflowError):
        raise UnfitFactError("bad_time", "/wall_time") from None


def _instant(wall: str) -> datetime:
    at = datetime.fromisoformat(wall)
    if at.tzinfo is None:
        raise ValueError
    return at.astimezone(UTC)


def _heard(sync: _Sync) -> Command:
    """That the device was in contact: its own stream says so, at most once each five minutes."""
    seqs = _seqs(sync.envelope.facts)
    gaps = tuple(SeqGap(first, last) for first, last in gaps_in(seqs))

    def hear(device: Device) -> None:
        device.hear(
            worker_id=WorkerId(sync.caller.subject),
            heard_at=sync.received_at,
            queue_depth=sync.envelope.queue_depth,
            app_version=sync.envelope.app_version,
            last_seq=max(seqs, default=None),
            offset_ms=_offset_ms(sync),
            gaps=gaps,
        )

    return Command(aggregate=Device, subject_id=sync.device_id, decide=hear, actor=sync.caller.actor)


def _seqs(facts: Sequence[JsonValue]) -> list[int]:
    found = (fact.get("seq") for fact in facts if isinstance(fact, dict))
    return sorted(seq for seq in found if isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq <= SEQ_MAX)


def _fact_id(sent: JsonValue) -> str:
    """The id a fact goes by, when it has one of the right form; for answer and evidence."""
    found = sent.get("id") if isinstance(sent, dict) else None
    try:
        return str(UUID(found)) if isinstance(found, str) else ""
    except ValueError:
        return ""


def _offset_ms(sync: _Sync) -> int:
    return round((sync.received_at - sync.clock.wall_at).total_seconds() * 1000)


def _answer(sync: _Sync, rejected: Sequence[UnfitFactError | None], outcomes: Sequence[Outcome]) -> SyncAnswer:
    # The last outcome is the hearing's, which the phone is not told of.
    results = [_result(*told) for told in zip(sync.envelope.facts, rejected, outcomes[:-1], strict=True)]
    return SyncAnswer(
        position=max((result.position or 0 for result in results), default=0),
        received_at=sync.received_at.isoformat(),
        clock_offset_ms=_offset_ms(sync),
        results=results,
        gaps=gaps_in(_seqs(sync.envelope.facts)),
    )


def _result(sent: JsonValue, unfit: UnfitFactError | None, outcome: Outcome) -> FactResult:
    fact_id = _fact_id(sent)
    match outcome:
        case Accepted(position=position):
            return FactResult(id=fact_id, status="accepted", position=position)
        case Known(position=position):
            return FactResult(id=fact_id, status="known", position=position)
        case IdConflict():
            return FactResult(id=fact_id, status="rejected", code="id_conflict")
        case Quarantined(reason=reason):
            return FactResult(id=fact_id, status="rejected", code=reason, pointer=unfit.pointer if unfit else None)
        case Refused(error=error):
            raise AssertionError(f"a fact from the field was refused by a rule: {error.code}")
        case _:
            assert_never(outcome)


def gaps_in(seqs: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers missing between the lowest and the highest of a batch, as (first, last) stretches."""
    return [(low + 1, high - 1) for low, high in pairwise(seqs) if high - low > 1]
