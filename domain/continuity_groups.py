"""Staff continuity of units, providers and the municipality: mean, median, and how many clients meet too many."""

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from statistics import fmean, median

import msgspec

from domain.continuity import ClientContinuity, ContinuityReport
from domain.ids import ProviderId, UnitId
from domain.rulebook.values import ContinuityMeasure


class ContinuityLevel(StrEnum):
    """What clients are put together by."""

    MUNICIPALITY = "municipality"
    PROVIDER = "provider"
    UNIT = "unit"


class ContinuityGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The counted clients of a group. What a level does not name is None, and so is every figure of nobody."""

    level: ContinuityLevel
    provider_id: ProviderId | None
    unit_id: UnitId | None
    clients: int
    left_out: int
    value: float | None
    """The figure that stands for the group by the definition: the older one's mean, or the newer one's median."""
    mean: float | None
    median: float | None
    shares_over: dict[int, float | None]
    """By limit: the share of clients with more workers than that [S:LIND]."""
    without_care_contact: int
    """Of the clients counted, those with no designated care contact (rules.md 11)."""
    care_contact_share: float | None
    """Of the visits to clients with a care contact, those by the contact."""


def continuity_groups(report: ContinuityReport, level: ContinuityLevel) -> list[ContinuityGroup]:
    """Put the clients of a report together, in the order of the groups' ids."""
    members: defaultdict[tuple[ProviderId | None, UnitId | None], list[ClientContinuity]] = defaultdict(list)
    for client in report.clients:
        members[group_of(client, level)].append(client)
    if level is ContinuityLevel.MUNICIPALITY:
        members.setdefault((None, None), [])
    ordered = sorted(members.items(), key=lambda group: [name or "" for name in group[0]])
    return [_group(report, level, key, clients) for key, clients in ordered]


def group_of(client: ClientContinuity, level: ContinuityLevel) -> tuple[ProviderId | None, UnitId | None]:
    """The provider and the unit of the group that a client is counted in."""
    match level:
        case ContinuityLevel.MUNICIPALITY:
            return None, None
        case ContinuityLevel.PROVIDER:
            return client.provider_id, None
        case ContinuityLevel.UNIT:
            return client.provider_id, client.unit_id


def _group(
    report: ContinuityReport,
    level: ContinuityLevel,
    key: tuple[ProviderId | None, UnitId | None],
    clients: Sequence[ClientContinuity],
) -> ContinuityGroup:
    counted = [client for client in clients if client.left_out is None]
    numbers = [client.workers for client in counted]
    mean, middle = (fmean(numbers), float(median(numbers))) if numbers else (None, None)
    in_contact = [client for client in counted if client.care_contact_id is not None]
    return ContinuityGroup(
        level=level,
        provider_id=key[0],
        unit_id=key[1],
        clients=len(counted),
        left_out=len(clients) - len(counted),
        value=mean if report.definition.measure is ContinuityMeasure.MEAN else middle,
        mean=mean,
        median=middle,
        shares_over={
            limit: _share(sum(number > limit for number in numbers), len(numbers)) for limit in report.definition.limits
        },
        without_care_contact=len(counted) - len(in_contact),
        care_contact_share=_share(
            sum(client.care_contact_visits for client in in_contact), sum(client.visits for client in in_contact)
        ),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
