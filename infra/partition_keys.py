"""Which key each stream has, as the publisher needs it for every event: looked up once, and remembered for a while."""

from collections import OrderedDict
from collections.abc import Sequence

from domain.log import StoredRow
from domain.partition_key import needs_first_event, partition_key
from infra.codec import EventCodec
from infra.recorder import LedgerRecorder

STREAMS_MAX = 100_000


class PartitionKeys:
    """The keys of the streams last met. A key never changes, so what is remembered stays right."""

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec) -> None:
        self._recorder, self._codec = recorder, codec
        self._known: OrderedDict[str, str] = OrderedDict()

    def of(self, rows: Sequence[StoredRow]) -> list[str]:
        """The key of each row's stream. Raises `UnknownEventError` where a stream begins with an event not known here."""
        streams = {row.stream for row in rows if needs_first_event(row.stream)}
        firsts = {row.stream: row for row in rows if row.version == 1 and row.stream in streams}
        unknown = sorted(streams - firsts.keys() - self._known.keys())
        if unknown:
            firsts |= {row.stream: row for row in self._recorder.first_events(unknown)}
        for stream, row in firsts.items():
            self._known[stream] = partition_key(self._codec.decode(row).event)
        keys = [self._known.get(row.stream, row.stream) for row in rows]
        self._forget(streams)
        return keys

    def _forget(self, met: set[str]) -> None:
        """Let go of the streams not met for longest."""
        for stream in met:
            self._known.move_to_end(stream)
        while len(self._known) > STREAMS_MAX:
            self._known.popitem(last=False)
