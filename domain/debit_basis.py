"""Debit basis for supervision: what a provider claims at the end of a month, outside all visits (rules.md 8 [S:SEED2]).

[A] A claim is participants x the rulebook's minutes for each session that was held, however long it lasted; the price is for
each participant and occasion. It is not performed time at any client.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from domain.context import Context
from domain.ids import ProviderId, UnitId, WorkerId
from domain.local_time import Month
from domain.rulebook.rulebook import About, Rulebook
from domain.supervision.facts import SupervisionSession, TeamMeeting
from domain.supervision.team_weeks import team_weeks, unit_week

ORE = Decimal("0.01")


class DebitLine(msgspec.Struct, frozen=True, kw_only=True):
    """One session as it is claimed. Money is in kronor, rounded half up to öre once ([A] rules.md 7.2)."""

    session_id: str
    session_on: date
    unit_id: UnitId
    provider_id: ProviderId
    supervisor_id: WorkerId
    participants: int
    minutes: int
    """Claimed: participants x minutes for each."""
    held_minutes: int
    """How long the session lasted."""
    amount: Decimal
    in_team_week: bool
    """There was a team meeting that week: claimed, and told of as SUPERVISION_IN_TEAM_WEEK."""
    rulebook_version: str


class DebitClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's month."""

    month: str
    provider_id: ProviderId
    occasions: int
    participants: int
    minutes: int
    amount: Decimal
    in_team_weeks: int
    """Of the occasions, those in a week with a team meeting."""


def debit_lines(
    month: Month,
    sessions: Sequence[SupervisionSession],
    meetings: Sequence[TeamMeeting],
    *,
    context: Context,
    rulebook: Rulebook,
) -> list[DebitLine]:
    """The sessions that were held in the month, in order of their days.

    Sessions and meetings may reach beyond it: a week may begin in the month before.
    """
    weeks = team_weeks(sessions, meetings)
    held = [each for each in sessions if each.session_on in month and not each.cancelled_because]
    return [
        _line(each, context, rulebook, in_team_week=unit_week(each.unit_id, each.session_on) in weeks)
        for each in sorted(held, key=lambda each: (each.session_on, each.session_id))
    ]


def debit_claims(month: Month, lines: Sequence[DebitLine]) -> list[DebitClaim]:
    """Add the lines up for each provider."""
    by_provider: defaultdict[ProviderId, list[DebitLine]] = defaultdict(list)
    for line in lines:
        by_provider[line.provider_id].append(line)
    return [
        DebitClaim(
            month=str(month),
            provider_id=provider_id,
            occasions=len(claimed),
            participants=sum(line.participants for line in claimed),
            minutes=sum(line.minutes for line in claimed),
            amount=sum((line.amount for line in claimed), Decimal(0)),
            in_team_weeks=sum(line.in_team_week for line in claimed),
        )
        for provider_id, claimed in sorted(by_provider.items())
    ]


def _line(session: SupervisionSession, context: Context, rulebook: Rulebook, *, in_team_week: bool) -> DebitLine:
    edition = rulebook.on(session.session_on)
    provider_id = context.provider_of(session.unit_id)
    policies = edition.policies_for(About(provider_id=provider_id))
    participants = len(session.worker_ids)
    return DebitLine(
        session_id=session.session_id,
        session_on=session.session_on,
        unit_id=session.unit_id,
        provider_id=provider_id,
        supervisor_id=session.supervisor_id,
        participants=participants,
        minutes=participants * policies.supervision_minutes,
        held_minutes=session.minutes,
        amount=(participants * policies.supervision_price).quantize(ORE, ROUND_HALF_UP),
        in_team_week=in_team_week,
        rulebook_version=edition.version,
    )
