"""Tables whose rows overlap, leave gaps, or do not rise."""

from collections.abc import Iterator
from itertools import pairwise

from domain.rulebook.checks import hours
from domain.rulebook.checks.found import Found
from domain.rulebook.fault_codes import FaultCode
from domain.rulebook.policies import Policies
from domain.rulebook.values import CompensationModel, MinimumMinutes


def absence_shares(policies: Policies) -> Iterator[Found]:
    """Shares that do not follow one another from day 1."""
    if policies.absence_shares and not policies.absence_triggers:
        yield ("absence_shares",), FaultCode.ABSENCE_WITHOUT_TRIGGER
    following = 1
    for at, share in enumerate(policies.absence_shares):
        if share.last_day < share.first_day:
            yield ("absence_shares", at), FaultCode.ABSENCE_DAYS_BACKWARDS
        elif share.first_day < following:
            yield ("absence_shares", at), FaultCode.ABSENCE_DAYS_OVERLAP
        elif share.first_day > following:
            yield ("absence_shares", at), FaultCode.ABSENCE_DAYS_GAP
        following = max(following, share.last_day + 1)


def minimum_minutes(policies: Policies) -> Iterator[Found]:
    """Two minimums for one hour and one source."""
    for at, each in enumerate(policies.minimum_minutes):
        if any(_overlaps(above, each) for above in policies.minimum_minutes[:at]):
            yield ("minimum_minutes", at), FaultCode.MINIMUM_OVERLAP


def _overlaps(above: MinimumMinutes, each: MinimumMinutes) -> bool:
    same_source = not above.sources or not each.sources or not set(above.sources).isdisjoint(each.sources)
    return same_source and bool(hours.of_window(above.window) & hours.of_window(each.window))


def levels(policies: Policies) -> Iterator[Found]:
    """Levels that do not rise, or end before the largest order does."""
    if policies.compensation_model is CompensationModel.LEVEL and not policies.levels:
        yield ("compensation_model",), FaultCode.LEVELS_MISSING
    names: set[str] = set()
    for at, level in enumerate(policies.levels):
        if level.name in names:
            yield ("levels", at, "name"), FaultCode.LEVEL_NAME_TWICE
        names.add(level.name)
    for at, (below, above) in enumerate(pairwise(policies.levels), start=1):
        ends, goes_on = below.until_minutes, above.until_minutes
        if ends is None or (goes_on is not None and goes_on <= ends):
            yield ("levels", at), FaultCode.LEVELS_NOT_RISING
    if policies.levels and policies.levels[-1].until_minutes is not None:
        yield ("levels", len(policies.levels) - 1), FaultCode.LEVELS_NOT_RISING


def rising_limits(policies: Policies) -> Iterator[Found]:
    """Continuity's limits, and the period they are counted over."""
    if any(above <= below for below, above in pairwise(policies.continuity_limits)):
        yield ("continuity_limits",), FaultCode.CONTINUITY_LIMITS_NOT_RISING
    if policies.continuity_period_days == 0:
        yield ("continuity_period_days",), FaultCode.CONTINUITY_PERIOD_EMPTY
