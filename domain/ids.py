"""Names of things. Every id is the canonical text of a UUID; a stream is named `kind/uuid`.

Text, not `UUID`, because ids are read a thousand times for each time they are parsed: the edges (HTTP, CSV, the
command line) check the form once, and everything behind them compares and stores plain text.
"""

from typing import NewType
from uuid import UUID, uuid5

StreamId = NewType("StreamId", str)
VisitId = NewType("VisitId", str)
OrderId = NewType("OrderId", str)
ClientId = NewType("ClientId", str)
WorkerId = NewType("WorkerId", str)
DeviceId = NewType("DeviceId", str)
UnitId = NewType("UnitId", str)
ProviderId = NewType("ProviderId", str)
HouseholdId = NewType("HouseholdId", str)
FactId = NewType("FactId", str)
PersonId = NewType("PersonId", str)
ServiceCode = NewType("ServiceCode", str)

NAMESPACE = UUID("6f1f6f0a-5b0e-5d2e-9c55-6d0f3a1c7b21")
"""Root of every id that is computed rather than drawn, so that the same input always names the same thing."""


def stream_of(kind: str, subject_id: str) -> StreamId:
    """Name the stream of one subject: `stream_of("visit", id)` is `visit/<id>`."""
    return StreamId(f"{kind}/{subject_id}")


def kind_of(stream: str) -> str:
    """Say what a stream is about: `visit`, `order`, `client`..."""
    return stream.partition("/")[0]


def subject_of(stream: str) -> str:
    """Give the id behind the kind in a stream's name."""
    return stream.partition("/")[2]


def derived_id(*parts: str) -> str:
    """Compute an id from words, the same each time: an import's visit from the file's own key, for instance."""
    return str(uuid5(NAMESPACE, "\x1f".join(parts)))
