"""One process's share of a month: reads households in batches and computes all of their figures."""

import gc
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from domain.detectors.hour import moment_of
from domain.exceptions import must_fix
from domain.facts import Attendance
from domain.household_month import HouseholdMonth, exceptions_across, households
from domain.ids import ClientId, VisitId, WorkerId
from domain.local_time import Month
from domain.month_totals import MonthTotals, paid_by_provider, performed_by_unit
from domain.rulebook.rulebook import Rulebook
from infra.read_database import open_engine, read_whole_tables
from projections.fact_reader import FactReader
from projections.household_reader import HouseholdReader


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOrder:
    """What is to be computed: which month, as of which position, by which rules, and the hour that is asked at."""

    url: str
    as_of: int
    month: Month
    rulebook: Rulebook
    at: datetime


@dataclass(slots=True)
class Part:
    """What one batch came to, which visits must be fixed for what a worker did elsewhere, and the seconds of each step."""

    totals: MonthTotals = field(default_factory=MonthTotals)
    to_fix: frozenset[VisitId] = frozenset()
    seconds: defaultdict[str, float] = field(default_factory=partial(defaultdict, float))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        began = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - began

    def add(self, other: "Part") -> None:
        """Take in another batch."""
        self.totals.add(other.totals)
        self.to_fix |= other.to_fix
        for name, spent in other.seconds.items():
            self.seconds[name] += spent


class MonthWorker:
    """Computes batches of one month over a connection of its own."""

    def __init__(self, order: MonthOrder) -> None:
        self._rulebook = order.rulebook
        self._engine = open_engine(order.url)
        self._db = self._engine.connect()
        read_whole_tables(self._db)
        self._reader = HouseholdReader(self._db, order.as_of, order.month, order.rulebook)
        self._moment = moment_of(order.at, FactReader(self._db, order.as_of).device_contacts())
        self._stays: Iterator[list[Attendance]] = iter(())
        self._months: Iterator[HouseholdMonth] = iter(())

    def close(self) -> None:
        """Give the connection back."""
        self._db.close()
        self._engine.dispose()

    def shares(self) -> tuple[list[tuple[ClientId, ...]], list[WorkerId]]:
        """What there is to do: the households, and the workers, who are looked at across households."""
        reader = self._reader
        return households(reader.clients(), reader.ties()), reader.workers()

    def take_workers(self, groups: Sequence[Sequence[WorkerId]]) -> None:
        """Begin with these workers, whose stays come group by group."""
        self._stays = self._reader.stays_in_turn(groups)

    def take_households(self, batches: Sequence[Sequence[ClientId]], to_fix: frozenset[VisitId]) -> None:
        """Begin with these households, whose visits come batch by batch."""
        self._months = self._reader.household_months(batches, self._moment, to_fix)

    def next_households(self) -> Part:
        """Compute every figure of the next batch."""
        part = Part()
        totals = part.totals
        with part.step("load"):
            figures = next(self._months)
        with part.step("performed time"):
            totals.performed = performed_by_unit(figures.performed)
        with part.step("exceptions"):
            totals.exceptions.update(each.code for each in figures.exceptions)
        with part.step("reimbursement"):
            totals.paid = paid_by_provider(figures.pay)
        with part.step("reconciliation"):
            totals.tallies.append(figures.compared)
        with part.step("continuity"):
            totals.continuity.update(each.workers for each in figures.continuity if each.left_out is None)
        totals.clients, totals.visits = len(figures.client_ids), len(figures.visits)
        return part

    def next_workers(self) -> Part:
        """Find what is odd about the next group of workers."""
        part = Part()
        with part.step("load workers' stays"):
            stays = next(self._stays)
        with part.step("exceptions of workers"):
            found = exceptions_across(stays, self._rulebook)
            part.totals.exceptions.update(each.code for each in found)
            part.to_fix = must_fix(found)
        return part


_worker: list[MonthWorker] = []
"""This process's own, once it has begun."""


def begin(order: MonthOrder) -> None:
    """Make the process ready. Batches leave no cycles behind, so looking for them in hundreds of thousands of facts would
    only cost a third of the time."""
    gc.disable()
    _worker[:] = [MonthWorker(order)]


def take_households(batches: Sequence[Sequence[ClientId]], to_fix: frozenset[VisitId]) -> None:
    """Give this process its households."""
    _worker[0].take_households(batches, to_fix)


def do_households(_number: int) -> Part:
    """Compute the next batch of them."""
    return _worker[0].next_households()


def take_workers(groups: Sequence[Sequence[WorkerId]]) -> None:
    """Give this process its workers."""
    _worker[0].take_workers(groups)


def do_workers(_number: int) -> Part:
    """Look at the next group of them."""
    return _worker[0].next_workers()
