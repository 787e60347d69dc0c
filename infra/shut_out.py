"""Who is shut out: the phones and people that the log says may not call, a moment behind it in every process."""

import threading

import structlog

from domain.admission.events import AdmissionRestored, AdmissionWithdrawn
from domain.device.events import DeviceRegistered, DeviceRevoked
from domain.event import DomainEvent
from domain.ids import subject_of
from infra import telemetry
from infra.codec import EventCodec
from infra.recorder import LedgerRecorder

TOPICS = tuple(each.TOPIC for each in (DeviceRegistered, DeviceRevoked, AdmissionWithdrawn, AdmissionRestored))
LOOK_EVERY_S = 1.0
POSITIONS_AT_ONCE = 100_000

log = structlog.get_logger(__name__)


class ShutOut:
    """Follows the log by itself: a read model that has stopped lets nobody in."""

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec) -> None:
        self._recorder, self._codec = recorder, codec
        self._devices: set[str] = set()
        self._people: set[str] = set()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.position = 0
        """The last one looked at."""

    def start(self) -> None:
        """Find out who is shut out, and go on looking in a thread. Raises what the store does."""
        self.look()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._follow, name="shut-out", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. Does nothing where there is none."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @property
    def devices(self) -> list[str]:
        """The ids of revoked phones, in order."""
        return sorted(self._devices)

    @property
    def people(self) -> list[str]:
        """The names, as tokens write them, of people who are shut out, in order."""
        return sorted(self._people)

    def has_device(self, device_id: str) -> bool:
        """Whether a phone is revoked."""
        return device_id in self._devices

    def has_person(self, subject: str) -> bool:
        """Whether a person is shut out."""
        return subject in self._people

    def look(self) -> None:
        """Take in what was decided since the last look. Raises what the store does."""
        head, _ = self._recorder.head()
        while self.position < head:
            upto = min(head, self.position + POSITIONS_AT_ONCE)
            rows = self._recorder.read(self.position, POSITIONS_AT_ONCE, upto=upto, topics=TOPICS)
            for recorded in self._codec.decode_rows(rows):
                self._take(recorded.event)
            self.position = upto

    def _take(self, event: DomainEvent) -> None:
        match event:
            case DeviceRegistered(originator_id=stream):
                self._devices.discard(subject_of(stream))
            case DeviceRevoked(originator_id=stream):
                self._devices.add(subject_of(stream))
            case AdmissionWithdrawn(subject=subject):
                self._people.add(subject)
            case AdmissionRestored(subject=subject):
                self._people.discard(subject)
            case _:
                pass

    def _follow(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                self.look()
            except Exception as error:  # a store that is away, or a fault of ours: it must not end who looks
                log.warning("shut_out_unknown", exc_info=error)
                telemetry.thread_error("shut-out", error)
