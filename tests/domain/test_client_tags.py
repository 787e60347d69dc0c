"""Tags at a client's home: who reads one was there."""

from datetime import date

from domain.client import errors
from domain.client.aggregate import Client
from domain.client.events import ClientTagAssigned, ClientTagRetired
from domain.client.facts import client_facts
from domain.evidence import Tag
from tests.domain.test_client import CLIENT, REGISTERED, Command, client
from tests.scenario import Told, fact

DOOR = fact(ClientTagAssigned, tag_id="door", from_on=date(2025, 3, 5))
LOST = fact(ClientTagRetired, tag_id="door", on=date(2025, 3, 20))


def assign(tag_id: str, day: int) -> Command:
    def decide(client: Client) -> None:
        client.assign_tag(tag_id=tag_id, from_on=date(2025, 3, day))

    return decide


def retire(tag_id: str, day: int) -> Command:
    def decide(client: Client) -> None:
        client.retire_tag(tag_id=tag_id, on=date(2025, 3, day))

    return decide


def tags(*told: Told) -> list[Tag]:
    facts = client_facts(CLIENT, client.given(REGISTERED, *told).aggregate.history)
    return [each for each in facts if isinstance(each, Tag)]


def hung(from_day: int, until_day: int | None) -> Tag:
    until_on = date(2025, 3, until_day) if until_day else None
    return Tag(client_id=CLIENT, tag_id="door", from_on=date(2025, 3, from_day), until_on=until_on)


def test_a_tag_hangs_from_a_day_until_it_is_retired() -> None:
    client.given(REGISTERED).when(assign("door", 5)).then(DOOR)
    client.given(REGISTERED, DOOR).when(retire("door", 20)).then(LOST)
    assert tags(DOOR) == [hung(5, None)]
    assert tags(DOOR, LOST) == [hung(5, 20)]


def test_a_tag_retired_on_the_day_it_was_assigned_never_hung_there() -> None:
    assert tags(DOOR, fact(ClientTagRetired, tag_id="door", on=date(2025, 3, 5))) == []


def test_a_tag_hangs_once_at_a_time_and_another_beside_it() -> None:
    client.given(REGISTERED, DOOR).when(assign("door", 10)).then_refused(errors.TagAssignedAlreadyError)
    client.given(REGISTERED, DOOR).when(assign("back door", 10)).then(
        fact(ClientTagAssigned, tag_id="back door", from_on=date(2025, 3, 10))
    )
    client.given(REGISTERED, DOOR, LOST).when(assign("door", 20)).then(
        fact(ClientTagAssigned, tag_id="door", from_on=date(2025, 3, 20))
    )


def test_only_a_tag_that_hangs_there_is_retired() -> None:
    client.given(REGISTERED).when(retire("door", 20)).then_refused(errors.TagNotAssignedError)
    client.given(REGISTERED, DOOR).when(retire("door", 4)).then_refused(errors.TagNotAssignedError)


def test_nobody_unknown_has_a_tag() -> None:
    client.given().when(assign("door", 5)).then_refused(errors.ClientUnknownError)
    client.given().when(retire("door", 5)).then_refused(errors.ClientUnknownError)
