"""The facts of who stands for whom: a client's designated care contact, and the titles that workers hold by licence."""

from datetime import date

from domain.facts import Fact
from domain.ids import ClientId, WorkerId


class CareContact(Fact, frozen=True):
    """A worker is the client's designated care contact (rules.md 11), from a day up to a day (None: until another is)."""

    KEY = ("client_id", "from_on")
    client_id: ClientId
    worker_id: WorkerId
    from_on: date
    until_on: date | None


class TitleHeld(Fact, frozen=True):
    """A worker holds a title by licence from a day on."""

    KEY = ("worker_id", "title")
    worker_id: WorkerId
    title: str
    """`assistant_nurse`, `nurse`, `occupational_therapist`, `physiotherapist`."""
    from_on: date
