"""Cells of a report that are too small to be told: figures of a few clients say something of each (threat I7).

A cell of fewer clients than the least is withheld; and where what is told of its line and the line's total would give it away,
the next smallest of the line is too, until two cells at least and the least number of clients are withheld together. Pure.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from typing import TypeVar

Key = TypeVar("Key", bound=tuple[Hashable, ...])


def small_cells(cells: Mapping[Key, Set[str]], least: int) -> set[Key]:
    """Tell which cells to withhold, from the clients of each. A cell of nobody is never one of them.

    [A] The lines that are looked at are those of the whole, of one of the key's names, and of all but one of them.
    """
    withheld = {key for key, clients in cells.items() if 0 < len(clients) < least}
    lines = _lines(cells) if withheld else []
    found = len(withheld)
    while found:
        for line in lines:
            withheld |= _also_withheld(line, cells, withheld, least)
        found, before = len(withheld), found
        if found == before:
            break
    return withheld


def _lines(cells: Iterable[Key]) -> list[Sequence[Key]]:
    """The cells that add up to one total each, smallest names first."""
    ordered = sorted(cells, key=lambda key: [str(part) for part in key])
    names = range(len(ordered[0]))
    fixed = {(), *((name,) for name in names), *(tuple(each for each in names if each != name) for name in names)}
    lines: list[Sequence[Key]] = []
    for wanted in sorted(fixed):
        groups: defaultdict[tuple[Hashable, ...], list[Key]] = defaultdict(list)
        for key in ordered:
            groups[tuple(key[name] for name in wanted)].append(key)
        lines += [group for group in groups.values() if len(group) > 1]
    return lines


def _also_withheld(line: Sequence[Key], cells: Mapping[Key, Set[str]], withheld: Set[Key], least: int) -> set[Key]:
    """The next smallest of a line, as many as it takes."""
    hidden = [key for key in line if key in withheld]
    clients = {client for key in hidden for client in cells[key]}
    left = sorted((key for key in line if key not in withheld and cells[key]), key=lambda key: len(cells[key]))
    also: set[Key] = set()
    for key in left if hidden else ():
        if len(hidden) + len(also) > 1 and len(clients) >= least:
            break
        also.add(key)
        clients |= cells[key]
    return also
