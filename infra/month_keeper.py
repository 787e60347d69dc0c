"""Keeps the figures of the months that are asked for: computes what is due after the fold, in a thread of the server.

What is due stands in the read database, so a restart forgets nothing. The newest month comes first, and after each batch the
thread rests as long as it worked, so that phones and readers come before it.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

import msgspec
import sqlalchemy as sa
import structlog

import domain
from domain.ids import ClientId
from domain.local_time import Month, parse_month
from domain.rulebook.rulebook import Rulebook
from infra import telemetry
from infra.intake import TRANSIENT
from infra.projector import PAUSE_LONGEST_S
from infra.read_database import writing
from projections.fact_reader import FactReader
from projections.facts import Facts
from projections.household_reader import HouseholdReader
from projections.kept_figures import figure_rows, hold_month, serve_by, without_figures, write_figures
from projections.kept_months import due_clients, keep, kept_months
from projections.parked import parked_streams
from projections.projection import place_of, tables_of

CLIENTS_AT_ONCE = 20
IDLE_S = 0.5
ReadFrom = tuple[str, Mapping[str, int]]
"""Which tables of the facts, and what waits of them."""

log = structlog.get_logger(__name__)


class MonthKeeper:
    """Computes what is missing or due, by the rulebook that is adopted. A second server's keeper is safe, and wasteful.

    Where it does not compute, because others fold, it only writes down which months are asked for; theirs computes them.
    """

    def __init__(self, engine: sa.Engine, *, computes: bool = True) -> None:
        self._engine = engine
        self._computes = computes
        self._facts = Facts()
        self._wanted = set[Month]()
        self._missing: dict[tuple[Month, str], list[ClientId]] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in a thread, until `close`."""
        self._stopping = False
        self._thread = threading.Thread(target=self._follow, name="month-keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End after the batch in hand. Does nothing where there is no thread."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def want(self, month: Month) -> None:
        """Ask for a month's figures to be kept from now on."""
        if month not in self._wanted:
            self._wanted.add(month)
            self._wake.set()

    def work(self) -> bool:
        """Do one batch of the newest month that lacks anything; says whether there was one."""
        with self._engine.connect() as db:
            months = kept_months(db)
        for month in [month for month in tuple(self._wanted) if str(month) not in months]:
            with writing(self._engine) as db:
                keep(db, self._facts, month)
            months[str(month)] = ""
        if not self._computes:
            return False
        newest_first = sorted(months, reverse=True)
        return any(self._renew(parse_month(month), months[month]) for month in newest_first)

    def _renew(self, month: Month, served: str) -> bool:
        """Compute a batch of what is due, else of what the rules in force have no figures of yet."""
        with self._engine.connect() as db:
            read_from = self._read_from(db)
            place = place_of(db, self._facts)
            if place is None:
                return False
            rulebook = FactReader(db, place.position).rulebook()
            rules = rules_of(rulebook)
            reader = HouseholdReader(db, place.position, month, rulebook)
            due = due_clients(db, month, place.position)
            missing = [] if due or served == rules else self._without(db, reader, rules)
            if not due and not missing:
                return served != rules and self._write(month, read_from, partial(serve_by, month=month, rules=rules))
            groups = reader.around((due or missing)[:CLIENTS_AT_ONCE])
            figures = reader.household_month([client_id for group in groups for client_id in group])
        rows = figure_rows(figures, rules, place.position)
        kept = partial(write_figures, month=month, rows=rows, position=place.position, anew=bool(due))
        self._write(month, read_from, kept)
        del missing[:CLIENTS_AT_ONCE]
        return True

    def _without(self, db: sa.Connection, reader: HouseholdReader, rules: str) -> list[ClientId]:
        """Who has no figures yet: asked once, then worked off, then asked again until there is nobody."""
        missing = self._missing.get((reader.month, rules))
        if not missing:
            missing = without_figures(db, reader.month, rules, reader.clients())
            self._missing = {(reader.month, rules): missing}
        return missing

    def _read_from(self, db: sa.Connection) -> ReadFrom:
        """Whose facts figures are computed from: those of these tables, but for what waits."""
        return tables_of(db, self._facts), parked_streams(db, self._facts.name)

    def _write(self, month: Month, read_from: ReadFrom, write: Callable[[sa.Connection], None]) -> bool:
        """Write of a month, unless the facts were put aside meanwhile or some were folded late, so that the figures are none of
        the month that is kept now. Gives True: there was something to do."""
        with writing(self._engine) as db:
            if hold_month(db, month) and self._read_from(db) == read_from:
                write(db)
        return True

    def _follow(self) -> None:
        while not self._stopping:
            began_s = time.monotonic()
            try:
                pause_s = IDLE_S if not self.work() else time.monotonic() - began_s
            except TRANSIENT as error:
                log.warning("month_keeper_waits", why=type(error).__name__)
                telemetry.thread_error("month-keeper", error)
                pause_s = PAUSE_LONGEST_S
            except Exception as error:  # reports go on, and compute what is not kept
                log.critical("month_keeper_failed", exc_info=error)
                telemetry.thread_error("month-keeper", error)
                pause_s = PAUSE_LONGEST_S
            self._wake.wait(pause_s)
            self._wake.clear()


def rules_of(rulebook: Rulebook) -> str:
    """Name the rules that figures are computed by: the rulebook, and the calculations of this release."""
    content = msgspec.json.encode(rulebook, order="deterministic")
    return sha256(content + _calculations()).hexdigest()[:32]


@cache
def _calculations() -> bytes:
    """A digest of the domain's own text: figures that another release has kept are not those of this one."""
    files: Sequence[Path] = sorted(path for folder in domain.__path__ for path in Path(folder).rglob("*.py"))
    return sha256(b"".join(path.read_bytes() for path in files)).digest()
