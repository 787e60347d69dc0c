"""What a decision may take for granted of others: that they are in the ledger."""

from collections.abc import Iterable

from domain.client.aggregate import Client
from domain.client.errors import ClientUnknownError
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId, WorkerId
from domain.office.act import AnyGiven, Given
from domain.office.errors import UnitUnknownError
from domain.organisation.aggregate import ORGANISATION_ID, Organisation
from domain.organisation.errors import ProviderUnknownError, ServiceCodeUnknownError
from domain.worker.aggregate import Worker
from domain.worker.errors import WorkerUnknownError


def clients_known(client_ids: Iterable[ClientId]) -> tuple[AnyGiven, ...]:
    """Every client is registered. Raises `ClientUnknownError` when the decision is made."""

    def check(client: Client) -> None:
        if client.history.registered_on is None:
            raise ClientUnknownError

    return tuple(Given(aggregate=Client, subject_id=client_id, check=check) for client_id in dict.fromkeys(client_ids))


def worker_known(worker_id: WorkerId) -> AnyGiven:
    """The worker is registered. Raises `WorkerUnknownError`."""

    def check(worker: Worker) -> None:
        if worker.history.registered_on is None:
            raise WorkerUnknownError

    return Given(aggregate=Worker, subject_id=worker_id, check=check)


def provider_known(provider_id: ProviderId) -> AnyGiven:
    """The provider is registered. Raises `ProviderUnknownError`."""

    def check(organisation: Organisation) -> None:
        if provider_id not in organisation.history.providers:
            raise ProviderUnknownError

    return Given(aggregate=Organisation, subject_id=ORGANISATION_ID, check=check)


def unit_known(unit_id: UnitId) -> AnyGiven:
    """The unit is open. Raises `UnitUnknownError`."""

    def check(organisation: Organisation) -> None:
        if unit_id not in organisation.history.units:
            raise UnitUnknownError

    return Given(aggregate=Organisation, subject_id=ORGANISATION_ID, check=check)


def services_defined(service_codes: Iterable[ServiceCode]) -> AnyGiven:
    """Every code is in the catalogue, of whatever day: an order may speak of days gone by. Raises `ServiceCodeUnknownError`."""
    codes = frozenset(service_codes)

    def check(organisation: Organisation) -> None:
        if not codes <= organisation.history.services.keys():
            raise ServiceCodeUnknownError

    return Given(aggregate=Organisation, subject_id=ORGANISATION_ID, check=check)
