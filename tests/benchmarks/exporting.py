"""What an export of a month of a million visits takes of a server's memory: `python -m tests.benchmarks.exporting`.

The month is that of `make bench-month`, in a copy of its database. The server is a process of its own; what the system says it
holds (resident) is looked at while the rows are written, and while they are fetched.
"""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import httpx2
import psycopg
import sqlalchemy as sa

from api.bootstrap import House, build
from api.exports import Exported
from domain.admission.values import WithdrawalReason
from domain.office.act import Act
from domain.office.admission import withdraw_admission
from infra.follower import place_at
from infra.settings import UNLIMITED, Settings
from projections.projection import PROJECTION_POSITION
from projections.read_models import READ_MODELS
from tests.benchmarks.month import BUILD, CLIENTS
from tests.benchmarks.month_people import MONTH
from tests.benchmarks.month_store import month_store
from tests.faults.server import ServerProcess

LOOK_EVERY_S = 0.1
LIMIT_MB = 300
PAST_ALL = 50_000_000
KIB_IN_MB = 1024
UNDER_WAY = {"waiting", "running"}


@dataclass
class Resident:
    """The most that a process held while it was looked at, in MB."""

    most_mb: float = 0.0


@contextmanager
def watched(process_id: int) -> Iterator[Resident]:
    """Look at a process for the length of a block."""
    found, over = Resident(), Event()

    def look() -> None:
        while not over.wait(LOOK_EVERY_S):
            found.most_mb = max(found.most_mb, resident_mb(process_id))

    found.most_mb = resident_mb(process_id)
    looking = Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        over.set()
        looking.join()


def resident_mb(process_id: int) -> float:
    """What the system says that it holds."""
    for line in Path(f"/proc/{process_id}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / KIB_IN_MB
    raise AssertionError("the system does not say")


def exported(server: ServerProcess, client: httpx2.Client, report: Exported, form: str) -> dict[str, float]:
    """Ask for an export, wait for it, fetch it, and say what it took."""
    began, before = time.monotonic(), resident_mb(server.process_id)
    month = f"{MONTH.year}-{MONTH.number:02}"
    with watched(server.process_id) as writing:
        job = _told(client.post("/v1/exports", json={"report": report, "month": month, "format": form}))
        while job["state"] in UNDER_WAY:
            time.sleep(LOOK_EVERY_S)
            job = _told(client.get(f"/v1/exports/{job['id']}"))
    assert job["state"] == "done", job
    written_s = time.monotonic() - began
    size, began = 0, time.monotonic()
    with watched(server.process_id) as fetching, client.stream("GET", f"/v1/exports/{job['id']}/file") as answer:
        for chunk in answer.iter_bytes():
            size += len(chunk)
    return {
        "rows": float(job["rows"]),
        "file_mb": size / KIB_IN_MB / KIB_IN_MB,
        "before_mb": before,
        "writing_mb": writing.most_mb,
        "fetching_mb": fetching.most_mb,
        "written_s": written_s,
        "fetched_s": time.monotonic() - began,
    }


def _told(answer: httpx2.Response) -> Mapping[str, str]:
    assert answer.is_success, answer.text
    told: Mapping[str, str] = answer.json()
    return told


@contextmanager
def copy_of(url: str) -> Iterator[str]:
    """A copy of a database, which is dropped in the end: a server makes tables of its own in it."""
    name = sa.make_url(url).database
    copied = f"{name}_served"
    with psycopg.connect(_beside(url, "postgres"), autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {copied}".encode())
        db.execute(f"CREATE DATABASE {copied} TEMPLATE {name}".encode())
        try:
            yield _beside(url, copied)
        finally:
            db.execute(f"DROP DATABASE {copied} WITH (FORCE)".encode())


def _beside(url: str, database: str) -> str:
    return sa.make_url(url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def served(url: str) -> Iterator[tuple[ServerProcess, httpx2.Client]]:
    """A server over a copy of the month's database, and an auditor who calls it."""
    with copy_of(url) as copy, TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), store_url=copy, rates=UNLIMITED)
        with psycopg.connect(copy) as db, closing(build(settings)) as house:
            db.execute("SELECT setval(pg_get_serial_sequence('event', 'position'), %s)", (PAST_ALL,))
            db.commit()
            _stand(house)
            auditor = house.tokens.issue(subject="ada", role="auditor")
        server = ServerProcess(settings)
        server.start()
        with httpx2.Client(base_url=server.url, headers={"Authorization": f"Bearer {auditor}"}, timeout=600) as client:
            yield server, client
        server.stop()


def _stand(house: House) -> None:
    """Give the log one event, past all positions that facts are believed from, and let the read models stand there."""
    house.ledger.decide([withdraw_admission("nobody", reason=WithdrawalReason.OTHER, act=Act(actor="admin/ada"))])
    (row,) = house.log.read(PAST_ALL, 1)
    place = place_at(house.log.identity(), row)
    with house.read_database.begin() as db:
        for each in READ_MODELS:
            standing = {"name": each.name, "version": each.version, "partition": 0, "status": "following"}
            db.execute(PROJECTION_POSITION.insert().values(**standing, **place._asdict()))


def main() -> int:
    """Measure, print and write it down. Ends with 1 where the server held too much."""
    options = ArgumentParser(prog="python -m tests.benchmarks.exporting")
    options.add_argument("--clients", type=int, default=CLIENTS, help="fewer are for trying out (%(default)s)")
    options.add_argument("--formats", nargs="+", default=["csv", "jsonl"])
    options.add_argument("--reports", nargs="+", type=Exported, default=list(Exported))
    asked = options.parse_args()
    figures = dict[str, dict[str, float]]()
    with month_store(BUILD / "month", asked.clients, print) as (url, _), served(url) as (server, client):
        for report in asked.reports:
            for form in asked.formats:
                figures[f"{report} {form}"] = found = exported(server, client, report, form)
                print(report, form, {name: round(value, 1) for name, value in found.items()}, flush=True)
    (BUILD / "bench-export.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return int(max(max(each["writing_mb"], each["fetching_mb"]) for each in figures.values()) > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
