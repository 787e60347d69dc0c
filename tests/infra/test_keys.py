"""Data keys: one for each person and class, on disk before they are used, gone for good when destroyed."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from domain.ids import PersonId
from domain.ports import SealClass
from infra.durable_database import prepare_sqlite
from infra.key_tables import ErasureIncompleteError
from infra.keys import (
    CACHE_SECONDS_MAX,
    KeySlot,
    KeyStore,
    open_key_store,
)
from infra.master_key import HeldMasterKey, KeysUnavailableError, MasterKeyError
from infra.master_key_file import load_or_create_master_key

MASTER_KEY = bytes(range(32))
ANNA = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a01")
BO = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a02")
IDENTITY, SENSITIVE, POSITION = SealClass.IDENTITY, SealClass.SENSITIVE, SealClass.POSITION
MARCH = datetime(2025, 3, 31, 23, 59, tzinfo=UTC)
APRIL = datetime(2025, 4, 1, 0, 0, tzinfo=UTC)

Start = Callable[..., KeyStore]
Given = TypeVar("Given")
Made = TypeVar("Made")


@pytest.fixture
def start() -> Iterator[Start]:
    """Opens key stores, as another start or another process would, and closes them afterwards."""
    with ExitStack() as opened:
        yield lambda url, key=MASTER_KEY, **options: opened.enter_context(
            closing(KeyStore(url, HeldMasterKey(key), **options))
        )


@pytest.fixture
def keys(start: Start, store_url: str) -> KeyStore:
    return start(store_url)


def wrapped_keys(url: str) -> list[bytes]:
    """Read what the database holds, behind the store's back."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as db:
        return list(db.scalars(sa.text("SELECT wrapped FROM data_key")))


def execute(url: str, statement: str) -> None:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as db:
        db.execute(sa.text(statement))


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


def at_once(make: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
    """Call `make` with each of the given in a thread of its own, all at the same moment."""
    barrier = Barrier(len(given))

    def wait_and_make(one: Given) -> Made:
        barrier.wait()
        return make(one)

    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(wait_and_make, given))


