"""Callers are counted exactly enough, and in so much memory whoever comes."""

import pytest

from infra.rate_limits import RateLimit, RecentCounts

KEYS_MAX = 1_000


class Watch:
    """A clock that is moved by hand, in seconds."""

    now = 10_000.3

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def counts(watch: Watch) -> RecentCounts:
    return RecentCounts(keys_max=KEYS_MAX, clock=watch)


def test_a_caller_over_its_rate_is_told_to_wait_and_is_served_after_that(watch: Watch, counts: RecentCounts) -> None:
    limit = RateLimit("20/second;100/minute", counts=counts)
    for _ in range(5):
        assert [limit.wait_s("anna") for _ in range(20)] == [0] * 20
        assert limit.wait_s("anna") == 1
        watch.now += 2
    wait_s = limit.wait_s("anna")
    assert wait_s > 1
    watch.now += wait_s
    assert limit.wait_s("anna") == 0


def test_one_caller_over_its_rate_is_nobody_elses_matter(counts: RecentCounts) -> None:
    limit = RateLimit("3/second", counts=counts)
    assert [limit.wait_s("anna") for _ in range(4)] == [0, 0, 0, 1]
    assert limit.wait_s("bo") == 0


def test_a_caller_that_never_waits_is_still_served_at_its_rate(watch: Watch, counts: RecentCounts) -> None:
    limit = RateLimit("20/second", counts=counts)
    served = 0
    for _ in range(10_000):
        served += limit.wait_s("anna") == 0
        watch.now += 0.001
    assert 190 <= served <= 220


def test_no_burst_fits_between_two_windows(watch: Watch, counts: RecentCounts) -> None:
    limit = RateLimit("20/second", counts=counts)
    watch.now = 10_000.99
    assert [limit.wait_s("anna") for _ in range(20)] == [0] * 20
    watch.now = 10_001.01
    assert [limit.wait_s("anna") for _ in range(3)] == [0, 1, 1]


def test_without_a_rate_nobody_waits() -> None:
    limit = RateLimit("")
    assert {limit.wait_s("anna") for _ in range(10_000)} == {0}


def test_row_53_memory_is_bounded_whoever_comes_and_forgets_no_one_who_keeps_calling(counts: RecentCounts) -> None:
    limit = RateLimit("3/minute", counts=counts)
    assert [limit.wait_s("anna") for _ in range(3)] == [0, 0, 0]
    for number in range(5 * KEYS_MAX):
        assert limit.wait_s(f"made-up-{number}") == 0
        if number % (KEYS_MAX // 2) == 0:
            assert limit.wait_s("anna") > 0
    assert counts.reset() == KEYS_MAX
