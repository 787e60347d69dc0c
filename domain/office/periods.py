"""What the office decides about months. Each function gives the command."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from domain.command import Command
from domain.local_time import Month
from domain.log import NewStatement
from domain.office.act import Act, AnyGiven, Given
from domain.office.errors import PositionAheadError
from domain.organisation.aggregate import ORGANISATION_ID, Organisation
from domain.period.aggregate import Basis, Period, Settled
from domain.period.errors import AccountableUnknownError
from domain.period.values import EarlyClosingReason, ReopeningReason, period_id


def close_period(
    basis: Basis,
    statement: NewStatement,
    *,
    at: datetime,
    known_through: int,
    early_because: EarlyClosingReason | None = None,
    adjustments: Sequence[Settled] = (),
    act: Act,
) -> Command:
    """Fix a month's basis, and keep its statement in the same transaction.

    `known_through` is where the log ended when the call came: nobody closes over what is still to be learned.
    """

    def decide(period: Period) -> None:
        if basis.position > known_through:
            raise PositionAheadError
        period.close(basis, at=at, early_because=early_because, adjustments=adjustments)

    subject_id = period_id(basis.accountable.id, basis.month)
    command = act.on(Period, subject_id, decide, given=(accountable_known(basis.accountable.id),))
    return replace(command, statements=(statement,))


def reopen_period(
    accountable_id: str, month: Month, *, reason: ReopeningReason, note: str | None = None, act: Act
) -> Command:
    """Ask for a closed month to be opened again, with a reason."""
    return act.on(
        Period,
        period_id(accountable_id, month),
        lambda period: period.reopen(reason=reason, note=note),
        given=(accountable_known(accountable_id),),
    )


def confirm_reopening(accountable_id: str, month: Month, *, act: Act) -> Command:
    """Open it, as the second person."""
    return act.on(
        Period,
        period_id(accountable_id, month),
        lambda period: period.confirm_reopening(),
        given=(accountable_known(accountable_id),),
    )


def accountable_known(accountable_id: str) -> AnyGiven:
    """The unit is open, or the provider is registered. Raises `AccountableUnknownError`."""

    def check(organisation: Organisation) -> None:
        history = organisation.history
        if accountable_id not in history.units.keys() | history.providers.keys():
            raise AccountableUnknownError

    return Given(aggregate=Organisation, subject_id=ORGANISATION_ID, check=check)
