"""On which days other rules hold than before, for what: an adoption explains only what its rules are about."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import msgspec

from domain.cell_scope import Scope
from domain.rulebook.policies import named_in
from domain.rulebook.rulebook import NO_EDITION, Edition, Override, Rulebook

ANYTHING = Scope()
PAID = frozenset({"compensation_model", "rates"})


class RuleChanges(msgspec.Struct, frozen=True):
    """Two rulebooks held against each other on some days, in the policies that a calculation asks for. `by_version`: also
    where only the name is another. Whether any rules hold at all matters to pay alone."""

    before: Rulebook
    after: Rulebook
    days: Collection[date]
    policies: Collection[str]
    by_version: bool = False

    def any_days(self) -> list[date]:
        """The days on which anybody's rules are others."""
        return self._differing(self.days, ANYTHING)

    def days_of(self, scope: Scope) -> list[date]:
        """The days of a scope on which the rules for its services and providers are others."""
        return self._differing((day for day in self.days if scope.first_on <= day <= scope.last_on), scope)

    def _differing(self, days: Iterable[date], scope: Scope) -> list[date]:
        if self.before == self.after:
            return []
        return [
            day for day in days if self._rules(self.before.on(day), scope) != self._rules(self.after.on(day), scope)
        ]

    def _rules(self, edition: Edition, scope: Scope) -> tuple[Any, ...]:
        stated = tuple(getattr(edition.policies, name) for name in self.policies)
        changes = (self._changes(override) for override in edition.overrides if _is_for(override, scope))
        name = edition.version if self.by_version else edition is NO_EDITION and PAID.issubset(self.policies)
        return name, stated, [each for each in changes if each[1]]

    def _changes(self, override: Override) -> tuple[Any, ...]:
        named = named_in(override.policies)
        return override.scope, {name: value for name, value in named.items() if name in self.policies}


def _is_for(override: Override, scope: Scope) -> bool:
    """Whether an override may hold for some of what the scope is about."""
    of_service = not override.scope.services or not scope.services.isdisjoint(override.scope.services)
    of_provider = not override.scope.providers or not scope.places.isdisjoint(override.scope.providers)
    return (of_service or not scope.services) and (of_provider or not scope.places)
