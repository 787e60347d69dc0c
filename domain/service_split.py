"""How minutes are divided between clients, and a client's between services, where nobody measured them apart."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from domain.apportion import apportion
from domain.context import Context
from domain.facts import ServiceRegistered, VisitFacts
from domain.ids import ClientId, ServiceCode, WorkerId
from domain.organisation.values import ServiceCategory

Split = dict[ServiceCode | None, int]


class ServiceSplit(msgspec.Struct, frozen=True):
    """Divides one visit's minutes by what was done in it, with the plan and the catalogue of its day."""

    visit: VisitFacts
    context: Context
    day: date

    def client_weights(
        self, client_ids: Sequence[ClientId], worker_ids: Collection[WorkerId], minutes: int
    ) -> list[int]:
        """In which proportion clients share `minutes` of these workers ([A] rules.md 5.2).

        Personal care goes to the client it was done for: the minutes registered for it, else planned, else standard. The
        rest is divided equally, so each of n clients has own + rest / n; the weights are n times that.
        """
        own = dict.fromkeys(client_ids, 0)
        for service in self.visit.services:
            if service.performed and service.worker_id in worker_ids and service.client_id in own:
                own[service.client_id] += self._personal_care(service, service.client_id)
        rest = max(0, minutes - sum(own.values()))
        return [len(client_ids) * mine + rest for mine in own.values()]

    def service_minutes(self, client_id: ClientId, minutes: int) -> Split:
        """Divide one client's minutes between the services done for them; all to None where no service was given [A].

        Minutes that a worker registered for a service are kept as they stand while they fit and another service is there
        to take the rest. Everything else is in proportion to registered, else planned, else standard minutes, else equal.
        """
        services = self.visit.services
        if len(services) == 1 and services[0].performed and services[0].client_id == client_id:
            return {services[0].service_code: minutes}
        done = [
            entry for entry in services if entry.performed and (entry.client_id == client_id or entry.client_id is None)
        ]
        codes = sorted({service.service_code for service in done})
        if len(codes) <= 1:
            return {(codes[0] if codes else None): minutes}
        stated = self._stated(done)
        others = [code for code in codes if code not in stated]
        left = minutes - sum(stated.values())
        if stated and others and left >= 0:
            return self._in_proportion(client_id, others, stated, left) | stated
        return self._in_proportion(client_id, codes, stated, minutes)

    def _in_proportion(
        self, client_id: ClientId, codes: Sequence[ServiceCode], stated: dict[ServiceCode, int], minutes: int
    ) -> Split:
        weights = [stated.get(code) or self._expected(client_id, code) for code in codes]
        return dict(zip(codes, apportion(minutes, _filled(weights)), strict=True))

    def _stated(self, done: Sequence[ServiceRegistered]) -> dict[ServiceCode, int]:
        """The minutes registered for each service; of one done for a whole household, one client's part."""
        stated: defaultdict[ServiceCode, int] = defaultdict(int)
        for service in done:
            if service.minutes is not None:
                stated[service.service_code] += service.minutes // (1 if service.client_id else self._household_size())
        return dict(stated)

    def _household_size(self) -> int:
        return max(1, len({client_id for stay in self.visit.attendances for client_id in stay.client_ids}))

    def _personal_care(self, service: ServiceRegistered, client_id: ClientId) -> int:
        defined = self.context.service(service.service_code, self.day)
        if defined is None or defined.category != ServiceCategory.PERSONAL_CARE:
            return 0
        return service.minutes or self._expected(client_id, service.service_code)

    def _expected(self, client_id: ClientId, code: ServiceCode) -> int:
        """The minutes planned for a service, else the catalogue's standard time, else 0."""
        plan = self.visit.planned.services if self.visit.planned else ()
        planned = sum(entry.minutes for entry in plan if entry.service_code == code and entry.client_id == client_id)
        defined = None if planned else self.context.service(code, self.day)
        return planned or (defined.standard_minutes if defined else None) or 0


def _filled(weights: Sequence[int]) -> list[int]:
    """Give services of which nothing is known the mean of the others, so that they do not vanish."""
    known = [weight for weight in weights if weight > 0]
    mean = max(1, sum(known) // len(known)) if known else 1
    return [weight if weight > 0 else mean for weight in weights]
