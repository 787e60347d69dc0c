"""The whole municipality, made from its scope."""

from collections.abc import Iterator

from api.demo.chance import Chance
from api.demo.clients import clients_of
from api.demo.fates import loans_of, needs_of, stays_of
from api.demo.people import Municipality
from api.demo.scope import Scope
from api.demo.units import providers_of, units_of
from api.demo.workers import nurse_of, spare_devices_of, workers_of


def make_municipality(scope: Scope) -> Municipality:
    """Everybody and everything that is there before the month begins. The same scope gives the same."""
    chance = Chance(scope.seed)
    units = units_of(scope, chance)
    clients = clients_of(scope, units, chance)
    workers = workers_of(scope, units, clients, chance)
    return Municipality(
        scope=scope,
        providers=providers_of(scope, chance),
        units=units,
        clients=clients,
        workers=workers,
        nurse=nurse_of(scope, units, chance),
        needs=needs_of(scope, clients, chance),
        stays=stays_of(scope, clients, chance),
        loans=loans_of(scope, units, workers, chance),
        spare_devices=spare_devices_of(units, chance),
    )


def personal_texts(municipality: Municipality) -> Iterator[str]:
    """Every name, personnummer, address and telephone number of the demo: what no file may hold in clear."""
    for client in municipality.clients:
        yield from (client.name, client.personnummer, client.personnummer[2:], client.home.address, client.telephone)
    for worker in (*municipality.workers, municipality.nurse):
        yield from (worker.name, worker.employee_number)
