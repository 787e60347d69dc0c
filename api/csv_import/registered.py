"""A row of a file of registrations, as it was read."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from api.csv_import.cells import SEPARATOR, Cells, ServiceCell
from api.csv_import.faults import BadCellError
from api.csv_import.mapping import Columns, FileMapping
from api.csv_import.table import RawRow
from api.strict_json import JsonValue
from domain.ids import ClientId, WorkerId
from domain.values import Source
from infra.digests import FactDigester

REGISTRATION_COLUMNS = Columns(
    names=("key", "visit_key", "client", "worker", "arrived", "departed", "services", "source", "reason"),
    required=("key", "client", "worker", "arrived"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """Who was where, when, and what was done. `visit_key` empty: the file does not say which visit it was."""

    row: RawRow
    key: str
    visit_key: str
    client_ids: tuple[ClientId, ...]
    worker_id: WorkerId
    arrived_at: datetime | None
    departed_at: datetime | None
    services: tuple[ServiceCell, ...]
    source: Source
    reason: str

    @property
    def at(self) -> datetime:
        """Where it stands in time: the end that is known, arrival first."""
        at = self.arrived_at or self.departed_at
        assert at is not None, "a registration has at least one end"
        return at

    @property
    def is_of_household(self) -> bool:
        """Whether several clients were visited at once."""
        return len(self.client_ids) > 1

    def digest(self, digester: FactDigester) -> str:
        """Tells this content from another under the same key, however either is spelt."""
        return b64encode(
            digester.digest(
                {
                    "visit_key": self.visit_key,
                    "client": SEPARATOR.join(sorted(self.client_ids)),
                    "worker": self.worker_id,
                    "arrived": self.arrived_at.isoformat() if self.arrived_at else None,
                    "departed": self.departed_at.isoformat() if self.departed_at else None,
                    "services": [self._told(service) for service in self.services],
                    "source": self.source.value,
                    "reason": self.reason,
                }
            )
        ).decode("ascii")

    def _told(self, service: ServiceCell) -> list[JsonValue]:
        """A service as the digest knows it. A lone client's goes without saying, however the cell is written."""
        told: list[JsonValue] = [service.code, service.minutes]
        return [*told, service.client_id] if self.is_of_household else told


def registered(row: RawRow, mapping: FileMapping) -> Registered:
    """Read a row. Raises `BadCellError`."""
    if row.fault is not None:
        raise row.fault
    cells = Cells(row, mapping)
    clients = cells.clients()
    read = Registered(
        row=row,
        key=cells.needed("key"),
        visit_key=cells.text("visit_key"),
        client_ids=clients,
        worker_id=WorkerId(cells.id("worker")),
        arrived_at=cells.optional_instant("arrived"),
        departed_at=cells.optional_instant("departed"),
        services=cells.services(clients),
        source=cells.word("source", Source) or Source.OFFICE_MANUAL,
        reason=cells.text("reason"),
    )
    if read.arrived_at is None and read.departed_at is None:
        raise BadCellError("arrived", "missing_field")
    return read
