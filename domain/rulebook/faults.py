"""A rulebook that contradicts itself: every fault, with the place where it stands."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from domain.rulebook.checks import bands, contradictions, editions, numbers, standard_times, tables
from domain.rulebook.checks.found import Found, Steps
from domain.rulebook.fault_codes import FaultCode
from domain.rulebook.policies import Policies, changed, named_in
from domain.rulebook.rulebook import Edition, Rulebook

Check = Callable[[Policies], Iterator[Found]]
CHECKS: tuple[Check, ...] = (
    numbers.amounts,
    bands.unknown_holidays,
    bands.windows,
    bands.faulty_bands,
    bands.faulty_rates,
    bands.hours_without_rates,
    tables.absence_shares,
    tables.minimum_minutes,
    tables.levels,
    tables.rising_limits,
    standard_times.entries,
    standard_times.nesting,
    contradictions.paid_minutes,
    contradictions.alarms_and_nights,
    contradictions.fees,
    contradictions.approvals,
    contradictions.locking,
)
"""Each looks at the policies of one scope. The first step of what it finds is the policy at fault."""


class RulebookFault(msgspec.Struct, frozen=True):
    """One contradiction: the fields and list numbers that lead to it, as a document writes them, and what it is."""

    path: Steps
    code: FaultCode


def faults_of(rulebook: Rulebook) -> list[RulebookFault]:
    """Every fault: those of the whole first, then edition by edition."""
    found = [*editions.of_document(rulebook)]
    for number, edition in enumerate(rulebook.editions):
        found += _under(("editions", number), _of_edition(edition))
    return [RulebookFault(path, code) for path, code in found]


def _of_edition(edition: Edition) -> Iterator[Found]:
    yield from _under(("policies",), _of_policies(edition.policies))
    for number, override in enumerate(edition.overrides):
        named = named_in(override.policies)
        found = _of_policies(changed(edition.policies, override.policies))
        own = ((path, code) for path, code in found if path[0] in named)
        yield from _under(("overrides", number, "policies"), own)


def _of_policies(policies: Policies) -> Iterator[Found]:
    not_allowed = list(numbers.limits(policies))
    yield from not_allowed
    for check in () if not_allowed else CHECKS:  # they read hours, and need them written as the type says
        yield from check(policies)


def _under(above: Steps, found: Iterable[Found]) -> Iterator[Found]:
    for path, code in found:
        yield (*above, *path), code
