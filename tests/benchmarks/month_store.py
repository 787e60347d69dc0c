"""A PostgreSQL that keeps the month's facts between runs, below the build folder; made once for each number of clients."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from domain.facts import Fact
from infra.read_database import create_tables, open_engine
from projections import bulk
from projections.fact_tables import FACT_TABLES, Belief
from projections.facts import Facts
from projections.projection import FOREVER
from tests.benchmarks.month_people import municipality
from tests.benchmarks.month_visits import Believed, month_of
from tests.servers import postgres_url, start_postgres

A_SERVERS_OWN = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
}
"""What a server of 8 GB with fast disks is given. A query stays in one process: what is measured is the work of a core."""
BEFORE_ALL = 1
GENERATION = 2
"""Raised with what is drawn. Facts of an older generation, or of tables that have changed since, are made anew."""


@contextmanager
def month_store(folder: Path, clients: int, progress: Callable[[str], None]) -> Iterator[tuple[str, int]]:
    """Give the URL of a database with the month of so many clients, and how many visits it has."""
    folder.mkdir(parents=True, exist_ok=True)
    server = start_postgres(folder / "pg", A_SERVERS_OWN)
    try:
        socket_directory = server.get_postmaster_info().socket_dir
        assert socket_directory is not None
        name = f"month_{Facts.version}_{GENERATION}_{clients}"
        url, ready = postgres_url(socket_directory, name), folder / f"{name}.json"
        if not ready.exists():
            admin = sa.create_engine(
                postgres_url(socket_directory, "postgres").replace("postgresql:", "postgresql+psycopg:"),
                isolation_level="AUTOCOMMIT",
            )
            with admin.connect() as db:
                db.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
                db.exec_driver_sql(f"CREATE DATABASE {name}")
            admin.dispose()
            ready.write_text(json.dumps({"visits": fill(url, clients, progress)}), encoding="utf-8")
        yield url, json.loads(ready.read_text(encoding="utf-8"))["visits"]
    finally:
        server.cleanup()


def fill(url: str, clients: int, progress: Callable[[str], None]) -> int:
    """Write the facts as the fold does, a day at a time; gives the number of visits."""
    engine = open_engine(url)
    create_tables(engine)
    people = municipality(clients)
    month = month_of(people)
    month.position = BEFORE_ALL
    with engine.begin() as db:
        _write(db, (Believed(fact, BEFORE_ALL, None) for fact in people.facts))
    for day, told in month.days():
        with engine.begin() as db:
            _write(db, told)
        progress(f"{day}: {month.visits:,} visits")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()
    return month.visits


def _write(db: sa.Connection, told: Iterable[Believed]) -> None:
    beliefs = defaultdict[type[Fact], list[Belief]](list)
    for fact, since, until in told:
        beliefs[type(fact)].append((fact, since, FOREVER if until is None else until))
    for fact_class, some in beliefs.items():
        bulk.insert(db, FACT_TABLES[fact_class].table, FACT_TABLES[fact_class].rows(some))
