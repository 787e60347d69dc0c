"""On which terms a service is paid: looked up once for each edition, service, provider and client of a month."""

from datetime import date
from typing import NamedTuple

from domain.context import Context
from domain.facts import OrderLine
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId
from domain.organisation.values import ServiceCategory
from domain.pay.bands import BandClock
from domain.pay.rates import Price, price_of
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import NO_EDITION, About, Edition, Rulebook
from domain.rulebook.values import Rate, RatePer
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
    """What holds for one service of one client."""

    __slots__ = ("_area", "_in_house", "_prices", "bands", "category", "is_ruled", "policies", "rulebook_version")

    def __init__(
        self, policies: Policies, bands: BandClock, edition: Edition, category: str, area: str, *, in_house: bool
    ):
        self.policies, self.bands, self.category = policies, bands, category
        self.rulebook_version, self.is_ruled = edition.version, edition is not NO_EDITION
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
        self._terms: dict[tuple[Whose, str, str], Terms] = {}
        self._kinds: dict[tuple[ServiceCode | None, VisitKind, date], tuple[Edition, str]] = {}
        self._clocks: dict[object, BandClock] = {}

    def terms(self, whose: Whose, day: date) -> Terms:
        """The terms on a day."""
        edition, category = self._kind_of(whose, day)
        key = (whose, edition.version, category)
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = self._find(whose, edition, category)
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

    def _kind_of(self, whose: Whose, day: date) -> tuple[Edition, str]:
        """The rules of the day and what category the service is of then: alike for all clients."""
        key = (whose.service_code, whose.kind, day)
        found = self._kinds.get(key)
        if found is None:
            edition = self.rulebook.on(day)
            defined = self.context.service(whose.service_code, day) if whose.service_code else None
            category = defined.category if defined else ""
            if not category and whose.kind in edition.policies.alarm_kinds:
                category = ServiceCategory.ALARM.value
            found = self._kinds[key] = (edition, category)
        return found

    def _find(self, whose: Whose, edition: Edition, category: str) -> Terms:
        about = About(whose.service_code or "", category, whose.legal_basis, whose.provider_id, whose.kind)
        policies = edition.policies_for(about)
        client = self.context.client(whose.client_id)
        in_house = self.context.is_in_house(whose.provider_id)
        area = client.area_type if client else ""
        return Terms(policies, self._clock(policies), edition, category, area, in_house=in_house)

    def _clock(self, policies: Policies) -> BandClock:
        key = (policies.bands, policies.major_holidays)
        if key not in self._clocks:
            self._clocks[key] = BandClock(policies.bands, policies.major_holidays, self.rulebook.zone)
        return self._clocks[key]
