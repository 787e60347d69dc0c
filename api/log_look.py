"""Subjects as the log has them, outside of any decision: for reads, whose caller reaches only some of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from api.access import tell_protected
from api.bootstrap import House
from domain.access.reach import Reach
from domain.aggregate import Aggregate
from domain.client.aggregate import Client
from domain.command import A
from domain.device.aggregate import Device
from domain.ids import StreamId, stream_of
from domain.log import StoredRow
from domain.office.within import clients_of, is_within, require_within
from domain.order.aggregate import Order
from domain.person.aggregate import Person
from domain.supervision.aggregate import Supervision
from domain.visit.aggregate import Visit
from domain.worker.aggregate import Worker

AGGREGATES: Mapping[str, type[Aggregate[Any]]] = MappingProxyType(
    {kind.KIND: kind for kind in (Client, Device, Order, Supervision, Visit, Worker)}
)
"""The kinds of subjects that lie within somebody's reach, or outside."""


class LogLook:
    """Shows subjects up to one position of the log, or as they stand when they are looked at, each read once."""

    def __init__(self, house: House, upto: int | None = None) -> None:
        self._house, self._upto = house, upto
        self._rows: dict[StreamId, list[StoredRow]] = {}
        self._shown: dict[StreamId, Aggregate[Any]] = {}

    def __call__(self, aggregate: type[A], subject_id: str) -> A:
        """The subject as it stood then."""
        stream = stream_of(aggregate.KIND, subject_id)
        if stream not in self._shown:
            self._shown[stream] = self._restored(aggregate, subject_id)
        found = self._shown[stream]
        assert isinstance(found, aggregate)
        return found

    def rows(self, kind: str, subject_id: str) -> list[StoredRow]:
        """What the log says of a subject."""
        stream = stream_of(kind, subject_id)
        if stream not in self._rows:
            self._rows[stream] = self._house.log.read_stream(stream, upto_position=self._upto)
        return self._rows[stream]

    def require(self, reach: Reach, kind: str, subject_id: str) -> None:
        """Raise the error for what is unknown where a subject lies outside of reach. Other kinds lie in everybody's."""
        if kind not in AGGREGATES or (reach.is_all and not reach.entrusted):
            return
        subject = self(AGGREGATES[kind], subject_id)
        if reach.hidden or reach.entrusted:
            for client_id in clients_of(subject):
                tell_protected(reach, client_id)
        require_within(reach, self, subject)

    def has(self, reach: Reach, kind: str, subject_id: str) -> bool:
        """Whether a subject is there and lies within reach; one of a kind that belongs to no unit, or that is not there, only
        within that of somebody who reaches every unit."""
        if reach.is_all:
            return True
        if kind not in AGGREGATES:
            return reach.is_wide and (kind != Person.KIND or reach.tells(subject_id))
        subject = self(AGGREGATES[kind], subject_id)
        return is_within(reach, self, subject) if subject.version else reach.is_wide

    def is_there(self, kind: str, subject_id: str) -> bool:
        """Whether there is a subject of the kind by that id."""
        return self(AGGREGATES[kind], subject_id).version > 0

    def _restored(self, aggregate: type[A], subject_id: str) -> A:
        rows = aggregate.needed(self.rows(aggregate.KIND, subject_id))
        subject = aggregate(subject_id, sealer=self._house.sealing)
        for recorded in self._house.codec.decode_rows(rows):
            subject.evolve(recorded.event, position=recorded.position)
        return subject
