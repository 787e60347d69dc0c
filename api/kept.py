"""Months whose figures are kept, as reports use them."""

from collections.abc import Mapping

from api.reading import View
from domain.ids import ClientId
from domain.local_time import Month
from infra.month_keeper import rules_of
from projections.household_reader import HouseholdReader
from projections.kept_figures import MonthFigures
from projections.kept_months import kept_months
from projections.kept_reader import figures_at


def kept_figures(view: View, month: Month, client_id: str | None = None) -> MonthFigures | None:
    """A month's figures at the newest position, of all clients or one; None where they must be computed from the facts.

    What is asked for once is kept from then on.
    """
    if view.is_past:
        return None
    served = kept_months(view.db).get(str(month))
    if served is None:
        view.house.months.want(month)
    if not served:
        return None
    reader = HouseholdReader(view.db, view.position, month, view.rulebook)
    return figures_at(reader, served, rules_of(view.rulebook), ClientId(client_id) if client_id else None)


def recomputing(figures: MonthFigures) -> Mapping[str, object]:
    """What to say of figures by rules that are no longer in force: that newer ones are under way, and how far they are."""
    if not figures.clients:
        return {}
    return {"recomputing": True, "recomputed": {"clients": figures.done, "of": figures.clients}}
