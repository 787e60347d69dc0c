"""Which clients staff continuity is counted for, and why another is left out (rules.md 9.1)."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from domain.context import Context
from domain.continuity_definition import ContinuityDefinition
from domain.facts import Person
from domain.ids import ClientId
from domain.values import Period

AGE_65 = 65


class LeftOut(StrEnum):
    """Why the indicator does not count a client. The first that holds is told."""

    TOO_YOUNG = "too_young"
    AGE_UNKNOWN = "age_unknown"
    AWAY = "away"
    """Not at home during all or part of the period [S:LIND]."""
    TOO_FEW_VISITS = "too_few_visits"
    """Fewer visits than asked for on some day of the period [S:LIND]."""


def left_out(
    client_id: ClientId,
    visits_by_day: Sequence[int],
    first_on: date,
    period: Period,
    context: Context,
    definition: ContinuityDefinition,
) -> LeftOut | None:
    """Why the client is not counted; None where they are."""
    is_old_enough = _is_of_age(context.client(client_id), definition.age_min, first_on)
    if not is_old_enough:
        return LeftOut.AGE_UNKNOWN if is_old_enough is None else LeftOut.TOO_YOUNG
    if context.is_away("client", client_id, period):
        return LeftOut.AWAY
    is_seen_daily = min(visits_by_day) >= definition.visits_per_day_min
    return None if is_seen_daily else LeftOut.TOO_FEW_VISITS


def _is_of_age(client: Person | None, age_min: int, on: date) -> bool | None:
    """Whether the client has reached the age on the period's first day [A]; None where nothing says.

    Where only the year of birth is known, whoever turns that old in the year counts [A].
    """
    if not age_min:
        return True
    if client is None:
        return None
    if client.turns_65_on is not None:
        turned = client.turns_65_on
        return (turned.year + age_min - AGE_65, turned.month, turned.day) <= (on.year, on.month, on.day)
    return None if client.birth_year is None else client.birth_year + age_min <= on.year
