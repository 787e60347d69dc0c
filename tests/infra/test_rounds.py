"""What is done again and again beside everything else goes on whatever happens, and ends when it is asked to."""

import threading
import time
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from infra.rounds import Rounds
from infra.telemetry import REGISTRY

OFTEN_S, SELDOM_S, LONG_S = 0.001, 60.0, 5.0
NAME = "night-rounds"


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def failures(kind: str) -> float:
    labels = {"thread": NAME, "error": kind}
    return REGISTRY.get_sample_value("visitledger_thread_errors_total", labels) or 0.0


def threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name == NAME]


@pytest.mark.faults
def test_a_round_that_fails_is_logged_and_counted_by_name_and_the_next_ones_come() -> None:
    done: list[int] = []

    def work() -> None:
        done.append(len(done))
        if len(done) <= 2:
            raise ZeroDivisionError

    rounds, before = Rounds(NAME, work, every_s=OFTEN_S), failures("ZeroDivisionError")
    with capture_logs() as logs:
        rounds.start()
        until(lambda: len(done) > 3)
        rounds.close()
    assert [(each["log_level"], each["event"]) for each in logs] == [("warning", "night_rounds_unknown")] * 2
    assert failures("ZeroDivisionError") - before == 2


def test_the_first_round_comes_at_once_or_after_a_while_and_the_next_only_when_it_is_time() -> None:
    done: list[str] = []
    at_once = Rounds(NAME, lambda: done.append("at once"), every_s=SELDOM_S)
    later = Rounds(NAME, lambda: done.append("later"), every_s=OFTEN_S)
    at_once.start()
    later.start(after_s=SELDOM_S)
    until(lambda: bool(done))
    time.sleep(0.02)
    began = time.monotonic()
    for each in (at_once, later):
        each.close()
    assert done == ["at once"]
    assert time.monotonic() - began < LONG_S


def test_the_end_waits_for_the_round_in_hand_which_hears_of_it_and_rounds_may_begin_again() -> None:
    begun, told = threading.Event(), list[bool]()

    def work() -> None:
        begun.set()
        until(lambda: rounds.are_ending)
        told.append(rounds.are_ending)

    rounds = Rounds(NAME, work, every_s=OFTEN_S)
    for times in (1, 2):
        begun.clear()
        rounds.start()
        assert begun.wait(LONG_S)
        assert not rounds.are_ending
        rounds.close()
        assert (told, threads()) == ([True] * times, [])


def test_the_end_of_rounds_that_never_began_or_have_ended_does_nothing() -> None:
    done: list[int] = []
    rounds = Rounds(NAME, lambda: done.append(1), every_s=SELDOM_S)
    rounds.close()
    rounds.start()
    until(lambda: bool(done))
    rounds.close()
    rounds.close()
    assert (done, threads()) == ([1], [])
