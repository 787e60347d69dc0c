"""What still comes of somebody who is erased: nothing of it is lost, and no new key of theirs is made."""

import pytest

from api.bootstrap import House
from api.erasing import do_what_follows, names_to_follow
from domain.command import Accepted
from domain.ids import PersonId
from domain.office.act import Act
from domain.office.persons import destroy_keys
from domain.person.values import ErasureReason
from domain.ports import SealClass
from infra.key_list import KeyCount, count_keys
from tests.api.conftest import Calls
from tests.api.phones import CANARY, events, phone, send, statuses
from tests.api.town import ASTRID, BROR, fact, fresh

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("town")]


def erase(house: House, person: str) -> None:
    """As `visitledger erase` does."""
    command = destroy_keys(
        PersonId(person),
        reason=ErasureReason.RETENTION_OVER,
        approved_by="ulla",
        to_follow=names_to_follow(house),
        act=Act(actor="admin/eva"),
    )
    (outcome,) = house.ledger.decide([command])
    assert isinstance(outcome, Accepted)
    do_what_follows(house, PersonId(person), outcome.position)


def keys_of_persons(house: House) -> list[KeyCount]:
    return [each for each in count_keys(house.settings.keys_url) if each.kind in set(SealClass)]


def test_row_67_of_an_erased_client_facts_are_taken_and_a_note_is_kept_apart_under_no_new_key(
    call: Calls, house: House
) -> None:
    visit_id = fresh("visit")
    before = fact("note", visit_id, "06:10", text="Hon åt bra.", client_id=ASTRID)
    assert statuses(send(phone(call), [before])) == [("accepted", None)]
    erase(house, ASTRID)
    keys = keys_of_persons(house)
    note = fact("note", visit_id, "06:20", text=CANARY, client_id=ASTRID)
    facts = [fact("check_in", visit_id, "06:00", client_ids=[ASTRID]), note, fact("check_out", visit_id, "06:30")]
    apart = [("accepted", None), ("rejected", "person_erased"), ("accepted", None)]
    assert statuses(send(phone(call), [before, *facts])) == [("known", None), *apart]
    assert statuses(send(phone(call), facts)) == [("known", None), apart[1], ("known", None)]
    assert [type(each).TOPIC for each in events(house, visit_id)] == [
        "visit.note_added",
        "visit.checked_in",
        "visit.checked_out",
    ]
    assert keys_of_persons(house) == keys
    (kept,) = house.log.quarantined(10)
    assert (kept.fact_id, kept.reason) == (note["id"], "person_erased")
    assert CANARY.encode() in house.sealing.open_bytes(kept.sealed, place=f"quarantine/{kept.quarantine_id}")


def test_row_67_a_note_of_another_client_is_taken_as_ever(call: Calls, house: House) -> None:
    erase(house, ASTRID)
    note = fact("note", fresh("visit"), "06:20", text="Han åt bra.", client_id=BROR)
    assert statuses(send(phone(call), [note])) == [("accepted", None)]
