"""Where a client lives is remembered for a moment only."""

from contextlib import closing
from datetime import UTC, datetime

import msgspec

from domain.client.events import ClientRegistered
from domain.event import RecordedEvent
from domain.ids import PersonId
from domain.ports import SealClass
from infra.homes import Homes
from infra.keys import CACHE_SECONDS_MAX, KeyStore
from infra.master_key import HeldMasterKey
from infra.sealing import SealingService
from tests.stored_events.samples import sample

MASTER_KEY = HeldMasterKey(bytes(range(32)))
ANNA = PersonId("6b1f0a52-9a0e-4a34-8f0e-0d1f5c0e7a01")
MARCH = datetime(2025, 3, 31, tzinfo=UTC)
HOME = (62.75, 15.42)


def test_a_client_erased_in_another_process_has_no_home_after_a_minute(sqlite_url: str) -> None:
    now = [0.0]
    with (
        closing(KeyStore(sqlite_url, MASTER_KEY, seconds=lambda: now[0])) as keys,
        closing(KeyStore(sqlite_url, MASTER_KEY)) as elsewhere,
    ):
        sealing = SealingService(keys, "ledger", lambda: MARCH)
        registered = sample(ClientRegistered)
        sealed = sealing.seal(
            "62.75,15.42",
            person_id=ANNA,
            seal_class=SealClass.IDENTITY,
            place=registered.place_of("home_position"),
        )
        history = [RecordedEvent(1, MARCH, msgspec.structs.replace(registered, home_position=sealed))]
        homes, asked_late, told = (Homes(lambda _: history, sealing, clock=lambda: now[0]) for _ in range(3))
        assert homes.of(ANNA) == told.of(ANNA) == HOME
        elsewhere.destroy(ANNA)
        now[0] = CACHE_SECONDS_MAX - 1
        assert asked_late.of(ANNA) == HOME  # by the key that is still remembered
        now[0] = 60.0
        assert (homes.of(ANNA), asked_late.of(ANNA)) == (None, None)
        now[0] = 0.0
        keys.destroy(ANNA)
        assert (told.of(ANNA), told.forget(ANNA), told.of(ANNA)) == (HOME, 1, None)
