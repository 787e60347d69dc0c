"""The codec knows every kind of fact, each by a name of its own."""

from collections.abc import Iterator

import pytest

from domain.admission.aggregate import Admission
from domain.client.aggregate import Client
from domain.device.aggregate import Device
from domain.event import DomainEvent, personal_fields
from domain.exception.aggregate import Acknowledgements
from domain.order.aggregate import Order
from domain.organisation.aggregate import Organisation
from domain.period.aggregate import Period
from domain.person.aggregate import Person
from domain.supervision.aggregate import Supervision
from domain.topics import EVENT_CLASSES
from domain.visit.aggregate import Visit
from domain.worker.aggregate import Worker

KINDS = {
    each.KIND
    for each in (
        Visit,
        Order,
        Client,
        Worker,
        Device,
        Organisation,
        Acknowledgements,
        Supervision,
        Period,
        Admission,
        Person,
    )
}


def concrete(event_class: type[DomainEvent]) -> Iterator[type[DomainEvent]]:
    """Every class of the domain that has a topic, below this one."""
    for below in event_class.__subclasses__():
        if "TOPIC" in vars(below) and below.__module__.startswith("domain."):
            yield below
        yield from concrete(below)


def test_every_event_class_is_listed_once() -> None:
    assert set(EVENT_CLASSES) == set(concrete(DomainEvent))
    assert len(EVENT_CLASSES) == len(set(EVENT_CLASSES))


def test_every_topic_is_its_own() -> None:
    assert len({event_class.TOPIC for event_class in EVENT_CLASSES}) == len(EVENT_CLASSES)


@pytest.mark.parametrize("event_class", EVENT_CLASSES, ids=lambda event_class: event_class.TOPIC)
def test_a_topic_is_the_aggregates_kind_and_the_rest_of_the_class_name(event_class: type[DomainEvent]) -> None:
    kind, _, happened = event_class.TOPIC.partition(".")
    assert kind in KINDS
    assert event_class.__name__ == f"{kind}_{happened}".title().replace("_", "")


@pytest.mark.parametrize("event_class", EVENT_CLASSES, ids=lambda event_class: event_class.TOPIC)
def test_a_sealed_field_names_whose_key_seals_it(event_class: type[DomainEvent]) -> None:
    for name, mark in personal_fields(event_class).items():
        assert mark.person in {"subject", *event_class.__struct_fields__}, name
