"""The zone is looked up once a second, and no later."""

from infra.zone import Zone


def test_a_zone_is_remembered_for_a_second_and_then_read_again() -> None:
    read = iter(["Europe/Stockholm", "Europe/Helsinki"])
    now = [10.0]
    zone = Zone(lambda: next(read), clock=lambda: now[0])

    assert [zone.name, zone.name] == ["Europe/Stockholm"] * 2
    now[0] += 1.5
    assert [zone.name, zone.name] == ["Europe/Helsinki"] * 2
