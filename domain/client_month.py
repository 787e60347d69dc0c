"""A month's minutes of every client, put side by side once: what is odd about a month and its reconciliation begin here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.context import Context
from domain.deviation.windows import Stretch, Stretches, Window, windows
from domain.facts import PlannedVisit
from domain.ids import ClientId
from domain.local_time import Month, local_day
from domain.minute_controls import controls_of
from domain.month_minutes import Entry, by_client, month_entries
from domain.ordered_time import ordered_time
from domain.performed_time import PerformedMinutes
from domain.rulebook.rulebook import Rulebook


class ClientMonth(NamedTuple):
    """One client's month, granted to performed."""

    client_id: ClientId
    plans: Sequence[PlannedVisit]
    entries: Sequence[Entry]
    windows: Mapping[Stretch, Window]


class MonthOfClients(NamedTuple):
    """A month's minutes client by client: no client's comparison depends on another's."""

    month: Month
    stretches: Stretches
    clients: Sequence[ClientMonth]


def month_of_clients(
    month: Month,
    *,
    planned: Iterable[PlannedVisit],
    performed: Iterable[PerformedMinutes],
    context: Context,
    rulebook: Rulebook,
) -> MonthOfClients:
    """Put the month together. A visit is planned on the day of its start, and performed on each of its local days [A]."""
    ordered = list(ordered_time(month, context, rulebook))
    plans = [plan for plan in planned if local_day(plan.starts_at, rulebook.zone) in month]
    rows = [row for row in performed if row.day in month]
    edition = rulebook.on(month.first_on)
    stretches = Stretches(controls_of(ordered, edition.policies.minute_control), edition)
    clients = []
    for client_id, sources in by_client(ordered, plans, rows).items():
        entries = month_entries(client_id, sources, context, rulebook)
        clients.append(ClientMonth(client_id, sources.planned, entries, windows(entries, stretches)))
    return MonthOfClients(month, stretches, clients)
