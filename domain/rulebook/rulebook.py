"""The rulebook: a municipality's policies by date, with what holds for some services, providers or acts only.

A calculation takes the rulebook and asks it by day, so that an old month is computed with the rules of its time.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

import msgspec

from domain.ids import ProviderId, ServiceCode
from domain.local_time import local_day
from domain.order.values import LegalBasis
from domain.organisation.values import ServiceCategory
from domain.rulebook.policies import Policies, PolicyChanges, changed
from domain.values import VisitKind


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an override is for. What is left empty does not matter; what is given must all fit."""

    services: tuple[ServiceCode, ...] = ()
    categories: tuple[ServiceCategory, ...] = ()
    legal_bases: tuple[LegalBasis, ...] = ()
    providers: tuple[ProviderId, ...] = ()
    kinds: tuple[VisitKind, ...] = ()

    def fits(self, about: "About") -> bool:
        """Whether the override holds for it."""
        return (
            _is_among(about.service_code, self.services)
            and _is_among(about.category, self.categories)
            and _is_among(about.legal_basis, self.legal_bases)
            and _is_among(about.provider_id, self.providers)
            and _is_among(about.kind, self.kinds)
        )


class About(msgspec.Struct, frozen=True):
    """What policies are asked for: a service of a provider. Empty is not known, and fits only overrides that do not ask."""

    service_code: str = ""
    category: str = ""
    legal_basis: str = ""
    provider_id: str = ""
    kind: str = ""


ANYTHING = About()
DEFAULT_POLICIES = Policies()


class Override(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Policies that hold for a part only. Of several that fit, a later one has the last word."""

    scope: Scope = msgspec.field(name="for")
    policies: PolicyChanges


class Edition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, dict=True):
    """A municipality's policies from a day, up to, not including, another (None: until the next edition)."""

    version: str
    """Names these rules in every figure they made."""
    from_on: date = msgspec.field(name="from")
    until_on: date | None = msgspec.field(name="until", default=None)
    policies: Policies = Policies()
    overrides: tuple[Override, ...] = ()

    def policies_for(self, about: About) -> Policies:
        """The policies for one service of one provider."""
        if not self.overrides:
            return self.policies
        found = self._resolved.get(about)
        if found is None:
            found = self.policies
            for override in self.overrides:
                if override.scope.fits(about):
                    found = changed(found, override.policies)
            self._resolved[about] = found
        return found

    def states(self, policy: str) -> bool:
        """Whether the policy is anything but its default for anybody: calculations pass over what nobody asks for."""
        found = self._stated.get(policy)
        if found is None:
            named = [self.policies, *(override.policies for override in self.overrides)]
            values = [getattr(policies, policy) for policies in named]
            default = getattr(DEFAULT_POLICIES, policy)
            found = self._stated[policy] = any(value is not msgspec.UNSET and value != default for value in values)
        return found

    @cached_property
    def limits_client_time(self) -> bool:
        """Whether any service's own rules keep some of its minutes out of client time."""
        return any(map(self.states, ("client_time", "call_counts", "outreach_needs_approval")))

    @cached_property
    def _stated(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _resolved(self) -> dict[About, Policies]:
        return {}


class Rulebook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, dict=True):
    """All editions of a municipality, in order of time."""

    municipality: str
    zone: str = "Europe/Stockholm"
    """[A] rules.md 2.1: days, months and bands go by the clock on the wall."""
    editions: tuple[Edition, ...] = ()

    def on(self, day: date) -> Edition:
        """The edition in force that day; where there is none, every policy at its default, under the version `none`."""
        found = self._by_day.get(day)
        if found is None:
            found = self._by_day[day] = self._find(day)
        return found

    def at(self, instant: datetime) -> Edition:
        """The edition in force on the local day of an instant."""
        return self.on(local_day(instant, self.zone))

    def policies_at(self, instant: datetime | None) -> Policies:
        """What holds for everything alike on that local day; None: nothing says which, so the latest edition's."""
        if instant is None:
            return self.editions[-1].policies if self.editions else NO_EDITION.policies
        return self.at(instant).policies

    def holds_on(self, day: date) -> bool:
        """Whether any edition is in force that day (RULEBOOK_MISSING otherwise)."""
        return self.on(day) is not NO_EDITION

    @cached_property
    def unbroken_from(self) -> date:
        """The day from which on there is an edition for every day; the end of time where the last one ends."""
        unbroken_from, until_on = date.max, None
        for edition in sorted(self.editions, key=lambda edition: edition.from_on, reverse=True):
            if edition.until_on is not None and (until_on is None or edition.until_on < until_on):
                break
            unbroken_from = until_on = edition.from_on
        return unbroken_from

    @cached_property
    def unbroken_after(self) -> datetime:
        """The instant after which there are rules, whatever the zone: a local day may be one earlier than UTC's."""
        return datetime.combine(self.unbroken_from, time.max, UTC)

    def versions(self, days: Collection[date]) -> tuple[str, ...]:
        """The versions in force on those days, in order of time."""
        return tuple(dict.fromkeys(self.on(day).version for day in sorted(days)))

    def _find(self, day: date) -> Edition:
        started = [edition for edition in self.editions if edition.from_on <= day]
        latest = max(started, key=lambda edition: edition.from_on, default=NO_EDITION)
        return latest if latest.until_on is None or day < latest.until_on else NO_EDITION

    @cached_property
    def _by_day(self) -> dict[date, Edition]:
        return {}


NO_EDITION = Edition(version="none", from_on=date.min)
DEFAULT_RULEBOOK = Rulebook(municipality="", editions=(Edition(version="default-1", from_on=date.min),))
"""Every policy at its default, on every day."""


def rulebook_with(version: str = "changed", **policies: Any) -> Rulebook:
    """The default rulebook with some policies changed, on every day: for what-if questions."""
    edition = Edition(version=version, from_on=date.min, policies=msgspec.structs.replace(Policies(), **policies))
    return msgspec.structs.replace(DEFAULT_RULEBOOK, editions=(edition,))


def _is_among(value: str, wanted: Collection[str]) -> bool:
    return not wanted or value in wanted
