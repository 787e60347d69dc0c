"""Where the master key may be: in a file, in a variable of the environment, or with another program."""

import os
import shlex
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.ids import PersonId
from domain.ports import SealClass
from infra.key_program import PAUSE_S, KeyProgram
from infra.keys import KeyStore, open_key_store
from infra.master_key import HeldMasterKey, KeysUnavailableError, MasterKeyError
from infra.master_key_place import master_key_at

pytestmark = pytest.mark.faults

KEY, OTHER_KEY = bytes(range(32)), bytes(range(32, 64))
SECRETS = [bytes([number]) * 32 for number in (1, 2, 3)]
ANNA = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a01")
MARCH = datetime(2025, 3, 31, tzinfo=UTC)
SERVICE = """
import sys
from base64 import b64decode, b64encode
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

key, runs, verb = bytes.fromhex(sys.argv[1]), sys.argv[2], sys.argv[3]
with open(runs, "a") as file:
    print(verb, file=file)
try:
    for line in sys.stdin:
        print(b64encode((aes_key_wrap if verb == "wrap" else aes_key_unwrap)(key, b64decode(line))).decode())
except InvalidUnwrap:
    sys.exit(3)
"""
"""A key service's client, as an operator would write one."""

Command = Callable[[bytes], str]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The place of a master key that another program holds. The runs are told in `runs`."""
    script = tmp_path / "key service.py"
    script.write_text(SERVICE, encoding="utf-8")
    return lambda key: "command:" + shlex.join([sys.executable, str(script), key.hex(), str(tmp_path / "runs")])


@pytest.mark.parametrize(
    "value",
    [KEY.hex(), KEY.hex().upper(), urlsafe_b64encode(KEY).decode(), urlsafe_b64encode(KEY).decode().rstrip("=")],
)
def test_a_key_from_the_environment_is_read_once_and_taken_out_of_it(value: str) -> None:
    environ = {"LEDGER_KEY": value, "OTHER": "stays"}
    key = master_key_at("env:LEDGER_KEY", environ=environ)
    assert key.unwrap(HeldMasterKey(KEY).wrap(SECRETS)) == SECRETS
    assert environ == {"OTHER": "stays"}


@pytest.mark.parametrize("value", ["", KEY.hex()[:-2], KEY.hex() + "00", "kanarie" * 7, "_" * 43, KEY.hex() + "\n"])
def test_a_key_from_the_environment_that_is_none_is_refused_by_the_name_of_its_variable(value: str) -> None:
    with pytest.raises(MasterKeyError) as refused:
        master_key_at("env:LEDGER_KEY", environ={"LEDGER_KEY": value})
    assert str(refused.value) == ("LEDGER_KEY does not hold a master key: 32 bytes in base64url or hexadecimal digits.")


@pytest.mark.parametrize("place", ["master.key", "file:", "env:", "env:A B", "command:", "command:'a", "vault:a", ":a"])
def test_a_place_that_is_none_is_told_what_it_takes(place: str) -> None:
    with pytest.raises(MasterKeyError, match="file:PATH, env:NAME or command:PROGRAM"):
        master_key_at(place)


def test_a_missing_file_is_made_only_where_there_are_no_keys_yet(tmp_path: Path) -> None:
    place = f"file:{tmp_path / 'elsewhere.key'}"
    with pytest.raises(MasterKeyError, match="is missing"):
        master_key_at(place)
    made = master_key_at(place, may_create=True)
    assert master_key_at(place).unwrap(made.wrap(SECRETS)) == SECRETS


def test_a_program_wraps_every_key_and_is_asked_once_for_all_that_are_wanted_together(
    command: Command, sqlite_url: str, tmp_path: Path
) -> None:
    slots = [(ANNA, seal_class) for seal_class in SealClass]
    with closing(open_key_store(sqlite_url, command(KEY))) as store:
        made = store.keys_for(slots, MARCH)
    assert runs(tmp_path) == ["wrap", "unwrap", "wrap"]  # its proof, and that it can be opened; all keys
    with closing(open_key_store(sqlite_url, command(KEY))) as store:
        assert [store.find(key.key_id) for key in made.values()] == list(made.values())
        assert store.keys_for(slots, MARCH) == made
    assert runs(tmp_path)[3:] == ["unwrap", "unwrap", "unwrap"]  # the proof, what is read, what is sealed


def runs(folder: Path) -> list[str]:
    return (folder / "runs").read_text(encoding="utf-8").split()


def test_a_program_with_another_key_is_refused_at_the_start(command: Command, sqlite_url: str) -> None:
    with closing(open_key_store(sqlite_url, command(KEY))) as store:
        store.ledger_key("fact-digest")
    with pytest.raises(MasterKeyError, match="another master key"):
        open_key_store(sqlite_url, command(OTHER_KEY))
    open_key_store(sqlite_url, command(KEY)).close()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 7", "ended with 7 at wrap"),
        ("exec sleep 9", "did not answer within 0.2 seconds"),
        ("cat; echo kanarie", "did not answer with 3 lines of base64"),
        ("true", "did not answer with 3 lines of base64"),
        ("echo; echo; echo", "did not answer with 3 lines of base64"),
        ("echo kanarie; echo å; echo kanarie", "did not answer with 3 lines of base64"),
    ],
)
def test_a_program_that_does_not_answer_is_told_in_one_line_without_what_it_said(script: str, told: str) -> None:
    program = KeyProgram(["sh", "-c", script], answer_s_max=0.2)
    with pytest.raises(KeysUnavailableError, match=told) as refused:
        program.wrap(SECRETS)
    assert "kanarie" not in str(refused.value)


def test_a_program_that_gives_keys_of_another_length_is_not_believed() -> None:
    with pytest.raises(KeysUnavailableError, match="has not 32 bytes"):
        KeyProgram(["sh", "-c", "echo AAAA"]).unwrap([b"wrapped"])


def test_a_program_that_is_not_there_is_told_so() -> None:
    with pytest.raises(KeysUnavailableError, match=r"cannot be run \(FileNotFoundError\)"):
        KeyProgram(["/no/such/program"]).wrap(SECRETS)


def test_a_program_that_failed_is_left_alone_for_a_moment_and_then_asked_again(tmp_path: Path) -> None:
    now, mended = [0.0], tmp_path / "mended"
    program = KeyProgram(["sh", "-c", f"test -e {mended} && cat"], seconds=lambda: now[0])
    for _ in range(2):
        with pytest.raises(KeysUnavailableError):
            program.wrap(SECRETS)
        mended.touch()
    now[0] = PAUSE_S
    assert program.wrap(SECRETS) == SECRETS


def test_keys_are_not_ready_while_the_program_is_away_and_known_keys_go_on(tmp_path: Path, sqlite_url: str) -> None:
    now, away = [0.0], tmp_path / "away"
    program = KeyProgram(["sh", "-c", f"test ! -e {away} && cat"], seconds=lambda: now[0])
    with closing(KeyStore(sqlite_url, program, seconds=lambda: now[0])) as store:
        key = store.key_for(ANNA, SealClass.IDENTITY, MARCH)
        away.touch()
        assert store.key_for(ANNA, SealClass.IDENTITY, MARCH) == key
        now[0] = 60.0
        with pytest.raises(KeysUnavailableError):
            store.check()
        with pytest.raises(KeysUnavailableError):
            store.find(key.key_id)
        away.unlink()
        now[0] += PAUSE_S
        store.check()
        assert store.find(key.key_id) == key


def test_the_variable_of_a_real_environment_is_gone_after_the_start(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_KEY", KEY.hex())
    open_key_store(sqlite_url, "env:LEDGER_KEY").close()
    assert "LEDGER_KEY" not in os.environ
