"""The demo municipality as it is made from a seed, and what its phones and offices send, before any ledger has it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from api.demo.deliveries import OfficeWork, Sync
from api.demo.month import MonthStory
from api.demo.municipality import make_municipality
from api.demo.people import ClientKind, Municipality
from api.demo.scope import Scope, ScopeError
from api.personnummer import normalise_personnummer
from domain.local_time import Month

pytestmark = pytest.mark.domain

WHOLE = Scope(seed=7, month=Month(2025, 10))


@pytest.fixture(scope="module")
def town() -> Municipality:
    """A municipality of Bräcke's size."""
    return make_municipality(WHOLE)


# Who there is.


def test_the_municipality_has_as_many_people_as_bracke(town: Municipality) -> None:
    kinds = Counter(client.kind for client in town.clients)
    assert len(town.clients) == 282
    assert kinds[ClientKind.CARE] == 197
    assert sum(len(client.orders) > 1 for client in town.clients) == 87
    assert [unit.name for unit in town.units] == ["Bräcke", "Gällö", "Kälarne"]
    assert [provider.in_house for provider in town.providers] == [True]


def test_all_of_the_197_are_65_or_older(town: Municipality) -> None:
    turns_65_by = WHOLE.first_on
    care = [client for client in town.clients if client.kind is ClientKind.CARE]
    assert all(client.born_on.year + 65 <= turns_65_by.year for client in care)


def test_each_group_has_20_to_28_workers_with_somebody_for_the_nights(town: Municipality) -> None:
    for unit in town.units:
        workers = [worker for worker in town.workers if worker.unit == unit]
        assert 20 <= len(workers) <= 28
        assert sum(worker.is_night for worker in workers) == 3


def test_personnummer_are_valid_once_each_and_reserved_for_tests(town: Municipality) -> None:
    numbers = [client.personnummer for client in town.clients]
    assert [normalise_personnummer(number) for number in numbers] == numbers
    assert len(set(numbers)) == len(numbers)
    assert all(980 <= int(number[8:11]) <= 999 for number in numbers)


def test_a_couple_shares_one_standard_time(town: Municipality) -> None:
    homes: dict[str, list[int]] = {}
    for client in town.clients:
        for line in client.sol_order.lines:
            if client.household_id and line.service_code == "CLEAN":
                homes.setdefault(client.household_id, []).append(line.ordered_minutes or 0)
    assert homes
    assert all(sum(minutes) in {70, 90} and len(minutes) == 2 for minutes in homes.values())


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_switch_adds_an_outside_provider_with_clients_of_its_own(seed: int) -> None:
    with_outside = make_municipality(replace(WHOLE, seed=seed, outside_provider=True))
    outside = next(provider for provider in with_outside.providers if not provider.in_house)
    served = [client for client in with_outside.clients if client.unit.provider_id == outside.provider_id]
    assert 20 <= len(served) <= 60
    assert len(with_outside.clients) == 282


@pytest.mark.parametrize("wrong", [{"clients": 5}, {"clients": 5_001}, {"days": 0}, {"days": 32}])
def test_a_size_that_cannot_be_made_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ScopeError):
        Scope(month=Month(2025, 10), **wrong)  # type: ignore[arg-type]  # each name is one of the parameters


# What happens there.


@pytest.fixture(scope="module")
def three_days() -> tuple[list[Sync], list[OfficeWork]]:
    """What is sent around three days of the whole municipality."""
    everything = list(MonthStory(make_municipality(replace(WHOLE, days=3))).deliveries())
    return [each for each in everything if isinstance(each, Sync)], [
        each for each in everything if isinstance(each, OfficeWork)
    ]


def facts_of(syncs: list[Sync]) -> dict[str, dict[str, Any]]:
    """Each fact once, by its id."""
    return {fact["id"]: fact for sync in syncs for fact in msgspec.json.decode(sync.body)["facts"]}


def test_a_day_has_as_many_visits_as_a_month_of_12_to_15_thousand_needs(
    three_days: tuple[list[Sync], list[OfficeWork]],
) -> None:
    facts = facts_of(three_days[0]).values()
    visits = {fact["visit_id"] for fact in facts if fact["type"] in {"check_in", "check_out"}}
    assert 12_000 <= len(visits) / 3 * 31 <= 15_000


def test_batches_come_twice_late_and_the_newest_first(three_days: tuple[list[Sync], list[OfficeWork]]) -> None:
    syncs, _ = three_days
    bodies = [msgspec.json.decode(sync.body) for sync in syncs]
    sent = Counter(tuple(fact["id"] for fact in body["facts"]) for body in bodies)
    assert any(times == 2 for times in sent.values())
    highest: dict[str, int] = {}
    heard: set[str] = set()
    overtaken = 0
    for sync, body in zip(syncs, bodies, strict=True):
        new = [fact for fact in body["facts"] if fact["id"] not in heard]
        overtaken += any(fact["seq"] < highest.get(sync.device_id, 0) for fact in new)
        heard.update(fact["id"] for fact in new)
        highest[sync.device_id] = max(fact["seq"] for fact in body["facts"])
    assert overtaken


def test_a_phone_sends_nothing_that_has_not_happened_yet(three_days: tuple[list[Sync], list[OfficeWork]]) -> None:
    for sync in three_days[0]:
        body = msgspec.json.decode(sync.body)
        here = [fact["monotonic_ms"] for fact in body["facts"] if fact["boot_id"] == body["boot_id"]]
        assert here == sorted(here)
        assert max(here, default=0) <= body["monotonic_ms"]


def test_some_facts_come_minutes_late_and_a_few_the_next_day(
    three_days: tuple[list[Sync], list[OfficeWork]],
) -> None:
    first_heard: dict[str, timedelta] = {}
    for sync in three_days[0]:
        for fact in msgspec.json.decode(sync.body)["facts"]:
            first_heard.setdefault(fact["id"], sync.at - datetime.fromisoformat(fact["wall_time"]))
    # Two phones show a wrong time: theirs are left out by being early, or seven minutes late.
    late = sum(delay > timedelta(minutes=17) for delay in first_heard.values()) / len(first_heard)
    next_day = sum(delay > timedelta(hours=6) for delay in first_heard.values()) / len(first_heard)
    assert 0.02 <= late <= 0.09
    assert 0.0005 <= next_day <= 0.02


def test_a_month_with_a_change_of_clocks_has_a_night_of_25_hours() -> None:
    scope = replace(WHOLE, clients=12)
    syncs = [each for each in MonthStory(make_municipality(scope)).deliveries() if isinstance(each, Sync)]
    offsets = {msgspec.json.decode(sync.body)["device_time"][-6:] for sync in syncs}
    assert offsets == {"+02:00", "+01:00"}


def test_deliveries_come_in_order_of_time(three_days: tuple[list[Sync], list[OfficeWork]]) -> None:
    for kind in three_days:
        moments = [each.at for each in kind]
        assert moments == sorted(moments)


def test_another_seed_is_another_municipality() -> None:
    names = [client.name for client in make_municipality(WHOLE).clients]
    assert [client.name for client in make_municipality(replace(WHOLE, seed=8)).clients] != names
