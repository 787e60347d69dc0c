"""A copy made while others write is the log of one moment; what is damaged is found before anything is changed."""

import gzip
import shutil
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from infra.backup import back_up
from infra.backup_files import MANIFEST, BackupError, BackupFolder
from infra.master_key import MasterKeyError
from infra.restore import examined
from infra.schema import SchemaOldError
from tests.infra.kept_ledger import ANNA, EVENING, MORNING, KeptLedger, filled, told
from tests.infra.releases import lay_out
from tests.infra.stores import ARRIVAL, OTHER_PLANNED, UNREADABLE, everything
from tests.infra.story_log import CODEC
from tests.projections.story import STORY

ALL = len(STORY) + 1


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[KeptLedger, Path]:
    """A ledger in files, and a copy of it that no test may change."""
    folder = tmp_path_factory.mktemp("made")
    ledger = filled(folder / "here")
    ledger.back_up(folder / "copy")
    return ledger, folder / "copy"


@pytest.fixture
def copy(made: tuple[KeptLedger, Path], tmp_path: Path) -> Path:
    """A copy that a test may harm."""
    return shutil.copytree(made[1], tmp_path / "copy")


@pytest.fixture
def elsewhere(made: tuple[KeptLedger, Path], tmp_path: Path) -> KeptLedger:
    """An empty folder on another machine, with the master key brought there by hand."""
    ledger = KeptLedger(tmp_path / "elsewhere")
    shutil.copy2(made[0].settings.master_key_path, ledger.settings.master_key_path)
    return ledger


def faults(ledger: KeptLedger, copy: Path) -> list[str]:
    with examined(ledger.settings, copy / "log", copy / "keys", CODEC, told) as (found, _):
        return found.faults


def rewritten(copy: Path, name: str, old: bytes, new: bytes) -> None:
    """Change a file of the log's copy, and the manifest with it, as somebody would who wants it not to be seen."""
    path = copy / "log" / f"{name}.rows.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(old, new), mtime=0))
    folder = BackupFolder(copy / "log")
    manifest = folder.manifest("log")
    entry = msgspec.structs.replace(manifest.files[name], sha256=sha256_of(path))
    (copy / "log" / MANIFEST).unlink()
    folder.finish(msgspec.structs.replace(manifest, files=manifest.files | {name: entry}))


def sha256_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_what_is_written_while_it_is_copied_is_in_the_copy_whole_or_not_at_all(store_url: str, tmp_path: Path) -> None:
    ledger = filled(tmp_path / "here", store_url)
    with ledger.log() as log:
        before = everything(log)

    def write_on(_done: int, _of: int) -> None:
        with ledger.log() as log:
            log.append([OTHER_PLANNED], [ARRIVAL], [UNREADABLE])

    manifest = ledger.back_up(tmp_path, step=write_on)
    assert (manifest.position, manifest.files["event"].rows) == (ALL, ALL)
    assert len(ledger.rows()) == ALL + 1
    ledger.restore(tmp_path, replace=True)
    with ledger.log() as log:
        assert everything(log) == before


def test_the_copy_says_of_which_moment_of_which_log_it_is(made: tuple[KeptLedger, Path]) -> None:
    ledger, copy = made
    manifest, of_keys = BackupFolder(copy / "log").manifest("log"), BackupFolder(copy / "keys").manifest("keys")
    with ledger.log() as log:
        assert (manifest.ledger_id, manifest.epoch) == log.identity()
    assert (manifest.position, manifest.created_at, manifest.tables) == (ALL, EVENING, "0004")
    assert of_keys.backup_id == manifest.backup_id
    assert set(of_keys.files) == {"data_key", "ledger_key", "destroyed_key"}


def test_a_key_made_or_destroyed_while_the_log_is_copied_leaves_no_wrong_key_in_the_copy(tmp_path: Path) -> None:
    """Keys are copied after the log: what is destroyed meanwhile is in neither."""
    ledger = filled(tmp_path / "here")

    def erase(_done: int, _of: int) -> None:
        with ledger.keys() as keys:
            keys.destroy(ANNA)

    ledger.back_up(tmp_path, step=erase)
    with examined(ledger.settings, tmp_path / "log", tmp_path / "keys", CODEC, told) as (found, _):
        assert (found.check.without_key, found.keys.open, len(found.keys.destroyed)) == (1, frozenset(), 1)
        assert found.faults == []


def test_the_master_key_is_in_no_copy(made: tuple[KeptLedger, Path]) -> None:
    ledger, copy = made
    secret = ledger.settings.master_key_path.read_bytes()
    for file in copy.rglob("*.gz"):
        assert secret not in gzip.decompress(file.read_bytes())


