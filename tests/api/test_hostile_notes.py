"""What somebody writes into a note is a text to the ledger, whatever it would be to another program."""

import pytest

from api.bootstrap import House
from tests.api.conftest import Calls
from tests.api.phones import events, phone, send, statuses
from tests.api.town import ASTRID, CENTRE, JANUARY, Town, fact, fresh

HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE events; --",
    "{{7*7}} ${7*7} #{7*7} %s %n",
    "${jndi:ldap://x}",
    "../../etc/passwd",
    '=HYPERLINK("http://x")',
    "\u202eturned\u202c and line\nbreak\tand tab",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_rows_40_41_42_a_phones_note_is_kept_as_it_was_written_and_sealed(call: Calls, house: House, text: str) -> None:
    visit_id = fresh("visit")
    assert statuses(send(phone(call), [fact("note", visit_id, "06:00", text=text)])) == [("accepted", None)]
    [note] = events(house, visit_id)
    assert house.sealing.open(note.text, place=note.place_of("text")) == text
    (row,) = house.log.read(0, 1)
    assert text.encode() not in row.state


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_row_40_a_clients_address_reads_as_json_text(shared_town: Town, text: str) -> None:
    client_id = fresh("client")
    body = {"unit_id": CENTRE, "registered_on": JANUARY, "address": text}
    shared_town.call().decide(f"/v1/clients/{client_id}/register", body)
    answer = shared_town.call().get(f"/v1/clients/{client_id}")
    assert (answer.headers["content-type"], answer.json()["person"]) == ("application/json", {"address": text})


@pytest.mark.parametrize("text", ["e" * 10_001, "e" + "\u0301" * 10_000])
def test_row_42_a_note_that_is_too_long_sinks_only_its_own_fact(call: Calls, text: str) -> None:
    facts = [fact("note", fresh("visit"), "06:00", text=text), fact("note", fresh("visit"), "06:00", text="short")]
    assert statuses(send(phone(call), facts)) == [("rejected", "too_long"), ("accepted", None)]


def test_row_42_a_note_of_ten_megabytes_is_more_than_a_body_may_be(call: Calls) -> None:
    answer = send(phone(call), [fact("note", fresh("visit"), "06:00", text="e" * 10_000_000, client_id=ASTRID)])
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