class TestMaking:
    def test_a_person_keeps_a_key_over_a_restart(self, start: Start, store_url: str, keys: KeyStore) -> None:
        key = keys.key_for(ANNA, IDENTITY, MARCH)
        sealed = key.cipher.encrypt(bytes(12), b"Anna", None)
        assert keys.key_for(ANNA, IDENTITY, APRIL) == key
        again = start(store_url).key_for(ANNA, IDENTITY, APRIL)
        assert (again, again.cipher.decrypt(bytes(12), sealed, None)) == (key, b"Anna")

    def test_each_person_and_class_has_a_key_of_its_own(self, keys: KeyStore) -> None:
        made = [keys.key_for(person, seal_class, MARCH) for person in (ANNA, BO) for seal_class in SealClass]
        assert len({key.key_id for key in made}) == 6
        assert len({key.cipher.encrypt(bytes(12), b"same", None) for key in made}) == 6

    def test_only_positions_have_a_key_for_each_month(self, keys: KeyStore) -> None:
        march, april = keys.key_for(ANNA, POSITION, MARCH), keys.key_for(ANNA, POSITION, APRIL)
        assert (march.generation, april.generation) == (202503, 202504)
        assert march.key_id != april.key_id
        assert keys.key_for(ANNA, POSITION, MARCH) == march
        assert keys.key_for(ANNA, SENSITIVE, MARCH).generation == keys.key_for(ANNA, SENSITIVE, APRIL).generation == 1

    def test_the_month_of_a_position_is_counted_in_utc(self, keys: KeyStore) -> None:
        assert keys.key_for(ANNA, POSITION, APRIL.replace(tzinfo=timezone(timedelta(hours=2)))).generation == 202503

    def test_the_latest_generation_is_the_one_in_use(self, start: Start, store_url: str, keys: KeyStore) -> None:
        first = keys.key_for(ANNA, IDENTITY, MARCH)
        columns = "person_id, seal_class, wrapped, created_at"
        copy = f"(key_id, generation, {columns}) SELECT 'second', 2, {columns} FROM data_key"
        execute(store_url, f"INSERT INTO data_key {copy}")
        later = start(store_url)
        assert later.key_for(ANNA, IDENTITY, MARCH).key_id == "second"
        assert later.find(first.key_id) == first

    def test_a_key_is_committed_before_it_is_handed_out(self, start: Start, store_url: str, keys: KeyStore) -> None:
        other_process = start(store_url)
        assert other_process.find(keys.key_for(ANNA, IDENTITY, MARCH).key_id) is not None

    def test_many_keys_are_made_at_once_and_those_that_exist_are_kept(self, keys: KeyStore) -> None:
        annas = keys.key_for(ANNA, IDENTITY, MARCH)
        slots: list[KeySlot] = [(PersonId(f"person {number}"), SENSITIVE) for number in range(50)]
        many = keys.keys_for([*slots, (ANNA, IDENTITY), (ANNA, IDENTITY)], MARCH)
        assert set(many) == {*slots, (ANNA, IDENTITY)}
        assert many[ANNA, IDENTITY] == annas
        assert all(keys.key_for(person, seal_class, MARCH) == many[person, seal_class] for person, seal_class in slots)

    def test_many_keys_are_made_or_none(self, store_url: str, keys: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("infra.keys.secrets.token_urlsafe", lambda _length: "always the same id")
        with pytest.raises(KeysUnavailableError):
            keys.keys_for([(ANNA, IDENTITY), (BO, IDENTITY)], MARCH)
        assert wrapped_keys(store_url) == []

    def test_all_that_make_the_same_keys_at_once_get_the_same(self, start: Start, store_url: str) -> None:
        slots: list[KeySlot] = [(PersonId(f"person {number}"), IDENTITY) for number in range(40)]
        orders = [slots, slots[::-1], slots + slots, slots[20:] + slots[:20]]
        results = at_once(lambda ask: ask[0].keys_for(ask[1], MARCH), [(start(store_url), order) for order in orders])
        assert len(wrapped_keys(store_url)) == len(slots)
        assert all(result == results[0] for result in results)

    def test_threads_of_one_store_that_make_the_same_key_get_the_same(self, keys: KeyStore) -> None:
        assert len(set(at_once(lambda at: keys.key_for(ANNA, IDENTITY, at).key_id, [MARCH] * 8))) == 1


class TestAtRest:
    def test_keys_lie_in_the_database_only_wrapped(self, start: Start, sqlite_url: str, tmp_path: Path) -> None:
        store = start(sqlite_url)
        assert "cipher" not in repr(store.key_for(ANNA, IDENTITY, MARCH))
        ledger_secret = store.ledger_key("fact-digest")
        [wrapped] = wrapped_keys(sqlite_url)
        parts = (wrapped, aes_key_unwrap(MASTER_KEY, wrapped), ledger_secret)
        assert [part in bytes_on_disk(tmp_path) for part in parts] == [True, False, False]

    @pytest.mark.parametrize("use", ["data key", "ledger key"])
    def test_another_master_key_is_refused_at_the_start(self, start: Start, store_url: str, use: str) -> None:
        store = start(store_url)
        _ = store.key_for(ANNA, IDENTITY, MARCH) if use == "data key" else store.ledger_key("token")
        with pytest.raises(MasterKeyError, match="another master key"):
            start(store_url, MASTER_KEY[::-1])

    @pytest.mark.parametrize("length", [0, 16, 31, 33])
    def test_a_master_key_of_another_length_is_refused(self, start: Start, sqlite_url: str, length: int) -> None:
        with pytest.raises(MasterKeyError, match="32 bytes"):
            start(sqlite_url, bytes(length))

    def test_sqlite_is_told_to_be_durable_and_to_overwrite_what_is_deleted(self, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "keys.db")) as connection:
            connection.executescript("PRAGMA synchronous=OFF; PRAGMA secure_delete=OFF")
            prepare_sqlite(connection, None)
            names = ("journal_mode", "synchronous", "secure_delete")
            settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
        assert settings == ["wal", 2, 1]  # 2 is FULL, 1 is ON

    def test_a_database_that_does_not_answer_is_named_as_such(self, start: Start, sqlite_url: str) -> None:
        store = start(f"{sqlite_url}?timeout=0.05")
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(KeysUnavailableError):
                store.key_for(ANNA, IDENTITY, MARCH)
        assert store.key_for(ANNA, IDENTITY, MARCH).person_id == ANNA


