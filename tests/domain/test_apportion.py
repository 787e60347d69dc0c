"""Whole minutes are divided so that nothing is lost and nothing counted twice."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.apportion import apportion, spread

WEIGHTS = st.lists(st.integers(0, 500), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (31, [1, 1], [16, 15]),
        (10, [0, 1], [0, 10]),
        (10, [0, 0], [5, 5]),
        (10, [1, 1, 1], [4, 3, 3]),
        (7, [5, 10, 5], [2, 3, 2]),
        (0, [3, 4], [0, 0]),
        (9, [7], [9]),
    ],
)
def test_parts_are_in_proportion_and_the_largest_remainder_is_served_first(
    total: int, weights: list[int], parts: list[int]
) -> None:
    assert apportion(total, weights) == parts


@given(total=st.integers(0, 5000), weights=WEIGHTS)
def test_parts_come_to_the_total_and_none_is_a_whole_minute_off(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    if any(weights):
        exact = [Fraction(total * weight, sum(weights)) for weight in weights]
        assert all(floor(share) <= part <= ceil(share) for share, part in zip(exact, parts, strict=True))


def test_a_table_gives_each_row_in_proportion_to_what_the_columns_still_lack() -> None:
    assert spread([15, 16], [16, 15]) == [[8, 7], [8, 8]]
    assert spread([3, 3, 3], [1, 8]) == [[0, 3], [1, 2], [0, 3]]


@given(cells=st.lists(WEIGHTS, min_size=1, max_size=5))
def test_a_table_has_its_rows_and_its_columns(cells: list[list[int]]) -> None:
    width = min(map(len, cells))
    assume(width)
    given_cells = [row[:width] for row in cells]
    rows, columns = [sum(row) for row in given_cells], [sum(column) for column in zip(*given_cells, strict=True)]
    table = spread(rows, columns)
    assert [sum(row) for row in table] == rows
    assert [sum(column) for column in zip(*table, strict=True)] == columns
    assert all(cell >= 0 for row in table for cell in row)
