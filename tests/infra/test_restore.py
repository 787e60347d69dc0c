"""A log put back is another epoch of it: whatever was stored of the old one is noticed, told and mended."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from domain.ids import PersonId
from infra.backup_files import BackupError
from infra.read_database import open_engine
from infra.verify import verify
from tests.infra.kept_ledger import BO, MINUTE_US, RECORDED_US, KeptLedger, copied, filled, lose_log
from tests.infra.stores import everything, run_sql
from tests.infra.story_log import CODEC
from tests.projections.story import STORY

pytestmark = pytest.mark.faults

ALL = len(STORY) + 1
DORA = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a04")


@pytest.fixture
def on_either(store_url: str, tmp_path: Path) -> KeptLedger:
    """A ledger on either store that was copied in the evening; after that two clients were registered."""
    return copied(tmp_path, store_url)


@pytest.fixture
def ledger(tmp_path: Path) -> KeptLedger:
    """The same in a file, where the store makes no difference."""
    return copied(tmp_path)


def differences(ledger: KeptLedger) -> list[object]:
    engine = open_engine(ledger.settings.read_url)
    with ledger.log() as log:
        found = verify(log, CODEC, engine)
    engine.dispose()
    return [*found]


def test_yesterdays_backup_beside_todays_read_models_is_noticed_told_and_mended(
    on_either: KeptLedger, tmp_path: Path
) -> None:
    on_either.fold()
    _, restored = on_either.restore(tmp_path, replace=True)
    lost = (restored.restoration.lost_events, restored.restoration.lost_from, restored.restoration.lost_until)
    assert lost == (2, RECORDED_US + MINUTE_US, RECORDED_US + 2 * MINUTE_US)

    with capture_logs() as logs:
        because = on_either.fold().rebuilt_because()
    assert because == (
        f"The log was restored 2025-03-04 06:00:00 UTC from a backup that ends at position {ALL}: it had 2 events that "
        "the backup lacks, recorded from 2025-03-03 11:07:40 UTC to 2025-03-03 11:08:40 UTC."
    )
    assert {(entry["event"], entry["why"]) for entry in logs} == {("projection_rebuilt", because)}
    assert differences(on_either) == []

    on_either.register(BO)
    assert on_either.fold().rebuilt_because() == ""


def test_a_restored_log_is_of_a_new_epoch_and_remembers_why(ledger: KeptLedger, tmp_path: Path) -> None:
    for epoch in (2, 3):
        _, restored = ledger.restore(tmp_path, replace=True)
        assert restored.restoration.epoch == epoch
        with ledger.log() as log:
            assert (log.identity().epoch, log.head()[0]) == (epoch, ALL)
            assert log.restorations()[-1] == restored.restoration
    assert restored.restoration.lost_events == 0


def test_the_epoch_is_above_that_of_read_models_even_where_the_log_is_gone(
    on_either: KeptLedger, tmp_path: Path
) -> None:
    on_either.restore(tmp_path, replace=True)
    on_either.fold()
    lose_log(on_either)
    _, restored = on_either.restore(tmp_path)
    assert (restored.restoration.epoch, restored.there) == (3, None)
    assert restored.restoration.lost_events is None
    assert "could not be read" in on_either.fold().rebuilt_because()


def test_the_log_that_stood_there_is_kept_beside(on_either: KeptLedger, tmp_path: Path) -> None:
    before = on_either.rows()
    _, restored = on_either.restore(tmp_path, replace=True)
    if on_either.settings.on_postgresql:
        engine = sa.create_engine(on_either.settings.log_url, poolclass=sa.NullPool)
        with engine.connect() as db:
            kept = db.exec_driver_sql('SELECT count(*) FROM "replaced-20250304T060000-before-epoch-2".event').scalar()
    else:
        kept_at = KeptLedger(tmp_path / "kept")
        shutil.copy(restored.kept_as, kept_at.settings.log_path)
        kept = len(kept_at.rows())
    assert kept == len(before) == ALL + 2


def test_a_log_that_is_there_is_not_replaced_unasked(ledger: KeptLedger, tmp_path: Path) -> None:
    before = ledger.rows()
    with pytest.raises(BackupError, match=f"a log of {ALL + 2} events here. Give --replace"):
        ledger.restore(tmp_path)
    assert ledger.rows() == before


def test_a_log_in_use_is_not_replaced(on_either: KeptLedger, tmp_path: Path) -> None:
    with on_either.log() as server:
        with pytest.raises(BackupError, match="in use"):
            on_either.restore(tmp_path, replace=True)
        assert server.identity().epoch == 1


def test_a_server_goes_on_writing_after_a_restore(ledger: KeptLedger, tmp_path: Path) -> None:
    ledger.restore(tmp_path, replace=True)
    assert ledger.register(BO) == ALL + 1


def test_another_ledger_is_never_replaced(ledger: KeptLedger, tmp_path: Path) -> None:
    other = filled(tmp_path / "other")
    shutil.copy2(ledger.settings.master_key_path, tmp_path / "master")
    (tmp_path / "master").replace(other.settings.master_key_path)
    before = other.rows()
    with pytest.raises(BackupError, match="Another ledger stands here"):
        other.restore(tmp_path, replace=True)
    assert other.rows() == before


def test_a_log_moves_from_one_store_to_the_other(on_either: KeptLedger, postgres_url: str, tmp_path: Path) -> None:
    there = KeptLedger(tmp_path / "there", "" if on_either.settings.on_postgresql else postgres_url)
    shutil.copy2(on_either.settings.master_key_path, there.settings.master_key_path)
    there.restore(tmp_path)
    with on_either.log() as one, there.log() as other:
        assert everything(other)[0] == everything(one)[0][:ALL]
        assert other.identity() == (one.identity().ledger_id, 2)
    there.fold()
    assert differences(there) == []


def test_positions_that_were_never_written_come_along_with_a_log_and_are_no_fault(tmp_path: Path) -> None:
    """PostgreSQL leaves some out, and a log that was moved from there to a file still lacks them."""
    ledger = filled(tmp_path / "here")
    run_sql(ledger.settings.log_url, f"UPDATE event SET position = {ALL + 2} WHERE position = {ALL}")
    before = ledger.rows()
    ledger.back_up(tmp_path)
    found, _ = ledger.restore(tmp_path, replace=True)
    assert found.check.numbers_unused == 2
    assert ledger.rows() == before


def test_commits_that_a_lost_file_left_beside_it_are_kept(ledger: KeptLedger, tmp_path: Path) -> None:
    path = ledger.settings.log_path
    beside = path.with_name(path.name + "-wal")
    with ledger.log():
        ledger.register(DORA)
        left = beside.read_bytes()
    path.unlink()
    beside.write_bytes(left)
    _, restored = ledger.restore(tmp_path)
    assert b"client.registered" in left
    assert Path(restored.kept_as).read_bytes() == left
    assert len(ledger.rows()) == ALL


def test_a_log_that_cannot_be_read_is_replaced_and_kept_as_it_is(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "here")
    ledger.back_up(tmp_path)
    ledger.settings.log_path.write_bytes(b"not a database" * 1000)
    with pytest.raises(BackupError, match="a log that cannot be read"):
        ledger.restore(tmp_path)
    _, restored = ledger.restore(tmp_path, replace=True)
    assert Path(restored.kept_as).read_bytes().startswith(b"not a database")
    assert (restored.restoration.lost_events, len(ledger.rows())) == (None, ALL)
