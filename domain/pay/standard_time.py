"""Standard times: what one occasion of a service counts as, which may depend on the rest of the order, the dwelling, how
much the worker does, and who else lives in the home (rules.md 4 [S:KSTD-SCH])."""

from collections.abc import Sequence
from datetime import date, timedelta

from domain.apportion import apportion
from domain.context import Context
from domain.facts import OrderLine
from domain.frequency import occurrences, parse_frequency
from domain.ids import ClientId, ServiceCode
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import About, Rulebook
from domain.rulebook.values import StandardTime

WEEK, YEAR = "week", "year"
ONE_WEEK = timedelta(days=7)


def standard_entry(
    client_id: ClientId, code: ServiceCode, day: date, policies: Policies, context: Context
) -> StandardTime | None:
    """The first entry of the service whose conditions hold for the client that day."""
    for entry in policies.standard_times:
        if entry.service == code and _holds(entry, client_id, day, context):
            return entry
    return None


def standard_minutes(
    client_id: ClientId, code: ServiceCode, day: date, *, policies: Policies, context: Context
) -> int | None:
    """The client's part of one occasion on that day: by the rulebook, else the catalogue's minutes; None where neither
    names the service."""
    return minutes_of(standard_entry(client_id, code, day, policies, context), client_id, code, day, context)


def minutes_of(
    entry: StandardTime | None, client_id: ClientId, code: ServiceCode, day: date, context: Context
) -> int | None:
    """Likewise, by the entry that holds for the client; None: by the catalogue."""
    if entry is None:
        defined = context.service(code, day)
        return defined.standard_minutes if defined else None
    line = ordered_line(client_id, code, day, context) if entry.per in {WEEK, YEAR} else None
    whole = _occasions(entry, line, day, 1)[0]
    return _own_part(whole, entry, client_id, day, context)


def ordered_standard_minutes(
    line: OrderLine, day: date, times: int, context: Context, rulebook: Rulebook
) -> int | None:
    """What a day's occasions of an order line come to where the order states no minutes; None where nothing says."""
    defined = context.service(line.service_code, day)
    category = defined.category if defined else ""
    about = About(line.service_code, category, line.legal_basis, line.provider_id)
    entry = standard_entry(line.client_id, line.service_code, day, rulebook.on(day).policies_for(about), context)
    if entry is None:
        catalogue = defined.standard_minutes if defined else None
        return None if catalogue is None else catalogue * times
    if is_nested(entry, {other.service_code for other in context.orders(line.client_id, day)}):
        return 0
    parts = [_own_part(whole, entry, line.client_id, day, context) for whole in _occasions(entry, line, day, times)]
    return within_week(entry, sum(parts), _earlier_in_week(line, day) * (parts[0] if parts else 0))


def ordered_line(client_id: ClientId, code: ServiceCode, day: date, context: Context) -> OrderLine | None:
    """The client's oldest order line of the service that day."""
    for line in context.orders(client_id, day):
        if line.service_code == code:
            return line
    return None


def is_nested(entry: StandardTime, codes: set[ServiceCode]) -> bool:
    """Whether its time is in another service's that is there too: bed making in the morning help."""
    return not codes.isdisjoint(entry.nested_in)


def within_week(entry: StandardTime, minutes: int, earlier: int) -> int:
    """What is left of them under the week's maximum, after `earlier` ones: walks, 135 minutes a week."""
    return minutes if entry.minutes_per_week_max is None else max(0, min(minutes, entry.minutes_per_week_max - earlier))


def _holds(entry: StandardTime, client_id: ClientId, day: date, context: Context) -> bool:
    if entry.dwelling or entry.extent:
        client, line = context.client(client_id), ordered_line(client_id, entry.service, day, context)
        if entry.dwelling and (client is None or client.dwelling != entry.dwelling):
            return False
        if entry.extent and (line is None or line.extent != entry.extent):
            return False
    if not entry.order_has and not entry.order_lacks:
        return True
    others = _other_categories(entry.service, client_id, day, context)
    return (not entry.order_has or not others.isdisjoint(entry.order_has)) and others.isdisjoint(entry.order_lacks)


def _other_categories(code: ServiceCode, client_id: ClientId, day: date, context: Context) -> set[str]:
    lines = context.orders(client_id, day)
    services = [context.service(line.service_code, day) for line in lines if line.service_code != code]
    return {defined.category for defined in services if defined}


def _own_part(whole: int, entry: StandardTime, client_id: ClientId, day: date, context: Context) -> int:
    """Cohabiting clients who both have the service share one standard time equally, the odd minute to the oldest order."""
    if not entry.shared_in_household:
        return whole
    living = context.cohabitants(client_id, day)
    sharing = [each for each in living if ordered_line(each, entry.service, day, context)]
    if client_id not in sharing:
        return whole
    ordered = context.oldest_first(sharing, day)
    return apportion(whole, [1] * len(ordered))[ordered.index(client_id)]


def _occasions(entry: StandardTime, line: OrderLine | None, day: date, times: int) -> Sequence[int]:
    """The minutes of each of a day's occasions: the same each time, or parts of the week's or year's pot."""
    if entry.per not in {WEEK, YEAR}:
        return [entry.minutes] * times
    dates = _dates_of_pot(entry.per, line, day) if line else {}
    if day not in dates:
        # Done on another day than it was ordered for: a part like the others'.
        return [entry.minutes // max(1, sum(dates.values()))] * times
    parts = apportion(entry.minutes, [1] * sum(dates.values()))
    before = sum(count for other, count in dates.items() if other < day)
    return parts[before : before + times]


def _dates_of_pot(per: str, line: OrderLine, day: date) -> dict[date, int]:
    monday = day - timedelta(days=day.weekday())
    first, until = (monday, monday + ONE_WEEK) if per == WEEK else (date(day.year, 1, 1), date(day.year + 1, 1, 1))
    return _dates(line, first, until)


def _earlier_in_week(line: OrderLine, day: date) -> int:
    """How many occasions the line has had since Monday."""
    return sum(_dates(line, day - timedelta(days=day.weekday()), day).values())


def _dates(line: OrderLine, first: date, until: date) -> dict[date, int]:
    until = min(until, line.ends_on) if line.ends_on else until
    anchor_on, from_on = line.anchor_on or line.starts_on, max(first, line.starts_on)
    return occurrences(parse_frequency(line.frequency), anchor_on=anchor_on, from_on=from_on, until_on=until)
