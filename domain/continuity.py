"""Staff continuity: how many different workers a home-care client meets in a period, usually 14 days (rules.md 9).

One pass over the visits. Every client who was met is told of, and for those whom the indicator leaves out, why.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from domain.context import NO_UNIT, Context
from domain.continuity_definition import ContinuityDefinition, definition_of
from domain.facts import VisitFacts
from domain.home_care_visits import Encounter, encounters
from domain.ids import ClientId, ProviderId, UnitId, WorkerId
from domain.left_out import LeftOut, left_out
from domain.local_time import ONE_DAY, local_day_bounds
from domain.rulebook.rulebook import Rulebook
from domain.time_window import is_within
from domain.values import Period
from domain.worker.values import LicensedTitle


class ClientContinuity(msgspec.Struct, frozen=True, kw_only=True):
    """One client's period. Unit, provider and care contact are those of its last day: a change inside it leaves nobody
    out [A]."""

    client_id: ClientId
    unit_id: UnitId
    provider_id: ProviderId
    left_out: LeftOut | None
    workers: int
    """Different ones: each person once, however many visits [S:LIND]."""
    visits: int
    cci: float | None
    """1 - (workers - 1) / (visits - 1) [S:CAIRE]; None for a single visit."""
    care_contact_id: WorkerId | None
    care_contact_holds_title: bool | None
    """Whether the contact is an assistant nurse by licence, as who is appointed must be (rules.md 11 [S:PROP])."""
    care_contact_visits: int
    """Visits by whoever was the care contact on the day."""

    @property
    def care_contact_share(self) -> float | None:
        """Of the visits; None where nobody is designated."""
        return None if self.care_contact_id is None else self.care_contact_visits / self.visits


class ContinuityReport(msgspec.Struct, frozen=True, kw_only=True):
    """The clients of a period, and what was counted by which definition and rules."""

    definition: ContinuityDefinition
    rulebook_version: str
    first_on: date
    last_on: date
    clients: Sequence[ClientContinuity]


class _Tally(msgspec.Struct):
    """What is counted for one client on the way through the visits."""

    visits_by_day: list[int]
    worker_ids: set[WorkerId]
    care_contact_visits: int = 0
    planned_unit_id: UnitId = NO_UNIT


def continuity(
    period_first_on: date,
    visits: Iterable[VisitFacts],
    *,
    context: Context,
    rulebook: Rulebook,
    definition: ContinuityDefinition | None = None,
) -> ContinuityReport:
    """Count the period that begins on that day, by the rulebook of that day or another definition.

    A visit belongs to the day and the window that its start lies in, by local time [A].
    """
    edition = rulebook.on(period_first_on)
    defined = definition or definition_of(edition.policies)
    last_on = period_first_on + timedelta(days=defined.period_days - 1)
    tallies = _tallies(visits, period_first_on, context, rulebook, defined)
    return ContinuityReport(
        definition=defined,
        rulebook_version=edition.version,
        first_on=period_first_on,
        last_on=last_on,
        clients=[
            _client(client_id, tally, period_first_on, last_on, context, rulebook, defined)
            for client_id, tally in sorted(tallies.items())
        ],
    )


def _tallies(
    visits: Iterable[VisitFacts],
    first_on: date,
    context: Context,
    rulebook: Rulebook,
    definition: ContinuityDefinition,
) -> dict[ClientId, _Tally]:
    tallies: defaultdict[ClientId, _Tally] = defaultdict(lambda: _Tally([0] * definition.period_days, set()))
    starts_at = local_day_bounds(first_on, rulebook.zone)[0]
    ends_at = local_day_bounds(first_on + timedelta(days=definition.period_days - 1), rulebook.zone)[1]
    for visit in visits:
        if not any(starts_at <= stay.starts_at < ends_at for stay in visit.attendances):
            continue
        for met in encounters(visit, context=context, rulebook=rulebook, definition=definition):
            number = (met.day - first_on).days
            if 0 <= number < definition.period_days and is_within(met.starts_at, definition.window, rulebook.zone):
                _take(tallies[met.client_id], met, number, visit, context)
    return tallies


def _take(tally: _Tally, met: Encounter, number: int, visit: VisitFacts, context: Context) -> None:
    tally.visits_by_day[number] += 1
    tally.worker_ids.update(met.worker_ids)
    tally.care_contact_visits += context.care_contact(met.client_id, met.day) in met.worker_ids
    if visit.planned is not None:
        tally.planned_unit_id = max(tally.planned_unit_id, visit.planned.unit_id)


def _client(
    client_id: ClientId,
    tally: _Tally,
    first_on: date,
    last_on: date,
    context: Context,
    rulebook: Rulebook,
    definition: ContinuityDefinition,
) -> ClientContinuity:
    period = Period(local_day_bounds(first_on, rulebook.zone)[0], local_day_bounds(last_on + ONE_DAY, rulebook.zone)[0])
    unit_id = context.client_unit(client_id, last_on) or tally.planned_unit_id
    contact_id = context.care_contact(client_id, last_on)
    visits, workers = sum(tally.visits_by_day), len(tally.worker_ids)
    return ClientContinuity(
        client_id=client_id,
        unit_id=unit_id,
        provider_id=context.provider_of(unit_id) or context.ordered_provider(client_id, last_on),
        left_out=left_out(client_id, tally.visits_by_day, first_on, period, context, definition),
        workers=workers,
        visits=visits,
        cci=1 - (workers - 1) / (visits - 1) if visits > 1 else None,
        care_contact_id=contact_id,
        care_contact_holds_title=(
            context.holds_title(contact_id, LicensedTitle.ASSISTANT_NURSE, last_on) if contact_id else None
        ),
        care_contact_visits=tally.care_contact_visits,
    )
