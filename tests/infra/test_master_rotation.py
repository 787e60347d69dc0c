"""One master key follows another beside servers that go on, and whatever is killed or restored, no key is lost."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.ids import PersonId
from domain.ports import SealClass
from infra.backup_files import BackupError
from infra.keys import CACHE_SECONDS_MAX, KeyStore
from infra.master_key import HeldMasterKey, MasterKeyError
from infra.master_key_place import master_key_at
from infra.master_rotation import Rotated, rotate_master
from tests.infra.kept_ledger import ANNA, BO, EVENING, KeptLedger, filled, told

OLD, NEW, THIRD = (HeldMasterKey(bytes([number]) * 32) for number in (1, 2, 3))
MARCH = datetime(2025, 3, 31, tzinfo=UTC)
PERSONS = [PersonId(f"6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a{number:02}") for number in range(1, 5)]
IDENTITY = SealClass.IDENTITY
LEDGER_KEYS = 1


class KilledError(Exception):
    """In the place of a power cut between two batches."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.master_rotation.KEYS_PER_BATCH", 1)


class Filled:
    """A key database under the old master key, and what its keys are called."""

    def __init__(self, url: str) -> None:
        self.url = url
        with closing(KeyStore(url, OLD)) as store:
            self.keys = store.keys_for([(person, IDENTITY) for person in PERSONS], MARCH)
            self.secret = store.ledger_key("fact-digest")

    def opens_with(self, *master_keys: HeldMasterKey) -> bool:
        try:
            with closing(KeyStore(self.url, *master_keys)) as store:
                return (
                    all(store.find(key.key_id) == key for key in self.keys.values())
                    and store.ledger_key("fact-digest") == self.secret
                )
        except MasterKeyError:
            return False

    def column(self, query: str) -> list[object]:
        with sa.create_engine(self.url, poolclass=sa.NullPool).connect() as db:
            return list(db.scalars(sa.text(query)))


@pytest.fixture
def kept(store_url: str) -> Filled:
    return Filled(store_url)


@pytest.fixture
def stores() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_every_key_opens_with_the_new_master_key_and_none_with_the_old_one(kept: Filled) -> None:
    assert kept.opens_with(OLD)
    done = rotate_master(kept.url, [OLD], NEW, told)
    assert done == Rotated(generation=2, keys=len(PERSONS) + LEDGER_KEYS)
    assert (kept.opens_with(NEW), kept.opens_with(OLD)) == (True, False)
    assert kept.column("SELECT generation FROM master_key") == [2]
    assert rotate_master(kept.url, [NEW], NEW, told) == Rotated(generation=2, keys=0)
    assert rotate_master(kept.url, [NEW], OLD, told).generation == 3
    assert kept.opens_with(OLD)


@pytest.mark.parametrize("batches", range(1, len(PERSONS) + LEDGER_KEYS + 1))
def test_a_rotation_that_is_killed_loses_no_key_and_goes_on_from_there(kept: Filled, batches: int) -> None:
    def kill(done: int, _of: int) -> None:
        if done == batches:
            raise KilledError

    with pytest.raises(KilledError):
        rotate_master(kept.url, [OLD], NEW, kill)
    assert kept.opens_with(OLD, NEW)
    assert kept.opens_with(NEW, OLD)
    assert not kept.opens_with(OLD)
    assert rotate_master(kept.url, [OLD], NEW, told).keys == len(PERSONS) + LEDGER_KEYS - batches
    assert kept.opens_with(NEW)


def test_a_third_master_key_takes_over_from_a_killed_rotation_only_with_both_at_hand(kept: Filled) -> None:
    def kill(_done: int, _of: int) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        rotate_master(kept.url, [OLD], NEW, kill)
    before = kept.column("SELECT wrapped FROM data_key ORDER BY key_id")
    with pytest.raises(MasterKeyError, match="another master key"):
        rotate_master(kept.url, [OLD], THIRD, told)
    assert kept.column("SELECT wrapped FROM data_key ORDER BY key_id") == before
    assert kept.column("SELECT max(generation) FROM master_key") == [2]
    rotate_master(kept.url, [OLD, NEW], THIRD, told)
    assert kept.opens_with(THIRD)


