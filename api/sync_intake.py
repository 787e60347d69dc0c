"""What a phone sends becomes wishes to the writer, and what comes of them becomes the phone's answer.

One bad fact never sinks the batch: it is kept as evidence, and the others go on.
"""

import re
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from itertools import repeat
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from api.problem_codes import CODES
from api.problems import Problem
from api.strict_json import Fault, JsonValue, Survey, pointer_to, survey
from api.strict_route import FieldError, field_errors
from api.sync_answers import gaps_in, result_of
from api.sync_facts import FACT_TYPES, ClientsKnown, FactType, Teller
from api.sync_models import FACTS_MAX, SEQ_MAX, FactEnvelope, SyncAnswer, SyncEnvelope
from api.sync_reading import EnvelopeRead, FactRead, GoodSync, read_good
from domain.clock_reading import DeviceClock, effective_time
from domain.command import Command, Outcome, Unusable, Wish
from domain.device.aggregate import Device
from domain.device.events import SeqGap
from domain.event import FactStamp
from domain.ids import DeviceId, FactId, WorkerId, derived_id
from domain.trail import Trail
from infra.digests import FactDigester, canonical
from infra.tokens import Caller

Model = TypeVar("Model", bound=BaseModel)
_WALL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class UnfitFactError(Exception):
    """A fact that cannot be taken in, with the code and pointer that the phone is told."""

    def __init__(self, code: str, pointer: str = "") -> None:
        super().__init__(code)
        self.code, self.pointer = code, pointer


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch ready for the writer. `answer` turns the outcomes, in order, into what the phone is told."""

    device_id: DeviceId
    wishes: Sequence[Wish]
    answer: Callable[[Sequence[Outcome]], SyncAnswer]


@dataclass(frozen=True, slots=True)
class _Sync:
    """One sync under way."""

    envelope: EnvelopeRead
    clock: DeviceClock
    caller: Caller
    received_at: datetime
    body: bytes
    device_id: DeviceId
    actor: str


class SyncIntake:
    """Prepares batches. Between them it remembers only where phones were lately, to measure the way from there."""

    def __init__(
        self, *, digester: FactDigester, seal_evidence: Callable[[bytes, str], bytes], clients: ClientsKnown
    ) -> None:
        self._digester, self._seal_evidence, self._clients = digester, seal_evidence, clients
        self._trail = Trail()

    def prepare(self, body: bytes, *, caller: Caller, received_at: datetime) -> Prepared:
        """Read a batch. Raises `MalformedBodyError` or `Problem` when the envelope itself cannot be understood."""
        good = read_good(body)
        if good is not None:
            with suppress(UnfitFactError):
                return self._taken(good, body, caller, received_at)
        return self._judged(body, caller, received_at)

    def _taken(self, good: GoodSync, body: bytes, caller: Caller, received_at: datetime) -> Prepared:
        """Take a batch in which every fact is good. Raises `UnfitFactError` where one turns out not to be."""
        sync = _sync(good.envelope, _device_clock(good.envelope), caller, received_at, body)
        facts = _facts_as_sent(body)
        commands = [self._command(sync, *read, _one_of(facts, at)) for at, read in enumerate(good.facts)]
        seqs = sorted([read.fact.seq for read in good.facts])
        return _prepared(sync, commands, [command.stamp.id for command in commands if command.stamp], None, seqs)

    def _judged(self, body: bytes, caller: Caller, received_at: datetime) -> Prepared:
        """Judge each fact of a batch, and say of those that are not good what is wrong with them."""
        found = survey(body)
        envelope, clock = _envelope(found)
        sync = _sync(envelope, clock, caller, received_at, body)
        bad = {fault.path[1]: fault for fault in found.faults if _is_in_a_fact(fault)}
        judged = [self._wish(sync, fact, bad.get(at), at) for at, fact in enumerate(envelope.facts)]
        pointers = [unfit.pointer if unfit else None for _, unfit in judged]
        fact_ids = [_fact_id(fact) for fact in envelope.facts]
        return _prepared(sync, [wish for wish, _ in judged], fact_ids, pointers, _seqs(envelope.facts))

    def _wish(self, sync: _Sync, fact: JsonValue, fault: Fault | None, at: int) -> tuple[Wish, UnfitFactError | None]:
        try:
            if fault is not None:
                raise UnfitFactError(fault.code, pointer_to(fault.path[2:]))
            return self._validated_command(sync, fact), None
        except UnfitFactError as unfit:
            # What does not survive parsing is only in the bytes of the whole batch.
            evidence = sync.body if fault is not None else msgspec.json.encode(fact)
            return self._unusable(sync, fact, unfit.code, evidence, at), unfit

    def _validated_command(self, sync: _Sync, sent: JsonValue) -> Command:
        fact = _validated(FactEnvelope, sent, "")
        kind = FACT_TYPES.get(fact.type)
        if kind is None:
            raise UnfitFactError("unknown_fact_type", "/type")
        payload = _validated(kind.payload, fact.payload, "/payload")
        return self._command(sync, kind, fact, payload, canonical(sent), lambda: sent)

    def _command(
        self,
        sync: _Sync,
        kind: FactType,
        fact: FactRead,
        payload: Any,
        written: bytes,
        sent: Callable[[], JsonValue],
    ) -> Command:
        """Make the command of a fact that is read. `written` is its canonical form; `sent` gives it as it came."""
        if kind.about_visit and fact.visit_id is None:
            raise UnfitFactError("missing_field", "/visit_id")
        clock = _clock(fact.wall_time, fact.monotonic_ms, fact.boot_id)
        at, reading = effective_time(clock, sync.clock, received_at=sync.received_at)
        fact_id, worker_id = FactId(str(fact.id)), WorkerId(sync.caller.subject)
        digest = b2a_base64(self._digester.digest_canonical(written), newline=False).decode("ascii")
        teller = Teller(worker_id, at, reading, self._clients, self._trail, fact_id, payload)
        return Command(
            aggregate=kind.aggregate,
            subject_id=str(fact.visit_id) if kind.about_visit else worker_id,
            decide=kind.decide(teller),
            actor=sync.actor,
            stamp=FactStamp(id=fact_id, digest=digest, device_id=sync.device_id, seq=fact.seq),
            evidence=lambda: self._conflicting(sync, sent()),
            bound_to=sync.caller.device_id,
            text_of=kind.text_of(teller),
        )

    def _conflicting(self, sync: _Sync, sent: JsonValue) -> Unusable:
        return self._unusable(sync, sent, "id_conflict", msgspec.json.encode(sent), 0)

    def _unusable(self, sync: _Sync, sent: JsonValue, reason: str, evidence: bytes, at: int) -> Unusable:
        evidence_id = derived_id("evidence", sync.device_id, sha256(evidence).hexdigest(), str(at))
        return Unusable(
            device_id=sync.device_id,
            worker_id=sync.caller.subject,
            actor=sync.actor,
            reason=reason,
            fact_id=_fact_id(sent),
            evidence_id=evidence_id,
            sealed=lambda: self._seal_evidence(evidence, evidence_id),
        )


def _sync(envelope: EnvelopeRead, clock: DeviceClock, caller: Caller, received_at: datetime, body: bytes) -> _Sync:
    return _Sync(envelope, clock, caller, received_at, body, DeviceId(str(envelope.device_id)), caller.actor)


def _facts_as_sent(body: bytes) -> Callable[[], Sequence[JsonValue]]:
    """Give the facts of a good batch as they came: read when the first is asked for, and once for all of them, since
    whoever decides keeps everybody else waiting."""
    return cache(lambda: SyncEnvelope.model_validate(survey(body).value).facts)


def _one_of(facts: Callable[[], Sequence[JsonValue]], at: int) -> Callable[[], JsonValue]:
    return lambda: facts()[at]


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
        return envelope, _device_clock(envelope)
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


def _device_clock(envelope: EnvelopeRead) -> DeviceClock:
    return _clock(envelope.device_time, envelope.monotonic_ms, envelope.boot_id)


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


def _prepared(
    sync: _Sync,
    wishes: Sequence[Wish],
    fact_ids: Sequence[str],
    pointers: Sequence[str | None] | None,
    seqs: Sequence[int],
) -> Prepared:
    gaps = gaps_in(seqs)

    def answer(outcomes: Sequence[Outcome]) -> SyncAnswer:
        # The last outcome is the hearing's, which the phone is not told of.
        results = list(map(result_of, fact_ids, outcomes[:-1], pointers or repeat(None)))
        return SyncAnswer(
            position=max([result.position or 0 for result in results]),
            received_at=sync.received_at.isoformat(),
            clock_offset_ms=_offset_ms(sync),
            results=results,
            gaps=gaps,
        )

    return Prepared(sync.device_id, [*wishes, _heard(sync, seqs, gaps)], answer)


def _heard(sync: _Sync, seqs: Sequence[int], gaps: Sequence[tuple[int, int]]) -> Command:
    """That the device was in contact: its own stream says so, at most once each five minutes."""

    def hear(device: Device) -> None:
        device.hear(
            worker_id=WorkerId(sync.caller.subject),
            heard_at=sync.received_at,
            queue_depth=sync.envelope.queue_depth,
            app_version=sync.envelope.app_version,
            last_seq=max(seqs, default=None),
            offset_ms=_offset_ms(sync),
            gaps=tuple([SeqGap(first, last) for first, last in gaps]),
        )

    return Command(aggregate=Device, subject_id=sync.device_id, decide=hear, actor=sync.actor)


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
