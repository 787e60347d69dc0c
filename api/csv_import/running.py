"""From rows to the writer and back, in submissions of at most 500 commands; or the same as a rehearsal that is undone."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from api.bootstrap import House
from api.csv_import.faults import BadCellError
from api.csv_import.mapping import Columns, FileMapping
from api.csv_import.report import RowResult
from api.csv_import.table import RawRow, Table, read_table
from api.operating import Step
from api.problems import Problem
from domain.access.reach import EVERYTHING, Reach
from domain.command import Command, Outcome
from domain.group import Group
from domain.ids import derived_id
from projections.fact_reader import FactReader

COMMANDS_MAX = 500
WAIT_MAX_S = 2.0
SOURCE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_NOT_IN_NAMES = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
NAME_CODE_POINTS_MAX = 128


@dataclass(frozen=True, kw_only=True)
class ImportJob:
    """One file on its way in. `source` names the exporter, whose keys are its own."""

    house: House
    source: str
    file_name: str
    content: bytes
    mapping: FileMapping
    actor: str
    reach: Reach = EVERYTHING
    """What the importer may plan and register."""
    rehearsal: bool = False
    step: Step = lambda _done, _total: None

    @cached_property
    def digest(self) -> str:
        """Tells this content from another."""
        return sha256(self.content).hexdigest()[:16]

    @cached_property
    def origin(self) -> str:
        """The file as the reason of a decision."""
        name = _NOT_IN_NAMES.sub("", self.file_name)[:NAME_CODE_POINTS_MAX]
        return f"{self.source}/{name} sha256:{self.digest}"

    def id(self, *parts: str) -> str:
        """The same id for the same key of the same exporter in this ledger."""
        return derived_id("import", self._ledger_id, self.source, *parts)

    @cached_property
    def _ledger_id(self) -> str:
        return self.house.log.identity().ledger_id

    def table(self, columns: Columns) -> Table:
        """Read the file. Raises `UnusableFileError`."""
        return read_table(self.content, self.mapping, columns)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one row asks for. `tell` says what came of it, given one outcome for each command."""

    commands: tuple[Command, ...]
    tell: Callable[[Sequence[Outcome]], RowResult]


def rejected(row: RawRow, fault: BadCellError) -> RowResult:
    """The result of a row that is not good."""
    return RowResult(line=row.line, status="rejected", column=fault.column, code=fault.code)


def carry_out(job: ImportJob, asked: Sequence[Asked]) -> list[RowResult]:
    """Let the writer decide, a row's commands always together. Raises the writer's errors: what was stored before them
    stays, and importing the file again adds the rest."""
    results: list[RowResult] = []
    for some in _batches(asked):
        outcomes = iter(decide(job, [command for each in some for command in each.commands]))
        results += [each.tell([next(outcomes) for _ in each.commands]) for each in some]
        job.step(len(results), len(asked))
    return results


def decide(job: ImportJob, commands: Sequence[Command]) -> list[Outcome]:
    """Let at most 500 commands be decided together; for good, or to see what would come of them."""
    return _rehearsed(job.house, commands) if job.rehearsal else job.house.writer.write(commands)


@dataclass
class _UndoError(Exception):
    """Rolls a rehearsal back."""

    outcomes: list[Outcome]


def _rehearsed(house: House, commands: Sequence[Command]) -> list[Outcome]:
    """Decide in a transaction of the log as the writer would, and roll it back."""
    try:
        with house.log.transaction() as transaction:
            group = Group(transaction, house.codec, house.sealing)
            group.decide(commands)
            raise _UndoError(group.append())
    except _UndoError as undone:
        return undone.outcomes


def _batches(asked: Sequence[Asked]) -> Iterator[list[Asked]]:
    batch: list[Asked] = []
    size = 0
    for each in asked:
        if size + len(each.commands) > COMMANDS_MAX:
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += len(each.commands)
    if batch:
        yield batch


@contextmanager
def facts_now(house: House, reach: Reach) -> Iterator[FactReader]:
    """Read facts as of the log's end, for somebody who reaches so far. Raises 503 `not_yet_visible` when the read models are
    too far behind."""
    head = house.log.head()[0]
    if not house.projector.wait_until(head, WAIT_MAX_S):
        raise Problem("not_yet_visible", headers={"Retry-After": "1"})
    with house.readers.open(reach) as db:
        yield FactReader(db, head)
