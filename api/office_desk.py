"""From commands to the writer and back: each call of the office at most once at a time, each outcome as an answer."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal, assert_never

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.problem_codes import CODES
from api.problems import Problem
from api.strict_json import JsonValue
from api.writing import RETRY_AFTER, submit
from domain.command import Accepted, Command, IdConflict, Known, Outcome, Quarantined, Refused
from domain.errors import DomainError
from domain.event import FactStamp
from domain.ids import FactId, derived_id
from infra.digests import FactDigester
from infra.recorder import LedgerRecorder
from infra.tokens import Caller
from infra.writer import GroupWriter

KEY_TAKEN = replace(
    CODES["id_conflict"],
    what_to_do_en="Nothing was stored. That key belongs to another call of yours: send this one under a new key.",
    what_to_do_sv="Inget sparades. Nyckeln hör till ett annat av dina anrop: skicka detta med en ny nyckel.",
)
"""Of a call nothing is kept but the first, for the caller has it still. (Of a phone's facts both are kept.)"""


class Written(BaseModel):
    """The durable answer to a write: where its last event stands in the log, and the version of its subject after it.

    `known`: this very call was stored before, there.
    """

    id: str
    status: Literal["accepted", "known"]
    position: int
    version: int


Answer = Written | Problem | DomainError
"""What came of one call. The errors mean that nothing of it was stored."""


class OfficeDesk:
    """Hands office decisions to the writer. One for each app, used from its event loop only."""

    def __init__(self, writer: GroupWriter, log: LedgerRecorder, digester: FactDigester) -> None:
        self._writer, self._log, self._digester = writer, log, digester
        self._under_way: set[str] = set()

    def stamp(self, caller: Caller, key: str, method: str, path: str, sent: JsonValue) -> FactStamp:
        """Say which call this is: the caller's key names it, the digest of what was sent tells it from another one."""
        content: JsonValue = {"method": method, "path": path, "body": sent}
        digest = b64encode(self._digester.digest(content)).decode("ascii")
        return FactStamp(id=FactId(derived_id("office", caller.subject, key)), digest=digest)

    async def decide(self, commands: Sequence[Command]) -> list[Answer]:
        """Let the writer decide them together; one answer for each. A call that is under way already is not sent again.

        Raises `Problem` when the writer or the store cannot just now.
        """
        ids = [command.stamp.id for command in commands if command.stamp is not None]
        assert len(ids) == len(commands), "every call of the office has a key"
        waiting = [fact_id in self._under_way for fact_id in ids]
        sent = [command for command, waits in zip(commands, waiting, strict=True) if not waits]
        with self._holding([fact_id for fact_id, waits in zip(ids, waiting, strict=True) if not waits]):
            outcomes = iter(await submit(self._writer, sent) if sent else ())
        return [
            Problem("in_progress", headers=RETRY_AFTER) if waits else await self._answer(command, next(outcomes))
            for command, waits in zip(commands, waiting, strict=True)
        ]

    @contextmanager
    def _holding(self, fact_ids: Sequence[str]) -> Iterator[None]:
        self._under_way.update(fact_ids)
        try:
            yield
        finally:
            self._under_way.difference_update(fact_ids)

    async def _answer(self, command: Command, outcome: Outcome) -> Answer:
        match outcome:
            case Accepted(position=position, version=version):
                return Written(id=command.subject_id, status="accepted", position=position, version=version)
            case Known(position=position):
                version = await run_in_threadpool(self._version_at, position)
                return Written(id=command.subject_id, status="known", position=position, version=version)
            case IdConflict():
                return Problem("id_conflict", info=KEY_TAKEN)
            case Refused(error=error):
                return error
            case Quarantined():
                raise AssertionError("only what a device sends is quarantined")
            case _:
                assert_never(outcome)

    def _version_at(self, position: int) -> int:
        """The version that the first answer gave: that of the event at its position."""
        (row,) = self._log.read(position - 1, 1)
        return row.version
