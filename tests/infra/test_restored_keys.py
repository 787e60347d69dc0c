"""No key comes back that was destroyed, none is taken away that a person ever had, whatever became of the log beside them."""

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from domain.ports import SealClass
from infra.backup_files import BackupError
from tests.infra.kept_ledger import ANNA, BO, CARL, EVENING, KeptLedger, copied, filled, lose_log
from tests.infra.stores import run_sql
from tests.projections.story import STORY

pytestmark = pytest.mark.faults

ALL = len(STORY) + 1


@pytest.fixture
def ledger(tmp_path: Path) -> KeptLedger:
    """A ledger in a file that was copied in the evening; after that two clients were registered."""
    return copied(tmp_path)


def test_a_machine_that_was_started_before_the_restore_holds_nothing_worth_keeping(
    ledger: KeptLedger, tmp_path: Path
) -> None:
    started = KeptLedger(tmp_path / "started")
    shutil.copy2(ledger.settings.master_key_path, started.settings.master_key_path)
    with started.log(), started.keys() as keys:
        keys.ledger_key("fact-digest")
    put_away = started.settings.data_dir / "keys.db.old"
    put_away.write_bytes(b"somebody's own copy")
    _, restored = started.restore(tmp_path)
    assert (restored.kept_as, len(started.rows()), len(started.key_ids())) == ("", ALL, 1)
    assert secret(started) == secret(ledger)
    assert put_away.exists()


def test_keys_of_persons_that_another_ledger_made_are_never_taken_away(ledger: KeptLedger, tmp_path: Path) -> None:
    started = KeptLedger(tmp_path / "started")
    shutil.copy2(ledger.settings.master_key_path, started.settings.master_key_path)
    for is_destroyed in (False, True):
        with started.log(), started.keys() as keys:
            keys.ledger_key("fact-digest")
            keys.key_for(BO, SealClass.IDENTITY, EVENING)
            if is_destroyed:
                keys.destroy(BO)
        before = secret(started), started.key_ids()
        with pytest.raises(BackupError, match="key database here is another ledger's"):
            started.restore(tmp_path)
        assert (secret(started), started.key_ids()) == before
        assert started.rows() == []


def secret(ledger: KeptLedger) -> bytes:
    with ledger.keys() as keys:
        return keys.ledger_key("fact-digest")


def test_a_key_destroyed_after_the_backup_stays_destroyed(ledger: KeptLedger, tmp_path: Path) -> None:
    with ledger.keys() as keys:
        keys.destroy(ANNA)
    kept = ledger.key_ids()
    found, restored = ledger.restore(tmp_path, replace=True)
    assert (restored.keys.withheld, restored.keys.added) == (1, 0)
    assert len(found.keys.open) == 1
    assert ledger.key_ids() == kept


def test_an_erased_person_stays_erased_where_the_log_was_lost_and_an_empty_one_begun(
    ledger: KeptLedger, tmp_path: Path
) -> None:
    with ledger.keys() as keys:
        keys.destroy(ANNA)
    kept = ledger.key_ids()
    lose_log(ledger)
    assert ledger.rows() == []  # the server was started again
    _, restored = ledger.restore(tmp_path)
    assert (restored.keys.withheld, restored.keys.added) == (1, 0)
    assert ledger.key_ids() == kept
    assert len(kept) == len([BO, CARL])


def test_the_key_that_followed_a_destroyed_one_takes_its_place(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "here")
    keys_at = ledger.settings.data_dir / "keys.db"
    earlier = shutil.copy(keys_at, tmp_path / "earlier")
    with ledger.keys() as keys:
        keys.destroy(ANNA)
    ledger.register(BO)
    with ledger.keys() as keys:
        keys.key_for(ANNA, SealClass.IDENTITY, EVENING)
    ledger.back_up(tmp_path)
    later = ledger.key_ids()
    shutil.copy(earlier, keys_at)
    _, restored = ledger.restore(tmp_path, replace=True)
    assert (restored.keys.added, restored.keys.withheld) == (2, 0)
    assert ledger.key_ids() == later


def test_another_key_in_the_place_of_one_in_the_backup_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "here")
    ledger.back_up(tmp_path)
    run_sql(ledger.settings.keys_url, "UPDATE data_key SET key_id = 'another'")
    with pytest.raises(BackupError, match="other keys of the same persons"):
        ledger.restore(tmp_path, replace=True)
    assert ledger.key_ids() == {"another"}


def test_no_key_is_added_when_somebody_opens_the_log_while_the_backup_is_read(
    ledger: KeptLedger, tmp_path: Path
) -> None:
    keys_at = ledger.settings.data_dir / "keys.db"
    keys_at.unlink()
    with ExitStack() as stack:

        def start(_done: int, _of: int) -> None:
            stack.enter_context(ledger.log())

        with pytest.raises(BackupError, match="in use"):
            ledger.restore(tmp_path, replace=True, step=start)
    assert not keys_at.exists()


def test_keys_made_after_the_backup_stay_and_lost_ones_come_back(ledger: KeptLedger, tmp_path: Path) -> None:
    before = ledger.key_ids()
    ledger.restore(tmp_path, replace=True)
    assert ledger.key_ids() == before
    (ledger.settings.data_dir / "keys.db").unlink()
    _, restored = ledger.restore(tmp_path, replace=True)
    assert (restored.keys.added, restored.keys.withheld) == (1, 0)
