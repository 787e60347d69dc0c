"""Named examples of a demo month, the same for a scope every time: what a guide can show."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from api.demo.chance import Chance
from api.demo.field import odd_phones
from api.demo.month import MonthStory
from api.demo.municipality import make_municipality
from api.demo.people import DemoClient, DemoWorker, Municipality
from api.demo.scope import Scope
from domain.client.values import AreaType
from domain.ids import ClientId, DeviceId, UnitId, VisitId, WorkerId

SHOWN = ("forgot_departure", "couple", "alarm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Who and what to look at. Client and worker of the tour have an uneventful month; the device is the worker's."""

    client_id: ClientId
    unit_id: UnitId
    worker_id: WorkerId
    device_id: DeviceId
    need_fell_client_id: ClientId
    """Needs less since before the month; the order is changed late in it."""
    visits: Mapping[str, VisitId]
    """By `forgot_departure` (corrected by the office), `couple` and `alarm`."""


def examples(scope: Scope) -> Examples:
    """Find them by telling the month from its beginning, as far as it takes: a second or so."""
    municipality = make_municipality(scope)
    client = next(each for each in municipality.clients if _is_uneventful(each, municipality))
    worker = next(each for each in municipality.workers if each.unit == client.unit and _is_plain(each, municipality))
    story = MonthStory(municipality)
    named = story.field.found.named
    for _ in takewhile(lambda _: not set(SHOWN) <= named.keys(), story.deliveries()):
        pass
    return Examples(
        client_id=client.client_id,
        unit_id=client.unit.unit_id,
        worker_id=worker.worker_id,
        device_id=worker.device_id,
        need_fell_client_id=municipality.needs[0].client_id,
        visits={word: named[word] for word in SHOWN if word in named},
    )


def _is_plain(worker: DemoWorker, municipality: Municipality) -> bool:
    odd = odd_phones(municipality, Chance(municipality.scope.seed))
    return not worker.is_night and worker not in (odd.behind, odd.ahead, odd.silent, odd.lost)


def _is_uneventful(client: DemoClient, municipality: Municipality) -> bool:
    eventful = {story.client_id for story in municipality.needs} | {stay.client_id for stay in municipality.stays}
    plain = client.household_id is None and client.workers_needed == 1 and client.home.area is AreaType.URBAN
    return plain and bool(client.visits_a_day) and client.client_id not in eventful