def test_a_server_that_knows_both_goes_on_and_what_it_makes_meanwhile_is_under_the_new_one(
    kept: Filled, stores: ExitStack
) -> None:
    server = stores.enter_context(closing(KeyStore(kept.url, OLD, NEW)))
    later = [PersonId(f"later-{number}") for number in range(1, 6)]

    def serve(done: int, _of: int) -> None:
        server.key_for(later[done - 1], IDENTITY, MARCH)
        assert all(server.find(key.key_id) == key for key in kept.keys.values())

    rotate_master(kept.url, [OLD], NEW, serve)
    made = [server.key_for(person, IDENTITY, MARCH) for person in later]
    assert kept.column("SELECT DISTINCT master_generation FROM data_key") == [2]
    with closing(KeyStore(kept.url, NEW)) as started:
        assert [started.find(key.key_id) for key in made] == made


def test_a_server_that_does_not_know_the_new_one_says_so_and_makes_no_key(kept: Filled, stores: ExitStack) -> None:
    now = [0.0]
    server = stores.enter_context(closing(KeyStore(kept.url, OLD, seconds=lambda: now[0])))
    rotate_master(kept.url, [OLD], NEW, told)
    with pytest.raises(MasterKeyError):
        server.key_for(PersonId("later"), IDENTITY, MARCH)
    now[0] = CACHE_SECONDS_MAX
    with pytest.raises(MasterKeyError):
        server.check()
    assert len(kept.column("SELECT key_id FROM data_key")) == len(PERSONS)


def test_what_the_old_master_key_opens_is_in_no_file_after_it_while_a_server_goes_on(
    sqlite_url: str, stores: ExitStack, tmp_path: Path
) -> None:
    kept = Filled(sqlite_url)
    stores.enter_context(closing(KeyStore(sqlite_url, OLD, NEW)))
    old = [bytes(each) for each in kept.column("SELECT wrapped FROM data_key") if isinstance(each, bytes)]
    assert len(old) == len(PERSONS)
    rotate_master(sqlite_url, [OLD], NEW, told)
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert [wrapped for wrapped in old if wrapped in stored] == []


@pytest.fixture
def rotated(tmp_path: Path) -> KeptLedger:
    """A ledger that was copied, and then put under another master key. Both are named, the new one first."""
    ledger = filled(tmp_path / "here")
    ledger.back_up(tmp_path)
    old, new = f"file:{ledger.settings.master_key_path}", f"file:{tmp_path / 'new.key'}"
    rotate_master(ledger.settings.keys_url, [master_key_at(old)], master_key_at(new, may_create=True), told)
    ledger.settings = replace(ledger.settings, master_key=new, master_key_other=old)
    return ledger


def test_a_backup_from_before_is_put_back_with_the_old_master_key_at_hand(rotated: KeptLedger, tmp_path: Path) -> None:
    with rotated.keys() as keys:
        secret, key = keys.ledger_key("fact-digest"), keys.key_for(ANNA, IDENTITY, EVENING)
        keys.key_for(BO, IDENTITY, EVENING)
    _, restored = rotated.restore(tmp_path, replace=True)
    assert (restored.keys.added, restored.keys.withheld) == (0, 0)
    (rotated.settings.data_dir / "keys.db").unlink()
    _, restored = rotated.restore(tmp_path, replace=True)
    assert (restored.keys.added, restored.keys.withheld) == (1, 0)
    rotated.settings = replace(rotated.settings, master_key_other="")
    with rotated.keys() as keys:
        assert (keys.ledger_key("fact-digest"), keys.find(key.key_id)) == (secret, key)


def test_a_person_erased_after_the_rotation_stays_erased_when_a_backup_from_before_is_put_back(
    rotated: KeptLedger, tmp_path: Path
) -> None:
    with rotated.keys() as keys:
        keys.destroy(ANNA)
    _, restored = rotated.restore(tmp_path, replace=True)
    assert (restored.keys.added, restored.keys.withheld) == (0, 1)
    assert rotated.key_ids() == set()


def test_a_backup_from_before_is_refused_without_the_old_master_key(rotated: KeptLedger, tmp_path: Path) -> None:
    rotated.settings = replace(rotated.settings, master_key_other="")
    before = rotated.rows()
    with pytest.raises(BackupError, match="under another master key"):
        rotated.restore(tmp_path, replace=True)
    assert rotated.rows() == before