class TestDestroying:
    def test_a_destroyed_class_is_gone_and_the_persons_other_classes_stay(self, keys: KeyStore) -> None:
        gone = [keys.key_for(ANNA, POSITION, MARCH), keys.key_for(ANNA, POSITION, APRIL)]
        kept = [keys.key_for(ANNA, IDENTITY, MARCH), keys.key_for(BO, POSITION, MARCH)]
        assert keys.destroy(ANNA, POSITION) == 2
        assert [keys.find(key.key_id) for key in gone] == [None, None]
        assert [keys.find(key.key_id) for key in kept] == kept

    def test_destroying_a_person_takes_every_class_and_may_be_repeated(self, keys: KeyStore) -> None:
        made = [keys.key_for(ANNA, seal_class, MARCH) for seal_class in SealClass]
        assert (keys.destroy(ANNA), keys.destroy(ANNA)) == (3, 0)
        assert [keys.find(key.key_id) for key in made] == [None, None, None]
        assert keys.key_for(ANNA, IDENTITY, MARCH) not in made

    def test_a_destroyed_key_leaves_no_byte_in_any_file(self, start: Start, sqlite_url: str, tmp_path: Path) -> None:
        store = start(sqlite_url)
        store.key_for(ANNA, IDENTITY, MARCH)
        [wrapped] = wrapped_keys(sqlite_url)
        assert wrapped in bytes_on_disk(tmp_path)
        store.destroy(ANNA)
        assert wrapped not in bytes_on_disk(tmp_path)

    def test_a_reader_that_keeps_the_bytes_is_reported(self, start: Start, sqlite_url: str, tmp_path: Path) -> None:
        store = start(f"{sqlite_url}?timeout=0.05")
        store.key_for(ANNA, IDENTITY, MARCH)
        [wrapped] = wrapped_keys(sqlite_url)
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM data_key").fetchall()
            with pytest.raises(ErasureIncompleteError):
                store.destroy(ANNA)
        store.destroy(ANNA)
        assert wrapped not in bytes_on_disk(tmp_path)

    def test_another_process_forgets_within_a_minute(self, start: Start, store_url: str, keys: KeyStore) -> None:
        now = [0.0]
        elsewhere = start(store_url, seconds=lambda: now[0])
        key = elsewhere.key_for(ANNA, IDENTITY, MARCH)
        assert elsewhere.find(key.key_id) == key
        keys.destroy(ANNA)
        now[0] = CACHE_SECONDS_MAX
        assert elsewhere.find(key.key_id) is None
        assert elsewhere.key_for(ANNA, IDENTITY, MARCH).key_id != key.key_id

    def test_keys_in_memory_are_bounded(self, keys: KeyStore, store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("infra.keys.CACHE_KEYS_MAX", 2)
        annas = keys.key_for(ANNA, IDENTITY, MARCH)
        assert keys.find(annas.key_id) == annas
        execute(store_url, "DELETE FROM data_key")
        assert keys.find(annas.key_id) == annas  # from memory
        keys.key_for(BO, IDENTITY, MARCH)
        keys.key_for(BO, SENSITIVE, MARCH)
        assert keys.find(annas.key_id) is None


class TestLedgerKeys:
    def test_each_purpose_has_a_lasting_secret_of_its_own(self, start: Start, store_url: str, keys: KeyStore) -> None:
        digest, quarantine = keys.ledger_key("fact-digest"), keys.ledger_key("quarantine")
        assert (len(digest), digest != quarantine) == (32, True)
        keys.destroy(ANNA)
        keys.destroy(PersonId("fact-digest"))
        assert start(store_url).ledger_key("fact-digest") == keys.ledger_key("fact-digest") == digest

    def test_all_that_ask_first_at_once_get_the_same_secret(self, start: Start, store_url: str) -> None:
        stores = [start(store_url) for _ in range(4)]
        assert len(set(at_once(lambda store: store.ledger_key("token"), stores))) == 1


class TestMasterKeyFile:
    def test_it_is_made_once_for_its_owner_only(self, tmp_path: Path) -> None:
        path = tmp_path / "master.key"
        key = load_or_create_master_key(path)
        assert (len(key), path.stat().st_mode & 0o7777) == (32, 0o400)
        assert load_or_create_master_key(path) == key
        assert load_or_create_master_key(tmp_path / "other.key") != key

    @pytest.mark.parametrize("mode", [0o600, 0o440, 0o404, 0o500, 0o777])
    def test_one_with_a_wider_mode_is_refused_with_the_command_that_mends_it(self, tmp_path: Path, mode: int) -> None:
        path = tmp_path / "master key"
        load_or_create_master_key(path)
        path.chmod(mode)
        with pytest.raises(MasterKeyError) as refused:
            load_or_create_master_key(path)
        assert f"chmod 0400 '{path}'" in str(refused.value)

    @pytest.mark.parametrize("length", [0, 31, 33])
    def test_one_of_a_wrong_length_is_refused_and_left_as_it_is(self, tmp_path: Path, length: int) -> None:
        path = tmp_path / "master.key"
        path.write_bytes(b"k" * length)
        path.chmod(0o400)
        with pytest.raises(MasterKeyError, match="does not hold 32 bytes"):
            load_or_create_master_key(path)
        assert path.read_bytes() == b"k" * length

    def test_all_that_start_first_at_once_read_one_key_and_leave_no_other_file(self, tmp_path: Path) -> None:
        assert len(set(at_once(load_or_create_master_key, [tmp_path / "master.key"] * 8))) == 1
        assert os.listdir(tmp_path) == ["master.key"]

    def test_a_start_that_fails_leaves_no_half_key(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_descriptor: int) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="disk full"):
            load_or_create_master_key(tmp_path / "master.key")
        assert os.listdir(tmp_path) == []

    @pytest.mark.parametrize("use", ["data key", "ledger key"])
    def test_a_missing_file_is_never_replaced_under_keys(self, sqlite_url: str, tmp_path: Path, use: str) -> None:
        path = tmp_path / "master.key"
        with closing(open_key_store(sqlite_url, f"file:{path}")) as store:
            _ = store.key_for(ANNA, IDENTITY, MARCH) if use == "data key" else store.ledger_key("token")
        shutil.move(path, tmp_path / "backup")
        with pytest.raises(MasterKeyError, match="Bring it back"):
            open_key_store(sqlite_url, f"file:{path}")
        assert not path.exists()
        shutil.move(tmp_path / "backup", path)
        open_key_store(sqlite_url, f"file:{path}").close()
