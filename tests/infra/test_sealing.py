"""Envelopes: they open only with the key, in the ledger and at the place they were sealed for."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.ids import PersonId
from domain.ports import ERASED, EnvelopeTamperedError, Opener, SealClass, Sealed, Sealer
from infra.keys import KeyStore
from infra.master_key import HeldMasterKey
from infra.sealing import SealingService, is_envelope, keys_named

LEDGER, OTHER_LEDGER = "0f4a8e52-0000-4000-8000-000000000001", "0f4a8e52-0000-4000-8000-000000000002"
ANNA = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a01")
BO = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a02")
PLACE = "client/6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a01@1#client.registered#name"
OTHER_PLACES = (
    PLACE.replace("7a01", "7a02"),
    PLACE.replace("@1", "@2"),
    PLACE.replace("registered", "details_changed"),
    PLACE.replace("#name", "#address"),
    "",
)
NAME = "Anna-Greta Öström"
KEY_ID = slice(2, 24)
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine too
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass
class Calendar:
    """A clock that a test moves."""

    now: datetime = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Bench:
    """What a test of sealing needs at hand."""

    path: Path
    keys: KeyStore
    calendar: Calendar
    service: SealingService

    def execute(self, statement: str) -> None:
        """Change the keys behind the store's back."""
        with closing(sqlite3.connect(self.path)) as db, db:
            db.execute(statement)

    def seal(self, clear: str = NAME, person_id: PersonId = ANNA, seal_class: SealClass = SealClass.IDENTITY) -> Sealed:
        return self.service.seal(clear, person_id=person_id, seal_class=seal_class, place=PLACE)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    path = tmp_path_factory.mktemp("sealing") / "keys.db"
    with closing(KeyStore(f"sqlite:///{path}", HeldMasterKey(bytes(32)))) as keys:
        calendar = Calendar()
        yield Bench(path, keys, calendar, SealingService(keys, LEDGER, calendar))


def tampered(read: Callable[[], object]) -> bool:
    try:
        read()
    except EnvelopeTamperedError:
        return True
    return False


class TestSealing:
    @patiently
    @given(clear=st.text())
    def test_every_text_comes_back_as_it_was(self, bench: Bench, clear: str) -> None:
        assert bench.service.open(bench.seal(clear), place=PLACE) == clear

    def test_the_service_is_what_the_domain_asks_for(self, bench: Bench) -> None:
        sealer: Sealer = bench.service
        opener: Opener = bench.service
        sealed = sealer.seal(NAME, person_id=ANNA, seal_class=SealClass.SENSITIVE, place=PLACE)
        assert opener.open(sealed, place=PLACE) == NAME

    def test_an_envelope_is_short_ascii_that_names_version_and_key(self, bench: Bench) -> None:
        version, key_id, closed = bench.seal("Bo").split(".")
        assert version == "1"
        assert key_id == bench.keys.key_for(ANNA, SealClass.IDENTITY, bench.calendar()).key_id
        assert len(closed) == 40  # 12 bytes of nonce, 2 of text, 16 of tag
        assert set(key_id + closed) <= set(BASE64URL)

    def test_a_stored_event_names_the_keys_of_its_envelopes_and_of_nothing_that_looks_like_one(
        self, bench: Bench
    ) -> None:
        sealed = bench.seal(NAME)
        no_envelope = f"{sealed[: KEY_ID.stop - 1]}B{sealed[KEY_ID.stop :]}"
        state = b'{"name":"%s","note":"%s"}' % (sealed.encode(), no_envelope.encode())
        assert keys_named(state) == [sealed[KEY_ID]]

    def test_the_same_value_sealed_twice_looks_different(self, bench: Bench) -> None:
        assert bench.seal() != bench.seal()

    def test_each_class_and_person_is_sealed_under_its_own_key(self, bench: Bench) -> None:
        sealed = [bench.seal(NAME, person, seal_class) for person in (ANNA, BO) for seal_class in SealClass]
        assert len({envelope[KEY_ID] for envelope in sealed}) == 6

    def test_a_position_is_sealed_under_the_key_of_the_month_it_is_recorded_in(self, bench: Bench) -> None:
        march = bench.seal("63.1,15.1", seal_class=SealClass.POSITION)
        bench.calendar.now = datetime(2025, 4, 1, tzinfo=UTC)
        april = bench.seal("63.1,15.1", seal_class=SealClass.POSITION)
        assert march[KEY_ID] != april[KEY_ID]
        assert bench.service.open(march, place=PLACE) == bench.service.open(april, place=PLACE) == "63.1,15.1"


