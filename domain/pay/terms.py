"""On which terms a service is paid: looked up once for each edition, service, provider and client of a month."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain.context import Context
from domain.facts import OrderLine
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId
from domain.local_time import ONE_DAY, Month
from domain.organisation.values import ServiceCategory
from domain.pay.bands import BandClock
from domain.pay.lines import PayKind
from domain.pay.rates import Price, price_of
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import NO_EDITION, About, Edition, Rulebook
from domain.rulebook.values import DoubleStaffing, NightPayment, Rate, RatePer
from domain.values import VisitKind


class Whose(NamedTuple):
    """A service of a client, with who gives it under which law."""

    client_id: ClientId
    service_code: ServiceCode | None
    provider_id: ProviderId
    client_unit_id: UnitId
    legal_basis: str
    kind: VisitKind


class Terms:
    """What holds for one service of one client, with what every item would ask of the policies anew."""

    __slots__ = (
        "_area",
        "_in_house",
        "_prices",
        "bands",
        "category",
        "has_allowance",
        "has_night",
        "is_each",
        "is_ruled",
        "kind",
        "policies",
        "required_approvals",
        "rulebook_version",
    )

    def __init__(
        self,
        policies: Policies,
        bands: BandClock,
        edition: Edition,
        category: str,
        area: str,
        *,
        kind: VisitKind,
        in_house: bool,
    ):
        self.policies, self.bands, self.category = policies, bands, category
        self.rulebook_version, self.is_ruled = edition.version, edition is not NO_EDITION
        self.kind = _kind(policies, category, kind)
        self.required_approvals = frozenset(policies.required_approvals)
        self.is_each = policies.double_staffing is DoubleStaffing.COUNT_EACH
        self.has_night = policies.night_payment is not NightPayment.HOUR
        self.has_allowance = bool(policies.greeting_allowance_minutes or policies.minimum_minutes)
        self._area, self._in_house = area, in_house
        self._prices: dict[tuple[str, RatePer | None], Price] = {}

    def price(self, band: str, per: RatePer | None = None) -> Price:
        """What a piece is worth in that band; None: whatever the first rate that fits is per."""
        found = self._prices.get((band, per))
        if found is None:
            rates, in_house = self.policies.rates, self._in_house
            found = price_of(rates, band=band, area=self._area, in_house=in_house, per=per)
            self._prices[band, per] = found
        return found

    def price_by(self, rate: Rate | None, per: RatePer) -> Price:
        """What a piece is worth by a rate that stands outside the list."""
        rates = (rate,) if rate else ()
        return Price(per, price_of(rates, band="", area=self._area, in_house=self._in_house).rate)


class TermsBook:
    """The terms of a month."""

    def __init__(self, context: Context, rulebook: Rulebook) -> None:
        self.context, self.rulebook = context, rulebook
        self._terms: dict[tuple[str, str], dict[Whose, Terms]] = {}
        self._kinds: dict[tuple[ServiceCode | None, VisitKind, date], tuple[Edition, str, dict[Whose, Terms]]] = {}
        self._editions: dict[Month, Sequence[Edition]] = {}
        self._clocks: dict[object, BandClock] = {}

    def terms(self, whose: Whose, day: date) -> Terms:
        """The terms on a day."""
        kind = self._kinds.get((whose.service_code, whose.kind, day)) or self._kind_of(whose, day)
        edition, category, known = kind
        found = known.get(whose)
        if found is None:
            found = known[whose] = self._find(whose, edition, category)
        return found

    def line_terms(self, line: OrderLine, day: date) -> Terms:
        """The terms of a service as it is ordered."""
        return self.terms(self.whose(line, day), day)

    def whose(self, line: OrderLine, day: date) -> Whose:
        """A service as it is ordered: the client's unit answers for it, whoever the order named."""
        unit_id = self.context.client_unit(line.client_id, day)
        provider_id = self.context.provider_of(unit_id) or line.provider_id
        kind = VisitKind.PLANNED
        return Whose(line.client_id, line.service_code, provider_id, unit_id, line.legal_basis, kind)

    def editions(self, month: Month) -> Sequence[Edition]:
        """The editions in force on some day of the month."""
        found = self._editions.get(month)
        if found is None:
            days = (month.until_on - month.first_on).days
            each = [self.rulebook.on(month.first_on + ONE_DAY * number) for number in range(days)]
            found = self._editions[month] = list({edition.version: edition for edition in each}.values())
        return found

    def _kind_of(self, whose: Whose, day: date) -> tuple[Edition, str, dict[Whose, Terms]]:
        """The rules of the day, what category the service is of then (alike for all clients), and the terms known of both."""
        edition = self.rulebook.on(day)
        defined = self.context.service(whose.service_code, day) if whose.service_code else None
        category = defined.category if defined else ""
        if not category and whose.kind in edition.policies.alarm_kinds:
            category = ServiceCategory.ALARM.value
        known = self._terms.setdefault((edition.version, category), {})
        found = self._kinds[whose.service_code, whose.kind, day] = (edition, category, known)
        return found

    def _find(self, whose: Whose, edition: Edition, category: str) -> Terms:
        about = About(whose.service_code or "", category, whose.legal_basis, whose.provider_id, whose.kind)
        policies = edition.policies_for(about)
        client = self.context.client(whose.client_id)
        in_house = self.context.is_in_house(whose.provider_id)
        area = client.area_type if client else ""
        clock = self._clock(policies)
        return Terms(policies, clock, edition, category, area, kind=whose.kind, in_house=in_house)

    def _clock(self, policies: Policies) -> BandClock:
        key = (policies.bands, policies.major_holidays)
        if key not in self._clocks:
            self._clocks[key] = BandClock(policies.bands, policies.major_holidays, self.rulebook.zone)
        return self._clocks[key]


def _kind(policies: Policies, category: str, kind: VisitKind) -> PayKind:
    """What is paid for where such a service is done in a visit of that kind."""
    if kind in policies.alarm_kinds:
        return PayKind.ALARM
    return PayKind.MEAL if category == ServiceCategory.MEALS else PayKind.PERFORMED
