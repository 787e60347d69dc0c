"""What a calculation may look up beside the visits themselves: who exists, belongs where, and has ordered what.

Built once for a calculation from facts as they were believed at one position, so every answer is as of then.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from domain.evidence import Delegation, Tag
from domain.facts import Absence, Membership, OrderLine, Person
from domain.ids import ClientId, HouseholdId, ProviderId, ServiceCode, UnitId, WorkerId
from domain.local_time import Month
from domain.municipality import Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.order.values import LegalBasis
from domain.organisation.values import ServiceCategory
from domain.standing import CareContact, TitleHeld
from domain.values import Period
from domain.worker.values import LicensedTitle

if TYPE_CHECKING:
    from domain.ordered_time import CountedOut

NO_UNIT = UnitId("")
NO_PROVIDER = ProviderId("")
DELEGATING = frozenset({LicensedTitle.NURSE, LicensedTitle.OCCUPATIONAL_THERAPIST, LicensedTitle.PHYSIOTHERAPIST})
"""[A] Professionals by licence, who do health tasks in their own right; an assistant nurse does them by delegation."""

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class DayOrders(NamedTuple):
    """What is ordered for a client on one day, the oldest order first."""

    lines: Sequence[OrderLine]
    bases: Mapping[ServiceCode, str]
    """The act that each service stands on."""


class Context(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Lookups by person, unit, service and day. Make one with `context_of`."""

    people: Mapping[tuple[str, str], Person]
    memberships: Mapping[tuple[str, str], Sequence[Membership]]
    order_lines: Mapping[ClientId, Sequence[OrderLine]]
    time_frames: Sequence[TimeFrame]
    services: Mapping[ServiceCode, Sequence[ServiceDefined]]
    units: Mapping[UnitId, Unit]
    providers: Mapping[ProviderId, Provider]
    absences: Mapping[tuple[str, str], Sequence[Absence]]
    care_contacts: Mapping[ClientId, Sequence[CareContact]]
    titles: Mapping[WorkerId, Sequence[TitleHeld]]
    households: Mapping[str, Sequence[Membership]]
    """Who lives in each household, and when."""
    delegations: Mapping[tuple[WorkerId, ServiceCode], Sequence[Delegation]]
    tags: Mapping[str, Sequence[Tag]]
    tagged: frozenset[ClientId]
    """The clients whose homes have ever had a tag."""

    @cached_property
    def known_clients(self) -> frozenset[str]:
        """The clients in the ledger."""
        return frozenset(person_id for kind, person_id in self.people if kind == "client")

    @cached_property
    def known_workers(self) -> frozenset[str]:
        """The workers in the ledger."""
        return frozenset(person_id for kind, person_id in self.people if kind == "worker")

    @cached_property
    def health_tasks(self) -> frozenset[ServiceCode]:
        """The services that are, or once were, health tasks: what a worker needs a delegation of."""
        entries = [entry for each in self.services.values() for entry in each]
        return frozenset(entry.service_code for entry in entries if entry.category == ServiceCategory.HEALTH)

    def knows_client(self, client_id: ClientId) -> bool:
        """Whether the client is in the ledger."""
        return client_id in self.known_clients

    def knows_worker(self, worker_id: WorkerId) -> bool:
        """Whether the worker is in the ledger."""
        return worker_id in self.known_workers

    def client(self, client_id: ClientId) -> Person | None:
        """The client with the plain codes that rules may know; None where the ledger does not know them."""
        return self.people.get(("client", client_id))

    def is_in_house(self, provider_id: ProviderId) -> bool:
        """Whether the provider is the municipality itself; one that is not known is taken for private [A]."""
        provider = self.providers.get(provider_id)
        return provider is not None and provider.in_house

    def household(self, client_id: ClientId, day: date) -> HouseholdId | None:
        """The household the client lives in that day."""
        held = self.memberships.get(("household", client_id), ())
        return next((HouseholdId(each.group_id) for each in held if _holds(each.from_on, each.until_on, day)), None)

    def cohabitants(self, client_id: ClientId, day: date) -> tuple[ClientId, ...]:
        """The clients of the household that the client lives in that day, the client among them; alone without one."""
        household_id = self.household(client_id, day)
        held = self.households.get(household_id, ()) if household_id else ()
        living = [ClientId(each.person_id) for each in held if _holds(each.from_on, each.until_on, day)]
        return tuple(dict.fromkeys(living)) or (client_id,)

    def client_unit(self, client_id: ClientId, day: date) -> UnitId:
        """The unit responsible for the client that day; NO_UNIT where none is known."""
        return self._unit("client_unit", client_id, day)

    def worker_unit(self, worker_id: WorkerId, day: date) -> UnitId:
        """The unit that employs the worker that day; NO_UNIT where none is known."""
        found = self._employing.get((worker_id, day))
        if found is None:
            found = self._employing[worker_id, day] = self._unit("worker_unit", worker_id, day)
        return found

    def lent_units(self, worker_id: WorkerId, day: date) -> tuple[UnitId, ...]:
        """The units the worker is lent to that day."""
        lent = self.memberships.get(("lent", worker_id), ())
        return tuple(UnitId(held.group_id) for held in lent if _holds(held.from_on, held.until_on, day))

    def provider_of(self, unit_id: UnitId) -> ProviderId:
        """The provider a unit belongs to; NO_PROVIDER where the unit is unknown."""
        unit = self.units.get(unit_id)
        return unit.provider_id if unit else NO_PROVIDER

    def ordered_provider(self, client_id: ClientId, day: date) -> ProviderId:
        """The provider of the client's oldest order of that day; NO_PROVIDER where there is none."""
        lines = self._on(client_id, day).lines
        return lines[0].provider_id if lines else NO_PROVIDER

    def legal_basis(self, client_id: ClientId, code: ServiceCode | None, day: date) -> str:
        """The act a service stands on: its order's, else its code's, else the client's oldest order's, else `none`."""
        ordered = self._on(client_id, day)
        basis = ordered.bases.get(code) if code else None
        if basis is not None:
            return basis
        defined = self.service(code, day) if code else None
        stated = defined.legal_basis if defined else ""
        return stated or (ordered.lines[0].legal_basis if ordered.lines else LegalBasis.NONE.value)

    def orders(self, client_id: ClientId, day: date) -> Sequence[OrderLine]:
        """The client's order lines that hold that day."""
        return self._on(client_id, day).lines

    def has_ordered(self, client_id: ClientId, code: ServiceCode, day: date) -> bool:
        """Whether an order of the client's that holds that day has the service."""
        return code in self._on(client_id, day).bases

    def oldest_first(self, client_ids: Iterable[ClientId], day: date) -> tuple[ClientId, ...]:
        """Sort clients by the day their oldest order of that day began; those without one last, else as given."""
        return tuple(sorted(client_ids, key=lambda client_id: self._ordered_on(client_id, day)))

    def service(self, code: ServiceCode, day: date) -> ServiceDefined | None:
        """The catalogue's entry for a code that day."""
        for entry in self.services.get(code, ()):
            if entry.from_on <= day and (entry.until_on is None or day < entry.until_on):
                return entry
        return None

    def absence(self, person_kind: str, person_id: str, at: datetime) -> Absence | None:
        """The absence a client or worker is in at that instant."""
        absences = self.absences.get((person_kind, person_id))
        return next((gone for gone in absences if _is_within(gone, at)), None) if absences else None

    def is_away(self, person_kind: str, person_id: str, period: Period) -> bool:
        """Whether a client or worker is away during all or part of the period."""
        absences = self.absences.get((person_kind, person_id), ())
        return any(
            gone.from_at < period.ends_at and (gone.until_at is None or gone.until_at > period.starts_at)
            for gone in absences
        )

    def care_contact(self, client_id: ClientId, day: date) -> WorkerId | None:
        """The client's designated care contact that day."""
        contacts = self.care_contacts.get(client_id, ())
        return next((each.worker_id for each in contacts if _holds(each.from_on, each.until_on, day)), None)

    def holds_title(self, worker_id: WorkerId, title: str, day: date) -> bool:
        """Whether the worker holds the title by licence that day."""
        return any(held.title == title and held.from_on <= day for held in self.titles.get(worker_id, ()))

    def is_away_all_day(self, person_kind: str, person_id: str, day: tuple[datetime, datetime]) -> bool:
        """Whether a client or worker is away from a day's first instant to its last, as one absence."""
        starts_at, ends_at = day
        gone = self.absence(person_kind, person_id, starts_at)
        return gone is not None and (gone.until_at is None or ends_at <= gone.until_at)

    def may_do_health_task(self, worker_id: WorkerId, code: ServiceCode, day: date) -> bool:
        """Whether the worker may do a health task that day: by a delegation of it, or as a professional who needs none."""
        delegations = self.delegations.get((worker_id, code), ())
        if any(_holds(held.from_on, held.until_on, day) for held in delegations):
            return True
        return any(held.title in DELEGATING and held.from_on <= day for held in self.titles.get(worker_id, ()))

    def has_tag(self, client_id: ClientId, tag_id: str, day: date) -> bool:
        """Whether that tag hangs at the client's home that day."""
        tags = self.tags.get(tag_id, ())
        return any(tag.client_id == client_id and _holds(tag.from_on, tag.until_on, day) for tag in tags)

    def _on(self, client_id: ClientId, day: date) -> DayOrders:
        """What is ordered that day; looked up once, since a client has several visits a day."""
        found = self._by_day.get((client_id, day))
        if found is None:
            lines = [
                line
                for line in self.order_lines.get(client_id, ())
                if line.starts_on <= day and (line.ends_on is None or day < line.ends_on)
            ]
            bases = {line.service_code: line.legal_basis for line in reversed(lines)}
            found = self._by_day[client_id, day] = DayOrders(lines, bases)
        return found

    @cached_property
    def counted_out(self) -> "dict[tuple[Month, ClientId], CountedOut]":
        """Kept here by `domain.ordered_time`, which alone looks at it: the orders of a month."""
        return {}

    @cached_property
    def _employing(self) -> dict[tuple[WorkerId, date], UnitId]:
        return {}

    @cached_property
    def _by_day(self) -> dict[tuple[ClientId, date], DayOrders]:
        return {}

    def _unit(self, kind: str, person_id: str, day: date) -> UnitId:
        """The latest joined: a membership that nobody ended gives way to a newer one."""
        for held in self.memberships.get((kind, person_id), ()):
            if held.from_on <= day and (held.until_on is None or day < held.until_on):
                return UnitId(held.group_id)
        return NO_UNIT

    def _ordered_on(self, client_id: ClientId, day: date) -> date:
        return min((line.ordered_on for line in self.orders(client_id, day)), default=date.max)