@pytest.mark.parametrize("keys", ["log", "log/keys", "."])
def test_log_and_keys_are_not_copied_to_the_same_place(
    made: tuple[KeptLedger, Path], tmp_path: Path, keys: str
) -> None:
    with pytest.raises(BackupError, match="places apart"):
        back_up(made[0].settings, tmp_path / "log", tmp_path / keys, at=EVENING, step=told)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_not_laid_over_another(made: tuple[KeptLedger, Path]) -> None:
    with pytest.raises(BackupError, match="not empty"):
        made[0].back_up(made[1])


def test_a_folder_that_was_there_before_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "open to all"
    folder.mkdir()
    folder.chmod(0o755)
    BackupFolder(folder).create()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_where_there_is_no_ledger_nothing_is_copied_and_nothing_made(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="There is no ledger yet"):
        KeptLedger(tmp_path / "here").back_up(tmp_path)
    assert list((tmp_path / "here").iterdir()) == []


def test_the_tables_of_an_earlier_release_are_migrated_before_they_are_copied(tmp_path: Path) -> None:
    ledger = KeptLedger(tmp_path / "here")
    lay_out("0.1.0", ledger.settings.data_dir)
    with pytest.raises(SchemaOldError):
        ledger.back_up(tmp_path)


def test_a_whole_copy_has_no_fault_and_checking_it_changes_nothing(elsewhere: KeptLedger, copy: Path) -> None:
    assert faults(elsewhere, copy) == []
    assert [file.name for file in elsewhere.settings.data_dir.iterdir()] == ["master.key"]


@pytest.mark.parametrize("name", ["log/event", "log/statement", "keys/data_key"])
def test_a_flipped_bit_is_found_in_any_file(elsewhere: KeptLedger, copy: Path, name: str) -> None:
    path = copy / f"{name}.rows.gz"
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    with pytest.raises(BackupError, match="is not as it was written"):
        elsewhere.restore(copy)


def test_a_missing_file_and_a_copy_that_was_not_finished_are_no_backup(elsewhere: KeptLedger, copy: Path) -> None:
    (copy / "log" / "fact.rows.gz").unlink()
    with pytest.raises(BackupError, match=r"fact\.rows\.gz is missing"):
        elsewhere.restore(copy)
    (copy / "log" / MANIFEST).unlink()
    with pytest.raises(BackupError, match="no finished backup"):
        elsewhere.restore(copy)


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("event", b"visit.checked_in", b"visit.checked_up", "event 5: other"),
        ("event", b'"version":2', b'"version":4', "event 2: other"),
        ("fact", b"shower", b"sh0wer", "fact_register sh0wer: surplus"),
        ("statement", b"as closed first", b"as closed ahead", "statement"),
    ],
    ids=["an event nobody knows", "an event out of its place", "the register", "a statement"],
)
def test_a_copy_that_was_made_to_look_whole_is_found_out(
    elsewhere: KeptLedger, copy: Path, name: str, old: bytes, new: bytes, fault: str
) -> None:
    rewritten(copy, name, old, new)
    assert any(fault in found for found in faults(elsewhere, copy))
    with pytest.raises(BackupError, match="The backup has faults"):
        elsewhere.restore(copy)
    assert [file.name for file in elsewhere.settings.data_dir.iterdir()] == ["master.key"]


def test_nothing_is_restored_without_the_master_key_of_its_time(elsewhere: KeptLedger, copy: Path) -> None:
    path = elsewhere.settings.master_key_path
    path.unlink()
    with pytest.raises(MasterKeyError, match="is missing"):
        elsewhere.restore(copy)
    path.write_bytes(bytes(32))
    path.chmod(0o400)
    with pytest.raises(BackupError, match="another master key"):
        elsewhere.restore(copy)


def test_keys_older_than_the_log_and_keys_of_another_ledger_are_refused(
    elsewhere: KeptLedger, copy: Path, tmp_path: Path
) -> None:
    later = filled(tmp_path / "other")
    later.back_up(tmp_path / "others", at=MORNING)
    shutil.rmtree(copy / "log")
    shutil.copytree(tmp_path / "others" / "log", copy / "log")
    with pytest.raises(BackupError, match="another ledger"):
        elsewhere.restore(copy)
    later.back_up(tmp_path / "earlier", at=EVENING)
    shutil.copytree(tmp_path / "earlier" / "keys", tmp_path / "others" / "keys", dirs_exist_ok=True)
    with pytest.raises(BackupError, match="copied before the log"):
        later.restore(tmp_path / "others", replace=True)
