"""From a client's history to the facts that reports are computed from. Pure."""

from domain.absence import absence_facts
from domain.client.history import ClientHistory
from domain.evidence import Tag
from domain.facts import Absence, Membership, Person
from domain.ids import ClientId
from domain.membership import Belonging, membership_facts
from domain.standing import CareContact
from domain.timeline import stretches

ClientFact = Person | Membership | Absence | CareContact | Tag


def client_facts(client_id: ClientId, history: ClientHistory) -> tuple[ClientFact, ...]:
    """Everything believed of the client now; nothing before registration."""
    if history.registered_on is None:
        return ()
    units = tuple(Belonging(unit_id, days) for days, unit_id in stretches(history.units))
    return (
        _person(client_id, history),
        *membership_facts("client_unit", client_id, units),
        *membership_facts("household", client_id, history.households),
        *absence_facts("client", client_id, history.absences),
        *_care_contacts(client_id, history),
        *(_tag(client_id, held) for held in history.tags if not held.days.is_empty),
    )


def _tag(client_id: ClientId, held: Belonging) -> Tag:
    return Tag(client_id=client_id, tag_id=held.group_id, from_on=held.days.from_on, until_on=held.days.until_on)


def _person(client_id: ClientId, history: ClientHistory) -> Person:
    codes = history.codes
    return Person(
        kind="client",
        person_id=client_id,
        birth_year=codes.birth_year,
        turns_65_on=codes.turns_65_on,
        area_type=str(codes.area_type or ""),
        dwelling=str(codes.dwelling or ""),
        registered_on=history.registered_on,
    )


def _care_contacts(client_id: ClientId, history: ClientHistory) -> tuple[CareContact, ...]:
    return tuple(
        CareContact(client_id=client_id, worker_id=worker_id, from_on=days.from_on, until_on=days.until_on)
        for days, worker_id in stretches(history.care_contacts)
    )