class TestOpening:
    @pytest.mark.parametrize("other_place", OTHER_PLACES)
    def test_an_envelope_moved_to_another_place_is_an_alarm(self, bench: Bench, other_place: str) -> None:
        sealed = bench.seal()
        assert tampered(lambda: bench.service.open(sealed, place=other_place))

    def test_an_envelope_of_another_ledger_is_an_alarm(self, bench: Bench) -> None:
        elsewhere = SealingService(bench.keys, OTHER_LEDGER, bench.calendar)
        sealed = bench.seal()
        assert tampered(lambda: elsewhere.open(sealed, place=PLACE))

    def test_an_envelope_under_another_persons_key_is_an_alarm(self, bench: Bench) -> None:
        annas, bos = bench.seal(), bench.seal(person_id=BO)
        swapped = Sealed(annas[: KEY_ID.start] + bos[KEY_ID] + annas[KEY_ID.stop :])
        assert tampered(lambda: bench.service.open(swapped, place=PLACE))

    def test_an_envelope_under_another_name_of_its_key_is_an_alarm(self, bench: Bench) -> None:
        sealed = bench.seal()
        twin_id = "A" * 22
        columns = "person_id, seal_class, wrapped, created_at"
        bench.execute(
            f"INSERT INTO data_key (key_id, generation, {columns}) "
            f"SELECT '{twin_id}', -1, {columns} FROM data_key WHERE key_id = '{sealed[KEY_ID]}'"
        )
        renamed = Sealed(sealed[: KEY_ID.start] + twin_id + sealed[KEY_ID.stop :])
        assert bench.keys.find(twin_id) is not None
        assert tampered(lambda: bench.service.open(renamed, place=PLACE))

    @patiently
    @given(data=st.data())
    def test_an_envelope_with_any_other_character_never_opens(self, bench: Bench, data: st.DataObject) -> None:
        sealed = bench.seal(data.draw(st.text(max_size=5)))
        index = data.draw(st.integers(0, len(sealed) - 1))
        character = data.draw((st.sampled_from(BASE64URL) | st.characters()).filter(lambda c: c != sealed[index]))
        changed = Sealed(sealed[:index] + character + sealed[index + 1 :])
        if KEY_ID.start <= index < KEY_ID.stop and is_envelope(changed):
            # It now names a key that never was, which cannot be told from one that is destroyed.
            assert bench.service.open(changed, place=PLACE) is ERASED
        else:
            assert tampered(lambda: bench.service.open(changed, place=PLACE))

    @patiently
    @given(data=st.data())
    def test_an_envelope_cut_short_or_drawn_out_is_an_alarm(self, bench: Bench, data: st.DataObject) -> None:
        sealed = bench.seal(data.draw(st.text(max_size=5)))
        shorter = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
        longer = sealed + data.draw(st.text(BASE64URL + "=.\n ", min_size=1, max_size=5))
        assert tampered(lambda: bench.service.open(Sealed(shorter), place=PLACE))
        assert tampered(lambda: bench.service.open(Sealed(longer), place=PLACE))

    def test_an_alarm_names_the_place_and_not_the_envelope(self, bench: Bench) -> None:
        with pytest.raises(EnvelopeTamperedError) as alarm:
            bench.service.open(Sealed(NAME), place=PLACE)
        assert str(alarm.value) == PLACE

    def test_a_value_whose_key_is_destroyed_is_erased_and_those_under_other_keys_still_open(self, bench: Bench) -> None:
        person = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a09")
        name, health = bench.seal(NAME, person), bench.seal("fell in March", person, SealClass.SENSITIVE)
        annas = bench.seal()
        bench.keys.destroy(person, SealClass.IDENTITY)
        assert bench.service.open(name, place=PLACE) is ERASED
        assert bench.service.open(health, place=PLACE) == "fell in March"
        assert bench.service.open(annas, place=PLACE) == NAME


class TestForm:
    def test_what_is_sealed_has_the_form_of_an_envelope(self, bench: Bench) -> None:
        assert all(is_envelope(bench.seal(clear)) for clear in ("", "A", NAME, NAME * 100))

    @pytest.mark.parametrize(
        "clear",
        [
            "",
            "Anna",
            "19121212-1212",
            "1. Shower. 2. Breakfast.",
            f"1.{'A' * 22}.Anna Andersson, Storgatan 1, 840 60 Bräcke",
            f"1.{'A' * 22}.{'b' * 40} Anna",
            f"1.{'A' * 22}.{'b' * 40}\n",
            f"1.{'A' * 21}B.{'b' * 40}",  # no 16 bytes end in B
            f"1.{'A' * 22}.{'b' * 37}",  # too short for nonce and tag
        ],
    )
    def test_what_people_write_has_not(self, clear: str) -> None:
        assert not is_envelope(clear)


class TestQuarantine:
    @patiently
    @given(clear=st.binary())
    def test_bytes_come_back_as_they_were_and_are_unreadable_meanwhile(self, bench: Bench, clear: bytes) -> None:
        sealed = bench.service.seal_bytes(clear, place="quarantine/1")
        assert bench.service.open_bytes(sealed, place="quarantine/1") == clear
        assert len(clear) < 4 or clear not in sealed

    def test_they_outlive_a_restart_and_the_erasure_of_a_person(self, bench: Bench) -> None:
        sealed = bench.service.seal_bytes(NAME.encode(), place="quarantine/1")
        bench.keys.destroy(ANNA)
        again = SealingService(bench.keys, LEDGER, bench.calendar)
        assert again.open_bytes(sealed, place="quarantine/1") == NAME.encode()

    @patiently
    @given(data=st.data())
    def test_altered_or_cut_bytes_are_an_alarm(self, bench: Bench, data: st.DataObject) -> None:
        sealed = bench.service.seal_bytes(data.draw(st.binary(max_size=5)), place="quarantine/1")
        index = data.draw(st.integers(0, len(sealed) - 1))
        altered = bytearray(sealed)
        altered[index] ^= data.draw(st.integers(1, 255))
        assert tampered(lambda: bench.service.open_bytes(bytes(altered), place="quarantine/1"))
        assert tampered(lambda: bench.service.open_bytes(sealed[:index], place="quarantine/1"))

    def test_bytes_moved_to_another_place_or_ledger_are_an_alarm(self, bench: Bench) -> None:
        sealed = bench.service.seal_bytes(NAME.encode(), place="quarantine/1")
        elsewhere = SealingService(bench.keys, OTHER_LEDGER, bench.calendar)
        assert tampered(lambda: bench.service.open_bytes(sealed, place="quarantine/2"))
        assert tampered(lambda: elsewhere.open_bytes(sealed, place="quarantine/1"))
