"""Rows whose figures are withheld from whoever may not be told of a few clients: see `domain.small_cells`."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from api.reading import View
from api.rendering import Row
from domain.small_cells import small_cells

Key = tuple[Any, ...]
OF_PERSONS = frozenset({"client_id", "visit_id", "worker_id", "order_id"})
"""Rows named by these are of a pseudonym each, and told."""
ABOUT_DAYS = ("level", "month", "months", "by", "day", "first_on", "last_on", "definition", "rulebook")
LABELS = frozenset((*ABOUT_DAYS, "legal_basis", "provider_id", "unit_id", "id", "name"))
"""Columns that say what a row is about, beside those it is named by: no figures."""


def withheld(
    view: View, rows: Sequence[Row], names: Sequence[str], clients: Iterable[tuple[Key, str]], *, unit: str = ""
) -> Sequence[Row]:
    """The rows, of whose small ones no figure is told to a caller for whom the table says so. `suppressed` tells which: also
    the next smallest, where their total would give a small one away. `clients` says whom each cell, named by the columns
    `names`, adds up: a pair for each, looked at only then. A unit among them (or in the column `unit`) is held against the
    others of its provider, whose total is told elsewhere."""
    least = view.reach.cell_clients_min
    if not least:
        return rows
    at = next((at for at, name in enumerate(names) if name in {unit, "unit_id", "client_unit_id"}), None)
    providers = {} if at is None else {each.unit_id: each.provider_id for each in view.facts.units()}

    def placed(key: Key) -> Key:
        return key if at is None else (providers.get(key[at]), *key)

    cells: dict[Key, set[str]] = {}
    for key, client_id in clients if OF_PERSONS.isdisjoint(names) else ():
        cells.setdefault(placed(key), set()).update((client_id,) if client_id else ())  # nobody is no client
    small = small_cells(cells, least)
    return [_told(row, names, placed(tuple(row[name] for name in names)) in small) for row in rows]


def _told(row: Row, names: Collection[str], is_small: bool) -> Row:
    kept = {name: None if is_small and name not in LABELS and name not in names else row[name] for name in row}
    return kept | {"suppressed": is_small}
