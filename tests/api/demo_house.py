"""A house with a small demo municipality in it: what tests of the demo and of whole figures look into."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.bootstrap import House, build
from api.demo.clock import DemoClock
from api.demo.disorder import Disorder
from api.demo.loading import run_demo
from api.demo.municipality import make_municipality
from api.demo.scope import Scope
from api.demo.summary import Summary
from domain.local_time import Month
from infra.settings import UNLIMITED, Settings

SMALL = Scope(seed=7, month=Month(2025, 10), clients=24, days=8)
LATER = datetime(2026, 1, 15, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Loaded:
    """A house with the demo in it, every read model up to date."""

    house: House
    summary: Summary


@contextmanager
def load(folder: Path, scope: Scope, disorder: Disorder | None = None, *, store_url: str = "") -> Iterator[Loaded]:
    """Fill an empty house."""
    settings = Settings(data_dir=folder, store_url=store_url, rates=UNLIMITED)
    house = build(settings, clock=DemoClock(real=lambda: LATER))
    house.writer.start()
    try:
        summary = run_demo(house, make_municipality(scope), disorder=disorder)
        house.projector.catch_up()
        yield Loaded(house, summary)
    finally:
        house.close()
