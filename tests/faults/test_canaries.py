"""What a person is called, where they live and what is written of them is found nowhere but where somebody may read it."""

import shutil
import struct
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from infra.settings import UNLIMITED, Settings
from tests.access.questions import QUESTIONS
from tests.canaries.erased import erase, opened
from tests.canaries.fields import PERSONAL, PLAIN, USED
from tests.canaries.places import NOTHING, STORED, files_below, misplaced
from tests.canaries.planted import found_in, number, planted, text
from tests.canaries.run import METRICS, Planted, command, plant

pytestmark = pytest.mark.domain
"""Properties of the whole product."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A ledger with a canary in every field, and all that came of it."""
    folder = tmp_path_factory.mktemp("canaries")
    return plant(Settings(data_dir=folder / "data", rates=UNLIMITED), folder)


def test_of_every_field_somebody_has_said_whether_it_is_personal(ledger: Planted) -> None:
    known = PERSONAL | PLAIN.keys() | USED
    assert sorted(ledger.fields - known) == []
    assert PERSONAL & PLAIN.keys() == set()


def test_every_personal_field_was_taken_in_and_sealed(ledger: Planted) -> None:
    assert sorted(PERSONAL - ledger.sealed) == []


def test_no_canary_is_where_it_may_not_be(ledger: Planted) -> None:
    wrong = {f"{place.name}: {sorted(found)}" for place in ledger.places if (found := misplaced(*place[1:]))}
    assert wrong == set()


def test_every_way_of_reading_was_answered(ledger: Planted) -> None:
    answered = {place.name.removeprefix("answer of ") for place in ledger.places}
    assert {each.route for each in QUESTIONS if each.method == "GET"} - answered == set()


def test_the_log_and_the_traces_have_told_of_it(ledger: Planted) -> None:
    (logs, traces) = ledger.places[-2:]
    assert logs.content.count(b'"event":"request"') > 500
    assert b"request_failed" in logs.content
    assert b"sqlalchemy" in logs.content
    assert traces.content.count(b"http.route") > 500


def test_the_metrics_were_asked_for_by_somebody_who_may_read_them_and_by_somebody_who_may_not(ledger: Planted) -> None:
    refused, told = (place.content for place in ledger.places if place.name == METRICS)
    assert b'"unauthenticated"' in refused
    assert b"# TYPE visitledger_" in told


def test_of_a_person_whose_keys_are_destroyed_nothing_opens_here_after_a_rebuild_or_from_the_last_backup(
    tmp_path: Path,
) -> None:
    settings, backup = Settings(data_dir=tmp_path / "data", rates=UNLIMITED), tmp_path / "backup"
    persons = erase(settings, backup)
    before = opened(settings, persons)
    assert (before.erased, before.others > 0) == (0, True)
    assert b"rebuilt through" in command("rebuild", "--data", str(settings.data_dir)).content
    assert (opened(settings, persons), misplaced_below(settings.data_dir)) == (before, set())

    elsewhere = replace(settings, data_dir=tmp_path / "elsewhere")
    elsewhere.data_dir.mkdir()
    shutil.copy(backup / "master.key", elsewhere.master_key_path)
    for there, keys in ((settings, "keys before"), (elsewhere, "keys after")):
        data = ("--data", str(there.data_dir), "--replace")
        restored = command("restore", str(backup / "log"), "--keys", str(backup / keys), *data)
        assert b"Restored through" in restored.content, restored.content
        assert (opened(there, persons), misplaced_below(there.data_dir)) == (before, set())


def misplaced_below(folder: Path) -> set[str]:
    return {field for _, content in files_below(folder) for field in misplaced(content, STORED)}


@pytest.mark.parametrize("field", ["clients.name", "clients.personnummer"])
def test_a_canary_is_seen_in_whatever_form(field: str) -> None:
    canary = text(field)
    plain = f"<{canary}>".encode()
    forms = [
        plain,
        plain.hex().encode(),
        plain.hex().upper().encode(),
        b64encode(plain),
        b64encode(b"." + plain),
        b64encode(b".." + plain),
        canary.encode("utf-16-be"),
        "".join(f"\\u{ord(letter):04X}" for letter in canary).encode(),
        canary.upper().encode(),
    ]
    assert [found_in(b"before " + form + b" after", planted(PERSONAL)) for form in forms] == [{field}] * len(forms)
    assert found_in(b"before and after", planted(PERSONAL)) == NOTHING


def test_a_canary_that_is_a_number_is_seen_as_it_is_written_and_as_a_database_keeps_it() -> None:
    field = "clients.home_position.lat"
    forms = [f'{{"lat":{number(field)}}}'.encode(), struct.pack("<d", number(field)), struct.pack(">d", number(field))]
    assert [found_in(b"before " + form, planted(PERSONAL)) for form in forms] == [{field}] * len(forms)
