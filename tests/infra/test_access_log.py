"""The access log as a store: committed before it says so, shared commits, kept five years, in every backup."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.access.entry import Access, Doing, Entry
from infra import access_log
from infra.access_log import AccessLog
from infra.access_reading import entries_between, entries_of
from infra.access_tables import LINK, AccessLogUnavailableError
from infra.backup_files import BackupError
from infra.settings import Settings
from tests.benchmarks.access import entry_cpu_us
from tests.infra.kept_ledger import copied
from tests.infra.stores import run_sql

AT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
AT_US = 1_772_434_800_000_000
LONG_AGO, FAR_OFF = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def client_id(number: int) -> str:
    return str(UUID(int=number))


def seen(*clients: int, subject: str = "eva") -> Access:
    """A coordinator's list of some clients."""
    return Access(
        subject=subject,
        role="coordinator",
        unit_ids=(client_id(7), client_id(8)),
        doing=Doing.LIST,
        action="read.reports",
        record_class="figures",
        rule="coordinator.reads",
        request_id=client_id(99),
        whose=frozenset(("client", client_id(number)) for number in clients),
    )


def url_of(folder: Path, store_url: str) -> str:
    return store_url if store_url.startswith("postgres") else Settings(data_dir=folder).access_url


def opened(url: str, at_us: int = AT_US) -> AccessLog:
    return AccessLog(url, lambda: at_us)


def everything(log: AccessLog) -> list[Entry]:
    return list(entries_between(log.engine, LONG_AGO, FAR_OFF))


@pytest.fixture
def url(tmp_path: Path, bare_store_url: str) -> str:
    """Where the log is, on either store."""
    return url_of(tmp_path, bare_store_url)


@pytest.fixture
def log(url: str) -> Iterator[AccessLog]:
    """The log, taking entries."""
    with closing(opened(url)) as found:
        found.start()
        yield found


def test_an_answer_is_read_back_as_it_was_entered_also_by_each_person_in_it(log: AccessLog) -> None:
    told = seen(1, 2, 3)
    log.submit(told).result(5)
    [entry] = everything(log)
    assert (entry.recorded_at, entry.reader, entry.unit_ids, entry.whose) == (
        AT,
        "coordinator/eva",
        told.unit_ids,
        told.whose,
    )
    assert [each.whose for each in entries_of(log.engine, "client", client_id(2))] == [{("client", client_id(2))}]
    assert list(entries_of(log.engine, "worker", client_id(2))) == []


def test_many_at_once_are_all_there_in_order(log: AccessLog) -> None:
    done = [log.submit(seen(number, subject=f"reader {number}")) for number in range(300)]
    assert [future.result(10) for future in done] == [None] * 300
    assert [entry.subject for entry in everything(log)] == [f"reader {number}" for number in range(300)]


def test_answers_that_follow_each_other_share_a_commit_while_several_calls_are_answered(
    log: AccessLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "GATHER_S", 0.1)
    log.underway = 2
    log.submit(seen(1)).result(5)
    second = log.submit(seen(2))
    time.sleep(0.02)
    log.submit(seen(3)).result(5)
    second.result(5)
    with log.engine.connect() as db:
        links = db.execute(sa.select(LINK).order_by(LINK.c.link_id)).all()
    assert [link.last_answer_id - link.first_answer_id + 1 for link in links] == [1, 2]


def test_two_processes_enter_at_the_same_moment_and_neither_loses_anything(url: str) -> None:
    with closing(opened(url)) as one, closing(opened(url)) as other:
        for number in range(5):
            one.enter(seen(number))
            other.enter(seen(number + 10))
        assert len(everything(one)) == 10


def test_an_entry_of_a_long_list_takes_less_than_twenty_microseconds_of_the_processor(tmp_path: Path) -> None:
    assert entry_cpu_us(tmp_path / "entries.db") < 20


@pytest.mark.faults
def test_an_entry_that_cannot_be_kept_is_said_not_to_be(log: AccessLog, url: str) -> None:
    run_sql(url, "ALTER TABLE access_person RENAME TO elsewhere")
    with pytest.raises(AccessLogUnavailableError):
        log.submit(seen(1)).result(10)
    run_sql(url, "ALTER TABLE elsewhere RENAME TO access_person")
    log.submit(seen(2)).result(10)
    assert [entry.whose for entry in everything(log)] == [{("client", client_id(2))}]


@pytest.mark.faults
def test_more_than_may_wait_is_refused_before_memory_runs_out(url: str) -> None:
    with closing(opened(url)) as log:
        everybody = seen(*range(60_000))
        for _ in range(3):
            log.submit(everybody)
        with pytest.raises(AccessLogUnavailableError):
            log.submit(everybody)


def test_a_backup_holds_the_access_log_and_a_restore_takes_nothing_away(tmp_path: Path) -> None:
    ledger = copied(tmp_path)
    with closing(opened(ledger.settings.access_url)) as log:
        log.enter(seen(1), seen(2))
    manifest = ledger.back_up(tmp_path / "later")
    assert (manifest.files["access_answer"].rows, manifest.files["access_person"].rows) == (2, 2)
    with closing(opened(ledger.settings.access_url)) as log:
        log.enter(seen(3))
    _, restored = ledger.restore(tmp_path / "later", replace=True)
    assert restored.entries == 0
    with closing(opened(ledger.settings.access_url)) as log:
        assert len(everything(log)) == 3


def test_a_lost_access_log_comes_back_beside_what_was_entered_since(tmp_path: Path) -> None:
    ledger = copied(tmp_path)
    with closing(opened(ledger.settings.access_url)) as log:
        log.enter(seen(1, 5), seen(2))
    ledger.back_up(tmp_path / "later")
    for file in ledger.settings.data_dir.glob("access.db*"):
        file.unlink()
    with closing(opened(ledger.settings.access_url, AT_US + 10)) as log:
        log.enter(seen(3))
    _, restored = ledger.restore(tmp_path / "later", replace=True)
    assert restored.entries == 2
    with closing(opened(ledger.settings.access_url)) as log:
        assert [sorted(int(each[1][-1]) for each in entry.whose) for entry in everything(log)] == [
            *([1, 5], [2], [3]),
            [],
        ]


@pytest.mark.faults
def test_an_access_log_with_people_in_no_answer_is_found_by_the_check(tmp_path: Path) -> None:
    ledger = copied(tmp_path)
    with closing(opened(ledger.settings.access_url)) as log:
        log.enter(seen(1))
        with log.engine.begin() as db:
            db.execute(sa.text("DROP TRIGGER access_answer_kept"))
            db.execute(sa.text("DELETE FROM access_answer"))
    ledger.back_up(tmp_path / "later")
    with pytest.raises(BackupError, match=r"access_answer \d+: missing"):
        ledger.restore(tmp_path / "later", replace=True)