def context_of(
    *,
    people: Iterable[Person] = (),
    memberships: Iterable[Membership] = (),
    order_lines: Iterable[OrderLine] = (),
    time_frames: Iterable[TimeFrame] = (),
    services: Iterable[ServiceDefined] = (),
    units: Iterable[Unit] = (),
    providers: Iterable[Provider] = (),
    absences: Iterable[Absence] = (),
    care_contacts: Iterable[CareContact] = (),
    titles: Iterable[TitleHeld] = (),
    delegations: Iterable[Delegation] = (),
    tags: Iterable[Tag] = (),
) -> Context:
    """Index the facts. The order they come in makes no difference."""
    tags = tuple(tags)
    newest_first = sorted(memberships, key=lambda held: (held.from_on, held.group_id), reverse=True)
    return Context(
        people={(person.kind, person.person_id): person for person in people},
        memberships=_grouped(newest_first, lambda held: (held.kind, held.person_id)),
        households=_grouped(
            sorted((held for held in newest_first if held.kind == "household"), key=lambda held: held.person_id),
            lambda held: held.group_id,
        ),
        order_lines=_grouped(
            sorted(order_lines, key=lambda line: (line.ordered_on, line.order_id, line.line_id, line.starts_on)),
            lambda line: line.client_id,
        ),
        time_frames=tuple(time_frames),
        services=_grouped(sorted(services, key=lambda entry: entry.from_on), lambda entry: entry.service_code),
        units={unit.unit_id: unit for unit in units},
        providers={provider.provider_id: provider for provider in providers},
        absences=_grouped(
            sorted(absences, key=lambda gone: gone.from_at), lambda gone: (gone.person_kind, gone.person_id)
        ),
        care_contacts=_grouped(care_contacts, lambda contact: contact.client_id),
        titles=_grouped(titles, lambda held: held.worker_id),
        delegations=_grouped(delegations, lambda held: (held.worker_id, held.service_code)),
        tags=_grouped(tags, lambda tag: tag.tag_id),
        tagged=frozenset(tag.client_id for tag in tags),
    )


def _grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    groups: defaultdict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)


def _holds(from_on: date, until_on: date | None, day: date) -> bool:
    return from_on <= day and (until_on is None or day < until_on)


def _is_within(gone: Absence, at: datetime) -> bool:
    return gone.from_at <= at and (gone.until_at is None or at < gone.until_at)
