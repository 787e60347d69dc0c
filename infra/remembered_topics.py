"""The topics of which every process remembers what was decided: few events among very many, found by an index of their own.

The index is of these rows alone (`event_remembered`), so that no other append writes to it. A topic that is added here needs
a migration that makes the index anew.
"""

from collections.abc import Sequence

from domain.admission.events import AdmissionRestored, AdmissionWithdrawn
from domain.client.events import ClientProtectedIdentityMarked, ClientStaffNamed, ClientStaffRemoved
from domain.device.events import DeviceRegistered, DeviceRevoked
from domain.person.events import (
    PersonErasureCompleted,
    PersonErasureRequested,
    PersonErasureRequestWithdrawn,
    PersonHoldLifted,
    PersonHoldPlaced,
    PersonKeysDestroyed,
)

SHUT_OUT = tuple(each.TOPIC for each in (DeviceRegistered, DeviceRevoked, AdmissionWithdrawn, AdmissionRestored))
PROTECTED = tuple(each.TOPIC for each in (ClientProtectedIdentityMarked, ClientStaffNamed, ClientStaffRemoved))
ERASURES = tuple(
    each.TOPIC
    for each in (
        PersonHoldPlaced,
        PersonHoldLifted,
        PersonErasureRequested,
        PersonErasureRequestWithdrawn,
        PersonKeysDestroyed,
        PersonErasureCompleted,
    )
)
REMEMBERED = frozenset({*SHUT_OUT, *PROTECTED, *ERASURES})
IS_REMEMBERED = "({})".format(" OR ".join(f"topic = '{topic}'" for topic in sorted(REMEMBERED)))
"""Said in a query letter for letter as in the index: by this the database knows that it may use it. Not as `topic IN`, which
SQLite makes a table for with each row that is appended."""
INDEX = f"CREATE INDEX IF NOT EXISTS event_remembered ON event (position) WHERE {IS_REMEMBERED}"


def among(topics: Sequence[str]) -> list[str]:
    """What a query for some topics says besides, so that it is answered from the index where it can be."""
    return [IS_REMEMBERED] if topics and REMEMBERED.issuperset(topics) else []
