"""The access log is only added to: the database refuses the rest, and a chain shows what was done past it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from domain.access.entry import Access, Doing
from infra.access_chain import Head
from infra.access_check import check_access_log
from infra.access_restore import restore_access
from infra.backup import back_up
from infra.backup_files import BackupFolder, Manifest
from infra.migrate import migrate
from infra.settings import Settings
from infra.table_difference import Kind
from tests.infra.kept_ledger import BY, KeptLedger
from tests.infra.kept_ledger import told as told_of
from tests.infra.stores import run_sql
from tests.infra.test_access_log import AT_US, everything, opened, seen, url_of

YEAR_US = 31_557_600_000_000
LONG_AGO_US = AT_US - 20 * YEAR_US
Backup = tuple[BackupFolder, Manifest, Head]
BETWEEN = datetime(2010, 1, 1, tzinfo=UTC)
REFUSED = (sqlite3.IntegrityError, psycopg.errors.RaiseException)
PRUNED = Access(
    subject="olle",
    role="operator",
    doing=Doing.PRUNE,
    action="access_log.prune",
    record_class="access",
    purpose="before 2010-01-01",
    rule="operator.machine",
    request_id="pruned",
)


@pytest.fixture
def url(tmp_path: Path, bare_store_url: str) -> str:
    """Where the log is, on either store."""
    return url_of(tmp_path, bare_store_url)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of four answers, each a link."""
    path = tmp_path_factory.mktemp("told") / "access.db"
    for number in range(4):
        enter(f"sqlite:///{path}", AT_US + number, seen(number, number + 10))
    return path


