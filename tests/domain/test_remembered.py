"""What the writer remembers between groups: only what is stored, only while nobody else wrote, and not without end."""

from collections.abc import Iterable

from domain.aggregate import NOT_YET_STORED
from domain.device.aggregate import Device
from domain.device.events import DeviceRegistered
from domain.device.values import RevocationReason
from domain.ids import DeviceId, StreamId, UnitId, stream_of
from domain.remembered import Remembered
from domain.visit.aggregate import Visit
from tests.scenario import ReadableSealer

FIRST, SECOND, THIRD = (stream_of(Device.KIND, name) for name in ("first", "second", "third"))


def phone(name: str, *, events: int = 1) -> Device:
    """A phone that was registered, revoked, registered..."""
    device = Device(name, sealer=ReadableSealer(), actor="admin/ada")
    for number in range(events):
        if number % 2:
            device.revoke(reason=RevocationReason.LOST)
        else:
            device.register(unit_id=UnitId("unit"))
    device.collect_events()
    return device


def names(taken: Iterable[StreamId]) -> list[str]:
    return [stream.partition("/")[2] for stream in taken]


def test_what_is_kept_is_handed_out_once_while_the_log_ends_where_we_left_it() -> None:
    remembered = Remembered()
    assert remembered.take([FIRST], log_end=7) == {}
    kept = phone("first")
    remembered.keep([kept], appended=1)
    assert remembered.take([FIRST, SECOND], log_end=8) == {FIRST: kept}
    assert remembered.take([FIRST], log_end=8) == {}  # whoever has it may change it


def test_where_somebody_else_appended_nothing_is_handed_out() -> None:
    remembered = Remembered()
    remembered.take([], log_end=7)
    remembered.keep([phone("first")], appended=1)
    assert remembered.take([FIRST], log_end=9) == {}
    assert remembered.take([FIRST], log_end=8) == {}  # also not when the log is put back to where it was


def test_where_somebody_elses_event_stands_before_our_own_nothing_is_handed_out() -> None:
    remembered = Remembered()
    remembered.take([], log_end=7)
    remembered.keep([phone("first")], appended=1)  # theirs is 8, ours is 9
    assert remembered.take([FIRST], log_end=9) == {}
    remembered.keep([phone("second")], appended=1)
    assert names(remembered.take([SECOND], log_end=10)) == ["second"]


def test_what_was_used_longest_ago_goes_first_when_there_is_too_much() -> None:
    remembered = Remembered(events_max=5)
    remembered.take([], log_end=0)
    first = phone("first", events=2)
    remembered.keep([first, phone("second", events=2)], appended=4)
    remembered.keep(remembered.take([FIRST], log_end=4).values(), appended=0)
    remembered.keep([phone("third", events=2)], appended=2)
    assert names(remembered.take([FIRST, SECOND, THIRD], log_end=6)) == ["first", "third"]


def test_a_phone_heard_from_without_end_does_not_stay_without_end() -> None:
    remembered = Remembered(events_max=3)
    device = phone("first")
    for version in range(2, 6):
        remembered.keep([device], appended=0)
        remembered.take([FIRST], log_end=0)
        event = DeviceRegistered(
            originator_id=FIRST, originator_version=version, actor="admin/ada", unit_id=UnitId("unit")
        )
        device.evolve(event, position=NOT_YET_STORED)
    remembered.keep([device], appended=0)
    assert remembered.take([FIRST], log_end=0) == {}


def test_visits_and_what_does_not_exist_are_not_kept() -> None:
    remembered = Remembered()
    visit = Visit("first", sealer=ReadableSealer())
    visit.version = 1
    remembered.keep([visit, Device(DeviceId("first"), sealer=ReadableSealer())], appended=0)
    assert remembered.take([visit.id, FIRST], log_end=0) == {}
