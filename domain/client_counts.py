"""Decisions and clients of a month, as statistics count them (rules.md 11).

A decision is an order under SoL; LSS is a statistic of its own and HSL no decision. Who has only alarm, meals, relief or
companion service is no home-care client in comparisons [S:RKA].
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import msgspec

from domain.context import Context
from domain.facts import OrderLine
from domain.ids import ClientId, OrderId, ProviderId, UnitId
from domain.local_time import ONE_DAY, Month
from domain.order.time_frame import TimeFrame
from domain.order.values import LegalBasis
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import Rulebook


class CountLevel(StrEnum):
    """What clients are counted by."""

    MUNICIPALITY = "municipality"
    PROVIDER = "provider"
    UNIT = "unit"


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that the register file speaks of: in force on the month's last day, started or ended in it [S:HSLF]."""

    month: str
    order_id: OrderId
    client_id: ClientId
    provider_id: ProviderId
    started_on: date
    ended_on: date | None
    """Its last day; None: until further notice."""
    in_force: bool
    started: bool
    ended: bool
    is_home_care: bool
    """Whether it has any service beside those that are left out in comparisons, on its last day in the month."""


class ClientCount(msgspec.Struct, frozen=True, kw_only=True):
    """Clients with a decision in force on a day. What a level does not name is None."""

    level: CountLevel
    day: date
    provider_id: ProviderId | None
    unit_id: UnitId | None
    with_decision: int
    home_care_clients: int

    @property
    def left_out(self) -> int:
        """Those who have only services that are left out."""
        return self.with_decision - self.home_care_clients


def register_basis(month: Month, *, context: Context, rulebook: Rulebook) -> list[Decided]:
    """The month's decisions, in order of client and order.

    [A] A suspended order stays decided, provided that it is resumed: one suspended until further notice has no day that
    says so, and ends with the suspension.
    """
    policies = rulebook.on(month.until_on - ONE_DAY).policies
    found = (_decided(month, parts, context, policies) for parts in _by_order(context).values())
    told = (each for each in found if each is not None and (each.in_force or each.started or each.ended))
    return sorted(told, key=lambda each: (each.client_id, each.order_id))


def client_counts(day: date, *, level: CountLevel, context: Context, rulebook: Rulebook) -> list[ClientCount]:
    """Count the clients with a decision in force on the day, by the unit that is responsible for them then.

    Without a unit a client counts with the provider of their oldest order. A suspended order is not in force here [A].
    """
    policies = rulebook.on(day).policies
    is_home_care: defaultdict[ClientId, bool] = defaultdict(bool)
    for part in _parts(context):
        if part.starts_on <= day and (part.ends_on is None or day < part.ends_on):
            is_home_care[part.client_id] |= _is_home_care(part, day, context, policies)
    decided, counted = Counter[tuple[ProviderId | None, UnitId | None]](), Counter[object]()
    for client_id, counts in is_home_care.items():
        group = _group(client_id, day, level, context)
        decided[group] += 1
        counted[group] += counts
    return [
        ClientCount(
            level=level,
            day=day,
            provider_id=group[0],
            unit_id=group[1],
            with_decision=number,
            home_care_clients=counted[group],
        )
        for group, number in sorted(decided.items(), key=lambda each: [name or "" for name in each[0]])
    ]


Part = OrderLine | TimeFrame


def _parts(context: Context) -> Iterator[Part]:
    """All that is ordered under SoL, services and pots of minutes, each over the days it holds."""
    for lines in context.order_lines.values():
        yield from (line for line in lines if line.legal_basis == LegalBasis.SOL)
    yield from (frame for frame in context.time_frames if frame.legal_basis == LegalBasis.SOL)


def _by_order(context: Context) -> dict[OrderId, list[Part]]:
    orders: defaultdict[OrderId, list[Part]] = defaultdict(list)
    for part in _parts(context):
        orders[part.order_id].append(part)
    return orders


def _decided(month: Month, parts: list[Part], context: Context, policies: Policies) -> Decided | None:
    started_on = min(part.starts_on for part in parts)
    until_on = None if None in {part.ends_on for part in parts} else max(part.ends_on or date.min for part in parts)
    ended_on = until_on - ONE_DAY if until_on else None
    last_on = month.until_on - ONE_DAY
    if started_on > last_on:
        return None
    day = min(last_on, ended_on or last_on)
    latest = max(parts, key=lambda part: (part.starts_on <= day, part.starts_on))
    return Decided(
        month=str(month),
        order_id=latest.order_id,
        client_id=latest.client_id,
        provider_id=latest.provider_id,
        started_on=started_on,
        ended_on=ended_on,
        in_force=ended_on is None or last_on <= ended_on,
        started=started_on in month,
        ended=ended_on is not None and ended_on in month,
        is_home_care=any(
            _is_home_care(part, day, context, policies) for part in parts if part.starts_on == latest.starts_on
        ),
    )


def _is_home_care(part: Part, day: date, context: Context, policies: Policies) -> bool:
    """Whether a service counts. A pot of minutes does [A]: it is what home care is given in (rules.md 3.3)."""
    if isinstance(part, TimeFrame):
        return True
    defined = context.service(part.service_code, day)
    return defined is None or defined.category not in policies.home_care_excluded_categories


def _group(
    client_id: ClientId, day: date, level: CountLevel, context: Context
) -> tuple[ProviderId | None, UnitId | None]:
    if level is CountLevel.MUNICIPALITY:
        return None, None
    unit_id = context.client_unit(client_id, day)
    provider_id = context.provider_of(unit_id) or context.ordered_provider(client_id, day)
    return (provider_id, unit_id) if level is CountLevel.UNIT else (provider_id, None)
