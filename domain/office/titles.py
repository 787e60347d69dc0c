"""Which licensed titles a decision asks of a worker."""

from collections.abc import Collection
from datetime import date

from domain.errors import DomainError
from domain.ids import WorkerId
from domain.office.act import AnyGiven, Given
from domain.worker.aggregate import Worker
from domain.worker.errors import WorkerUnknownError
from domain.worker.values import LicensedTitle


def title_held(
    worker_id: WorkerId, titles: Collection[LicensedTitle], on: date, *, otherwise: type[DomainError]
) -> AnyGiven:
    """The worker is registered and holds one of the titles that day. Raises `WorkerUnknownError` or `otherwise`."""

    def check(worker: Worker) -> None:
        if worker.history.registered_on is None:
            raise WorkerUnknownError
        if not any(held.title in titles and held.from_on <= on for held in worker.history.titles):
            raise otherwise

    return Given(aggregate=Worker, subject_id=worker_id, check=check)
