"""Divide whole minutes so that nothing is lost and nothing counted twice."""

from collections.abc import Sequence


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Divide `total` in proportion to `weights`, by largest remainder; a tie goes to the earlier.

    Where every weight is 0 the parts are equal. No part exceeds its exact share rounded up.
    """
    if len(weights) == 1:
        return [total]
    weights = weights if any(weights) else [1] * len(weights)
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % whole))
        for index in by_remainder[:left]:
            parts[index] += 1
    return parts


def spread(rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """Fill a table so that each row and each column adds up to what is given for it; both come to the same sum.

    Each row is in proportion to what the columns still lack. That never takes more than a column has left, since a part is
    at most its exact share rounded up, and what is left is whole.
    """
    left = list(columns)
    table = []
    for row in rows:
        parts = apportion(row, left)
        left = [column - part for column, part in zip(left, parts, strict=True)]
        table.append(parts)
    return table
