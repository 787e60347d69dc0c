"""What a reconciliation reads of a pay line: minutes and money, by client, service and day."""

from datetime import date
from decimal import Decimal
from typing import Protocol

from domain.ids import ClientId, ProviderId, ServiceCode, UnitId


class PaidMinutes(Protocol):
    """What is read of a pay line."""

    @property
    def day(self) -> date:
        """The local day it is paid for."""
        ...

    @property
    def client_id(self) -> ClientId:
        """For whom."""
        ...

    @property
    def client_unit_id(self) -> UnitId:
        """Who is responsible for the client, as far as the payer knew."""
        ...

    @property
    def provider_id(self) -> ProviderId:
        """Who is paid."""
        ...

    @property
    def legal_basis(self) -> str:
        """The act it stands on."""
        ...

    @property
    def service_code(self) -> ServiceCode | None:
        """What for; None: for the visit, or the client, as a whole."""
        ...

    @property
    def reimbursed_minutes(self) -> int:
        """How many minutes are paid."""
        ...

    @property
    def amount(self) -> Decimal:
        """Kronor, rounded to öre."""
        ...