@pytest.fixture
def path(told: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may harm."""
    return Path(shutil.copy(told, tmp_path))


def enter(url: str, at_us: int, *accesses: Access) -> None:
    with closing(opened(url, at_us)) as log:
        log.enter(*accesses)


def faults(url: str, known: tuple[int, bytes] | None = None) -> list[tuple[str, int, Kind]]:
    with closing(opened(url)) as log:
        return [(each.table, each.key[0], each.kind) for each in check_access_log(log.reader, known).found]


def head(url: str) -> Head:
    with closing(opened(url)) as log:
        return check_access_log(log.reader).head


def number(at_us: int) -> int:
    return at_us << 10


def harm(path: Path, *statements: str) -> str:
    """Change the log as whoever owns the file can, and give its URL."""
    with closing(sqlite3.connect(path)) as file, file:
        for (trigger,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            file.execute(statement)
    return f"sqlite:///{path}"


def changes(url: str) -> Iterator[str]:
    """What nobody may do to the log."""
    yield "UPDATE access_answer SET subject = 'nobody'"
    yield "UPDATE access_person SET kind = 'worker'"
    yield "UPDATE access_link SET hash = digest"
    for table in ("access_answer", "access_person", "access_link"):
        yield f"DELETE FROM {table}"
        if url.startswith("postgres"):
            yield f"TRUNCATE {table}"
    columns = "'eva', 'coordinator', '', '', '{}', '', '', '', '', '', ''"
    if url.startswith("sqlite"):
        changed = columns.format("read")
        yield f"INSERT OR REPLACE INTO access_answer SELECT answer_id, 0, {changed} FROM access_answer"
    for doing, before in (("read", number(LONG_AGO_US)), ("prune", number(AT_US + 50 * YEAR_US))):
        run_sql(url, f"INSERT INTO access_answer VALUES ({before}, 0, {columns.format(doing)})")
        yield f"INSERT INTO access_pruning VALUES ({before}, {before}, 0, '')"


def test_the_database_refuses_to_change_entries_and_to_take_any_away_but_by_a_pruning(url: str) -> None:
    enter(url, AT_US, seen(1), seen(2))
    for statement in changes(url):
        with pytest.raises(REFUSED, match=r"access log|pruning"):
            run_sql(url, statement)


def test_a_pruning_says_who_did_it_and_the_chain_goes_on(url: str) -> None:
    enter(url, LONG_AGO_US, seen(1), seen(2))
    enter(url, LONG_AGO_US + 1, seen(3))
    enter(url, AT_US, seen(4))
    known = head(url)
    for at_us, taken in ((AT_US + 10, 3), (AT_US + 11, 0)):
        with closing(opened(url, at_us)) as log:
            assert log.prune(BETWEEN, PRUNED) == taken
    with closing(opened(url)) as log:
        assert [(each.doing, each.subject) for each in everything(log)] == [
            (Doing.LIST, "eva"),
            (Doing.PRUNE, "olle"),
            (Doing.PRUNE, "olle"),
        ]
    assert faults(url, (known.link_id, known.hash)) == []
    assert head(url).link_id == known.link_id + 2


def test_what_two_processes_enter_is_one_chain(url: str) -> None:
    with closing(opened(url)) as one, closing(opened(url)) as other:
        for each in (one, other, one, one, other):
            each.enter(seen(1))
    assert (faults(url), head(url).link_id) == ([], 5)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE access_answer SET subject = 'ada' WHERE answer_id = {1}", ("access_answer", 1, Kind.OTHER)),
        ("UPDATE access_person SET kind = 'worker' WHERE answer_id = {2}", ("access_answer", 2, Kind.OTHER)),
        ("DELETE FROM access_answer WHERE answer_id = {1}", ("access_answer", 1, Kind.MISSING)),
        ("DELETE FROM access_person WHERE answer_id = {0}", ("access_answer", 0, Kind.OTHER)),
        ("UPDATE access_answer SET answer_id = {3} + 9 WHERE answer_id = {3}", ("access_answer", 3, Kind.MISSING)),
    ],
    ids=["changed", "of somebody else", "removed", "of nobody", "at another time"],
)
def test_an_entry_that_was_changed_or_removed_is_named(
    path: Path, statement: str, found: tuple[str, int, Kind]
) -> None:
    numbers = [number(AT_US + each) for each in range(4)]
    table, place, kind = found
    assert (table, numbers[place], kind) in faults(harm(path, statement.format(*numbers)))


def test_an_entry_that_was_put_in_is_named(path: Path) -> None:
    between = number(AT_US) + 5
    copied = f"INSERT INTO access_answer SELECT {between}, 0, subject, role, unit_ids, device_id, doing, action"
    rest = f"record_class, purpose, rule, request_id, form FROM access_answer WHERE answer_id = {number(AT_US)}"
    assert faults(harm(path, f"{copied}, {rest}")) == [("access_answer", between, Kind.SURPLUS)]


def without(path: Path, at_us: int) -> str:
    """Take an answer away with its link, and give the log's URL."""
    of_answer = (
        f"DELETE FROM {table} WHERE answer_id = {number(at_us)}" for table in ("access_answer", "access_person")
    )
    return harm(path, *of_answer, f"DELETE FROM access_link WHERE first_answer_id = {number(at_us)}")


def test_an_answer_that_went_with_its_link_is_missed(path: Path) -> None:
    assert faults(without(path, AT_US + 1)) == [("access_link", 2, Kind.MISSING)]
    assert faults(without(path, AT_US)) == [("access_link", 2, Kind.MISSING)]


def test_the_newest_answer_is_missed_by_a_head_that_was_written_down(path: Path) -> None:
    known = head(f"sqlite:///{path}")
    url = without(path, AT_US + 3)
    assert faults(url) == []
    assert faults(url, (known.link_id, known.hash)) == [("access_link", 4, Kind.MISSING)]
    enter(url, AT_US + 9, seen(9))
    assert faults(url, (known.link_id, known.hash)) == [("access_link", 4, Kind.OTHER)]


def test_a_link_made_anew_over_a_changed_entry_does_not_fit_the_next(path: Path) -> None:
    url = f"sqlite:///{path}"
    with closing(opened(url)) as log:
        right = check_access_log(log.reader)
    harm(path, f"UPDATE access_link SET hash = digest WHERE first_answer_id = {number(AT_US + 1)}")
    assert faults(url) == [("access_link", 2, Kind.OTHER), ("access_link", 3, Kind.OTHER)]
    assert head(url) == right.head


def test_entries_of_the_release_before_become_the_first_links(path: Path) -> None:
    unlinked = ("DROP TABLE access_link", "DROP TABLE access_pruning", "UPDATE access_schema SET version_num = '0001'")
    url = harm(path, *unlinked)
    assert [each.found for each in migrate(Settings(data_dir=path.parent))][-1] == "0001"
    assert faults(url) == []
    with pytest.raises(REFUSED):
        run_sql(url, "DELETE FROM access_answer")


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Backup:
    """A backup of a log with an answer of long ago and one of today, and where its chain ended."""
    folder = tmp_path_factory.mktemp("backup")
    ledger = KeptLedger(folder / "here")
    with ledger.log(), ledger.keys():
        url = ledger.settings.access_url
    enter(url, LONG_AGO_US, seen(1))
    enter(url, AT_US, seen(2))
    manifest = back_up(ledger.settings, folder / "log", None, at=BETWEEN, step=told_of)
    return BackupFolder(folder / "log"), manifest, head(url)


def test_a_lost_access_log_comes_back_with_its_chain_and_who_brought_it_back(tmp_path: Path, backup: Backup) -> None:
    folder, manifest, known = backup
    url = f"sqlite:///{tmp_path / 'access.db'}"
    assert restore_access(url, folder, manifest, BY, at_us=AT_US + 20) == 2
    assert faults(url, (known.link_id, known.hash)) == []
    with closing(opened(url)) as log:
        assert [each.subject for each in everything(log)] == ["eva", "eva", BY.subject]


def test_what_was_pruned_with_its_link_is_not_brought_back(tmp_path: Path, backup: Backup) -> None:
    folder, manifest, _ = backup
    url = f"sqlite:///{tmp_path / 'access.db'}"
    restore_access(url, folder, manifest, BY, at_us=AT_US + 20)
    with closing(opened(url, AT_US + 40)) as log:
        assert log.prune(BETWEEN, PRUNED) == 1
    assert restore_access(url, folder, manifest, BY, at_us=AT_US + 50) == 0
    assert faults(url) == []


def test_a_restore_whose_entry_was_removed_is_missed(tmp_path: Path, backup: Backup) -> None:
    folder, manifest, _ = backup
    url = f"sqlite:///{tmp_path / 'access.db'}"
    enter(url, AT_US + 10, seen(3))
    restore_access(url, folder, manifest, BY, at_us=AT_US + 20)
    assert faults(without(tmp_path / "access.db", AT_US + 20)) == [("access_link", 4, Kind.MISSING)]


def test_what_comes_back_beside_newer_entries_is_linked_behind_them_and_what_was_pruned_stays_away(
    tmp_path: Path, backup: Backup
) -> None:
    folder, manifest, _ = backup
    url = f"sqlite:///{tmp_path / 'access.db'}"
    enter(url, AT_US + 10, seen(3))
    assert restore_access(url, folder, manifest, BY, at_us=AT_US + 20) == 2
    enter(url, AT_US + 30, seen(4))
    assert (faults(url), head(url).link_id) == ([], 5)
    with closing(opened(url, AT_US + 40)) as log:
        assert [log.prune(BETWEEN, PRUNED) for _ in range(2)] == [1, 0]
    assert faults(url) == []
    assert restore_access(url, folder, manifest, BY, at_us=AT_US + 50) == 0
    assert faults(url) == []
