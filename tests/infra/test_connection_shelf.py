"""Connections are lent in turn, and a lost one is never lent again."""

import threading
import time

import pytest
from eventsourcing.persistence import InterfaceError, OperationalError

from infra.connection_shelf import ConnectionShelf


class Line:
    """A connection that can be lost."""

    def __init__(self) -> None:
        self.is_sound = True
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


def shelf_of(limit: int, patience_s: float = 5.0) -> ConnectionShelf[Line]:
    return ConnectionShelf(Line, lambda line: line.is_sound, limit=limit, patience_s=patience_s)


def test_an_idle_connection_is_lent_again() -> None:
    shelf = shelf_of(2)
    with shelf.lend() as first:
        pass
    with shelf.lend() as again, shelf.lend() as second:
        assert again is first
        assert second is not first


def test_a_caller_gives_up_when_none_comes_free_in_time() -> None:
    shelf = shelf_of(1, patience_s=0.05)
    with shelf.lend(), pytest.raises(OperationalError), shelf.lend():
        pass
    with shelf.lend():
        pass


def test_callers_get_their_turn_in_the_order_they_came() -> None:
    shelf, order = shelf_of(1), list[int]()

    def take_turn(number: int) -> None:
        with shelf.lend():
            order.append(number)

    with shelf.lend():
        callers = [threading.Thread(target=take_turn, args=(number,)) for number in range(5)]
        for caller in callers:
            caller.start()
            time.sleep(0.01)
    take_turn(5)  # whoever has just given it back is last in line as well
    for caller in callers:
        caller.join()
    assert order == [0, 1, 2, 3, 4, 5]


def test_a_lost_connection_takes_the_idle_ones_with_it() -> None:
    shelf = shelf_of(3)
    with shelf.lend() as lost, shelf.lend() as idle:
        lost.is_sound = False
    assert lost.is_closed
    assert idle.is_closed
    with shelf.lend() as first, shelf.lend() as second, shelf.lend() as third:
        assert not {lost, idle} & {first, second, third}


def test_an_exception_inside_the_block_keeps_a_sound_connection() -> None:
    shelf = shelf_of(1)
    with pytest.raises(ZeroDivisionError), shelf.lend() as line:
        _ = 1 / 0
    with shelf.lend() as again:
        assert again is line


def test_a_connection_that_cannot_be_opened_leaves_its_place_free() -> None:
    answers = iter([False, True])

    def open_line() -> Line:
        if not next(answers):
            raise OperationalError("no server")
        return Line()

    shelf = ConnectionShelf(open_line, lambda line: line.is_sound, limit=1, patience_s=0.05)
    with pytest.raises(OperationalError, match="no server"), shelf.lend():
        pass
    with shelf.lend():
        pass


def test_a_closed_shelf_closes_what_comes_back_and_lends_no_more() -> None:
    shelf = shelf_of(2)
    with shelf.lend() as lent:
        with shelf.lend() as idle:
            pass
        shelf.close()
        closed_at_once = (idle.is_closed, lent.is_closed)
    assert closed_at_once == (True, False)
    assert lent.is_closed
    with pytest.raises(InterfaceError), shelf.lend():
        pass
