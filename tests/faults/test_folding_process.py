"""The process that folds for a server: it begins and ends with it, and comes back where it ended by itself."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from api.bootstrap import House, build
from domain.admission.values import WithdrawalReason
from domain.office.act import Act
from domain.office.admission import withdraw_admission
from infra.projector import Projector
from infra.settings import PROCESS, Settings
from infra.telemetry import REGISTRY
from projections.projection import PROJECTION_POSITION
from tests.faults.server import ServerProcess

pytestmark = pytest.mark.api
"""The real app, as it is started."""
WITHIN_S = 30.0
NAME = "somebody"


@contextmanager
def serving(settings: Settings) -> Iterator[House]:
    """A house as a server has it, without the web."""
    house = build(replace(settings, fold=PROCESS))
    house.start()
    try:
        yield house
    finally:
        house.close()


def write(house: House, name: str = NAME) -> int:
    """Let the office decide something, and give the log's last position."""
    act = Act(actor="admin/ada")
    house.writer.write([withdraw_admission(name, reason=WithdrawalReason.LEFT, act=act)])
    return house.log.head()[0]


def folded() -> float:
    """How many events this process has counted as folded."""
    return REGISTRY.get_sample_value("visitledger_events_folded_total", {"projection": "facts"}) or 0.0


def process_of(house: House) -> int:
    """The process that folds for a house, once there is one."""
    assert house.folding is not None
    deadline = time.monotonic() + WITHIN_S
    while (found := house.folding.process_id) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def is_gone(process_id: int) -> bool:
    """Whether a process has ended."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return True
    return state.rpartition(")")[2].split()[0] == "Z"


def wait_until_gone(process_id: int) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_gone(process_id):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_written_is_folded_by_another_process_and_counted_by_the_server(store_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, store_url=store_url if store_url.startswith("postgresql") else "")
    before = folded()
    with serving(settings) as house:
        assert house.projector.wait_until(write(house), WITHIN_S)
        began_s = time.monotonic()
        assert house.projector.wait_until(last := write(house, "somebody else"), WITHIN_S)
        assert time.monotonic() - began_s < WITHIN_S / 10
        assert process_of(house) != os.getpid()
        with house.read_database.connect() as db:
            assert {row.position for row in db.execute(PROJECTION_POSITION.select())} == {last}
    assert folded() - before == last
    assert house.folding is not None
    assert house.folding.process_id is None


def test_who_asks_the_server_to_catch_up_waits_for_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Settings(data_dir=tmp_path)) as house:
        process_of(house)
        monkeypatch.setattr(Projector, "_take", _fold_nothing)
        last = write(house)
        assert house.projector.catch_up() == last


def _fold_nothing(*_: object) -> None:
    """In the place of folding in the server itself."""
    raise AssertionError("The server folded.")


def test_a_process_that_is_killed_is_followed_by_another_and_no_event_is_folded_twice(tmp_path: Path) -> None:
    before = folded()
    with serving(Settings(data_dir=tmp_path)) as house:
        assert house.projector.wait_until(write(house), WITHIN_S)
        os.kill(first := process_of(house), signal.SIGKILL)
        assert house.projector.wait_until(last := write(house, "somebody else"), WITHIN_S)
        assert process_of(house) != first
    assert folded() - before == last


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_the_process_ends_with_its_server_however_that_ends(tmp_path: Path, how: str) -> None:
    server = ServerProcess(Settings(data_dir=tmp_path, fold=PROCESS))
    server.start()
    [process_id] = children_of(server.process_id)
    getattr(server, how)()
    wait_until_gone(process_id)


def children_of(process_id: int) -> list[int]:
    """The processes that a process has started, once there are any."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        lists = Path(f"/proc/{process_id}/task").glob("*/children")
        if found := [int(child) for each in lists for child in each.read_text(encoding="ascii").split()]:
            return found
        assert time.monotonic() < deadline
        time.sleep(0.01)
