"""What only a file can do to the log."""

from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError, ProgrammingError
from eventsourcing.sqlite import SQLiteDatastore

from domain.log import NewQuarantine
from infra.sqlite_file import open_writer
from infra.sqlite_recorder import SQLiteLedgerRecorder
from tests.infra.stores import opened


def test_a_store_that_a_power_cut_would_empty_is_refused() -> None:
    with pytest.raises(OperationalError, match="local disk"):
        SQLiteLedgerRecorder(SQLiteDatastore(":memory:", originator_id_type="text"))


def test_streams_named_by_uuid_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgrammingError, match="ORIGINATOR_ID_TYPE"):
        SQLiteLedgerRecorder(SQLiteDatastore(str(tmp_path / "ledger.db")))


def test_a_file_that_cannot_be_opened_is_an_error_of_the_library(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        SQLiteLedgerRecorder(SQLiteDatastore(str(tmp_path / "no such folder" / "ledger.db"), originator_id_type="text"))


def test_deleted_bytes_are_gone_from_the_file(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with opened(sqlite_url) as recorder:
        recorder.append([], (), [NewQuarantine("quarantine-1", "phone-1", "malformed", b"UNMISTAKABLE", "fact-1")])
    assert b"UNMISTAKABLE" in path.read_bytes()

    with closing(open_writer(str(path))) as writer:
        writer.execute("DELETE FROM quarantine")
    assert b"UNMISTAKABLE" not in path.read_bytes()
