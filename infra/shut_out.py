"""Who is shut out: the phones and people that the log says may not call, a moment behind it in every process."""

from domain.admission.events import AdmissionRestored, AdmissionWithdrawn
from domain.device.events import DeviceRegistered, DeviceRevoked
from domain.event import RecordedEvent
from domain.ids import subject_of
from infra.codec import EventCodec
from infra.recorder import LedgerRecorder
from infra.remembered_log import RememberedLog
from infra.remembered_topics import SHUT_OUT


class ShutOut(RememberedLog):
    """Follows the log by itself: a read model that has stopped lets nobody in."""

    TOPICS = SHUT_OUT
    NAME = "shut-out"

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec) -> None:
        super().__init__(recorder, codec)
        self._devices: set[str] = set()
        self._people: set[str] = set()

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

    def _take(self, recorded: RecordedEvent) -> None:
        match recorded.event:
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
