"""Kept figures as a report reads them: with what is due computed on the spot."""

from domain.ids import ClientId
from projections.household_reader import HouseholdReader
from projections.kept_figures import MonthFigures, read_figures
from projections.kept_months import due_clients

DUE_MAX = 20
"""So many clients are computed for a reader; more are left to whoever keeps the figures."""


def figures_at(
    reader: HouseholdReader, served: str, rules: str, client_id: ClientId | None = None
) -> MonthFigures | None:
    """A month's figures at the reader's position, of all clients or one: the same as computed from the facts. None where so
    much is due that computing all of it is as good.

    `served` are the rules that the month is served by, `rules` those in force; where they differ, the figures are by the
    former, and say how far the latter are.
    """
    due = due_clients(reader.db, reader.month, reader.as_of)
    if client_id is not None:
        together = [each for group in reader.around([client_id]) for each in group]
        due = together if not set(due).isdisjoint(together) else []
    if len(due) > DUE_MAX:
        return None
    renewed = [each for group in reader.around(due) for each in group] if due else []
    by_rules = list(dict.fromkeys((served, rules)))
    figures = read_figures(reader.db, reader.month, reader.as_of, by_rules, client_id=client_id, without=renewed)
    if figures is not None and renewed:
        figures.performed += reader.household_month(renewed).performed
    return figures
