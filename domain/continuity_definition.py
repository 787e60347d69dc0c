"""The definition of staff continuity: what is counted, over which days and hours, and for whom (rules.md 9.1).

The national definition has changed before and will change again, so a figure names the version that made it.
"""

import msgspec

from domain.organisation.values import ServiceCategory
from domain.rulebook.policies import Policies
from domain.rulebook.values import ContinuityMeasure
from domain.values import VisitKind


class ContinuityDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """All that the indicator depends on beside the facts; what each means stands with the policy of its name."""

    version: str
    period_days: int
    window: str
    age_min: int
    visits_per_day_min: int
    excluded_kinds: frozenset[VisitKind]
    excluded_categories: frozenset[ServiceCategory]
    ordered_categories: frozenset[ServiceCategory]
    limits: tuple[int, ...]
    measure: ContinuityMeasure


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a question states otherwise than the rulebook: another period, other hours. None: as the rulebook says."""

    period_days: int | None = None
    window: str | None = None
    age_min: int | None = None
    visits_per_day_min: int | None = None


AS_THE_RULEBOOK_SAYS = Asked()


def definition_of(policies: Policies, asked: Asked = AS_THE_RULEBOOK_SAYS) -> ContinuityDefinition:
    """The rulebook's definition, with what the question states otherwise; its version then says that it is changed."""
    ruled = ContinuityDefinition(
        version=policies.continuity_definition,
        period_days=policies.continuity_period_days,
        window=policies.continuity_window,
        age_min=policies.continuity_age_min,
        visits_per_day_min=policies.continuity_visits_per_day_min,
        excluded_kinds=policies.continuity_excluded_kinds,
        excluded_categories=policies.continuity_excluded_categories,
        ordered_categories=policies.continuity_ordered_categories,
        limits=policies.continuity_limits,
        measure=policies.continuity_measure,
    )
    stated = {name: value for name in asked.__struct_fields__ if (value := getattr(asked, name)) is not None}
    changed = msgspec.structs.replace(ruled, **stated)
    return ruled if changed == ruled else msgspec.structs.replace(changed, version=f"{ruled.version}, changed")
