"""The facts that exceptions are judged by, beside those of visits and orders: what phones said of themselves, what could
not be taken in, who may do what, and what the office has accepted."""

from datetime import date, datetime

from domain.facts import Fact
from domain.ids import ClientId, DeviceId, FactId, ServiceCode, WorkerId
from domain.values import ReasonCode


class Delegation(Fact, frozen=True):
    """A worker may do a delegated health task, from a day up to a day (None: until revoked)."""

    KEY = ("worker_id", "service_code", "from_on")
    worker_id: WorkerId
    service_code: ServiceCode
    from_on: date
    until_on: date | None
    delegated_by: WorkerId


class Tag(Fact, frozen=True):
    """A tag hangs at a client's home, from a day up to a day (None: until retired)."""

    KEY = ("client_id", "tag_id", "from_on")
    client_id: ClientId
    tag_id: str
    from_on: date
    until_on: date | None


class DeviceContact(Fact, frozen=True):
    """When a worker's phone was last heard of, and what it said of itself then. At most five minutes behind the last sync."""

    KEY = ("device_id", "worker_id")
    device_id: DeviceId
    worker_id: WorkerId
    heard_at: datetime
    queue_depth: int = 0
    app_version: str = ""
    last_seq: int | None = None
    offset_ms: int = 0
    """Server clock minus device clock, in milliseconds."""
    missing_facts: int = 0
    """Numbers that the phone has given to facts and the ledger has not seen."""


class QuarantinedFact(Fact, frozen=True):
    """Bytes from a phone that are kept as evidence and are no fact: `reason` is a code such as `id_conflict`."""

    KEY = ("device_id", "quarantine_id")
    device_id: DeviceId
    quarantine_id: str
    fact_id: FactId
    """The id that the phone gave it; empty when it had none."""
    worker_id: WorkerId
    reason: str


class Acknowledgement(Fact, frozen=True):
    """The office accepts an exception, which stays closed while its key stands. `position` is where it was judged."""

    KEY = ("subject_id", "key")
    subject_kind: str
    """`visit`, `client`, `worker`..."""
    subject_id: str
    key: str
    code: str
    reason_codes: tuple[ReasonCode, ...]
    actor: str
    position: int
