"""What the command line does, apart from how it looks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from api.bootstrap import House
from api.reading import position_named
from domain.event import RecordedEvent
from domain.ids import stream_of
from infra.recorder import LedgerRecorder
from infra.table_difference import Difference
from infra.verify import verify
from projections.audit_trail import audit_positions

Step = Callable[[int, int], None]
"""Told how far it is: done, and out of how many."""
StagedStep = Callable[[str, int, int], None]
"""Likewise, of a stage of the work."""
PAGE_EVENTS = 2_000
EVENTS_TOLD_MAX = 100_000


class RateColumn(ProgressColumn):
    """How many in a second."""

    def render(self, task: Task) -> Text:
        """Nothing before it is known."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


@contextmanager
def staged_bar(what: str) -> Iterator[StagedStep]:
    """A progress bar on the terminal, of work in stages; nothing where the output is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks = dict[str, TaskID]()

        def step(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(f"{what} {stage}".rstrip(), total=None)
            progress.update(tasks[stage], completed=done, total=total or None)

        yield step


@contextmanager
def progress_bar(what: str) -> Iterator[Step]:
    """A progress bar on the terminal; nothing where the output is no terminal."""
    with staged_bar(what) as step:
        step("", 0, 0)
        yield lambda done, total: step("", done, total)


def position_asked(house: House, as_of: str | None) -> int:
    """The last position to tell of."""
    named = position_named(house, as_of)
    return house.log.head()[0] if named is None else named


def history_of(
    house: House, kind: str, subject: str, *, everything: bool, until: int, version: int | None
) -> list[RecordedEvent]:
    """A stream's events, or all that speak of its subject, up to a position and a version."""
    if not everything:
        rows = house.log.read_stream(stream_of(kind, subject), upto_position=until)
        return [
            event
            for event in house.codec.decode_rows(rows)
            if version is None or event.event.originator_version <= version
        ]
    house.projector.catch_up()
    with house.read_database.connect() as db:
        positions = audit_positions(db, kind, subject, after=0, limit=EVENTS_TOLD_MAX, as_of=until)
    return house.codec.decode_rows([row for position in positions for row in house.log.read(position - 1, 1)])


def verify_house(house: House, step: Step) -> list[Difference]:
    """Fold everything again and compare."""
    return verify(house.log, house.codec, house.read_database, step)


def export_log(log: LedgerRecorder, path: Path, after: int, step: Step) -> int:
    """Write events as JSON lines, in order of position; gives how many."""
    count, head = 0, log.head()[0]
    with path.open("wb") as out:
        while rows := log.read(after, PAGE_EVENTS, upto=head):
            for row in rows:
                out.write(msgspec.json.encode({**row._asdict(), "state": msgspec.Raw(row.state)}) + b"\n")
            after, count = rows[-1].position, count + len(rows)
            step(after, head)
    return count


def local(at: datetime, zone: str) -> str:
    """An instant by the clock on the wall."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
