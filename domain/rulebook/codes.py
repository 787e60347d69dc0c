"""Where a rulebook names services, so that each can be looked up in the catalogue."""

from collections.abc import Iterable, Iterator

from domain.ids import ServiceCode
from domain.rulebook.checks.found import Steps
from domain.rulebook.policies import named_in
from domain.rulebook.rulebook import Edition, Rulebook
from domain.rulebook.values import StandardTime


def service_codes_in(rulebook: Rulebook) -> Iterator[tuple[Steps, ServiceCode]]:
    """Every place that names a service, and the code that stands there."""
    for number, edition in enumerate(rulebook.editions):
        for steps, code in _in_edition(edition):
            yield ("editions", number, *steps), code


def _in_edition(edition: Edition) -> Iterator[tuple[Steps, ServiceCode]]:
    yield from _in_standard_times(("policies", "standard_times"), edition.policies.standard_times)
    for number, override in enumerate(edition.overrides):
        at: Steps = ("overrides", number)
        yield from _each((*at, "for", "services"), override.scope.services)
        changed = named_in(override.policies).get("standard_times", ())
        yield from _in_standard_times((*at, "policies", "standard_times"), changed)


def _in_standard_times(at: Steps, entries: Iterable[StandardTime]) -> Iterator[tuple[Steps, ServiceCode]]:
    for number, entry in enumerate(entries):
        yield (*at, number, "service"), entry.service
        yield from _each((*at, number, "nested_in"), entry.nested_in)


def _each(at: Steps, codes: Iterable[ServiceCode]) -> Iterator[tuple[Steps, ServiceCode]]:
    for number, code in enumerate(codes):
        yield (*at, number), code
