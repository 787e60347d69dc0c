"""Standard times that never hold, and services that are nested in themselves."""

from collections.abc import Iterator, Mapping

from domain.client.values import Dwelling
from domain.ids import ServiceCode
from domain.order.values import Extent
from domain.rulebook.checks.found import Found
from domain.rulebook.fault_codes import FaultCode
from domain.rulebook.policies import Policies
from domain.rulebook.values import StandardTime

PERIODS = frozenset({"occasion", "week", "year"})
ANY_DWELLING = ""
DWELLINGS = frozenset(str(dwelling) for dwelling in Dwelling) | {ANY_DWELLING}


def entries(policies: Policies) -> Iterator[Found]:
    """Entries that contradict themselves or the ones above them."""
    for at, entry in enumerate(policies.standard_times):
        if entry.per not in PERIODS:
            yield ("standard_times", at, "per"), FaultCode.STANDARD_TIME_PER_UNKNOWN
        if entry.dwelling not in DWELLINGS:
            yield ("standard_times", at, "dwelling"), FaultCode.STANDARD_TIME_DWELLING_UNKNOWN
        if not set(entry.order_has).isdisjoint(entry.order_lacks):
            yield ("standard_times", at), FaultCode.STANDARD_TIME_NEVER_HOLDS
        above = [each for each in policies.standard_times[:at] if each.service == entry.service]
        if any(_holds_whenever(each, entry) for each in above):
            twice = any(_holds_whenever(entry, each) for each in above)
            code = FaultCode.STANDARD_TIME_TWICE if twice else FaultCode.STANDARD_TIME_NEVER_COUNTS
            yield ("standard_times", at), code


def nesting(policies: Policies) -> Iterator[Found]:
    """Services that are nested in themselves, also by a way round."""
    inside: dict[ServiceCode, set[ServiceCode]] = {}
    for entry in policies.standard_times:
        inside.setdefault(entry.service, set()).update(entry.nested_in)
    for at, entry in enumerate(policies.standard_times):
        if entry.nested_in and entry.service in _reached(entry.service, inside):
            yield ("standard_times", at, "nested_in"), FaultCode.STANDARD_TIME_IN_ITSELF


def _holds_whenever(above: StandardTime, entry: StandardTime) -> bool:
    return (
        set(above.order_has) <= set(entry.order_has)
        and set(above.order_lacks) <= set(entry.order_lacks)
        and above.dwelling in (ANY_DWELLING, entry.dwelling)
        and above.extent in (Extent.UNSTATED, entry.extent)
    )


def _reached(service: ServiceCode, inside: Mapping[ServiceCode, set[ServiceCode]]) -> set[ServiceCode]:
    reached: set[ServiceCode] = set()
    waiting = list(inside.get(service, ()))
    while waiting:
        outer = waiting.pop()
        if outer not in reached:
            reached.add(outer)
            waiting += inside.get(outer, ())
    return reached
