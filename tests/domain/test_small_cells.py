"""Cells of few clients are withheld, and none can be computed from what is told beside it."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from domain.small_cells import small_cells

LEAST = 5
CLIENTS = st.sets(st.integers(0, 30).map(str), max_size=9)
Cells = dict[tuple[str, ...], set[str]]


def of(*numbers: int) -> Cells:
    """One cell for each number of clients, who are different ones."""
    return {(f"{at}",): {f"{at} {number}" for number in range(count)} for at, count in enumerate(numbers)}


def withheld(*numbers: int) -> list[int]:
    cells = of(*numbers)
    return sorted(len(cells[key]) for key in small_cells(cells, LEAST))


def test_a_cell_of_fewer_clients_than_the_least_is_withheld_with_the_next_smallest() -> None:
    assert withheld(5, 6, 20) == []
    assert withheld(4, 6, 20) == [4, 6]
    assert withheld(4, 3, 20) == [3, 4]
    assert withheld(20, 2) == [2, 20]


def test_so_many_are_withheld_that_together_they_are_no_small_cell_either() -> None:
    assert withheld(1, 1, 9, 20) == [1, 1, 9]
    the_same_three = {("shower",): {"a", "b", "c"}, ("clean",): {"a", "b", "c"}, ("shop",): set("abcdefg")}
    assert small_cells(the_same_three, LEAST) == set(the_same_three)


def test_a_cell_that_stands_alone_is_withheld_alone_and_one_of_nobody_never() -> None:
    assert withheld(3) == [3]
    assert withheld(0, 9) == []
    assert withheld(0, 3, 9) == [3, 9]
    assert small_cells({}, LEAST) == set()


def test_a_cell_is_not_computed_from_a_total_by_either_of_its_names() -> None:
    numbers = {("a", "x"): 2, ("a", "y"): 9, ("b", "x"): 8, ("b", "y"): 7, ("c", "x"): 30, ("c", "y"): 30}
    cells = {key: {f"{key} {one}" for one in range(count)} for key, count in numbers.items()}
    assert small_cells(cells, LEAST) == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


@given(st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), CLIENTS, max_size=9))
def test_whatever_is_told_no_total_gives_fewer_clients_away(cells: Cells) -> None:
    hidden = small_cells(cells, LEAST)
    assert {key for key, clients in cells.items() if 0 < len(clients) < LEAST} <= hidden
    for of_line in (lambda _: "", lambda key: key[0], lambda key: key[1]):
        for _, line in groupby(sorted(cells, key=of_line), of_line):
            there = [key for key in line if cells[key]]
            gone = [key for key in there if key in hidden]
            together = {client for key in gone for client in cells[key]}
            assert not gone or gone == there or (len(gone) > 1 and len(together) >= LEAST)
