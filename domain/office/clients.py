"""What the office decides about clients. Each function gives the command; nothing has happened until the writer decides it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from domain.client.aggregate import Client
from domain.client.details import Details
from domain.client.errors import ClientUnknownError
from domain.client.values import ClientAbsenceKind, ProtectionLevel
from domain.command import Command
from domain.ids import ClientId, HouseholdId, UnitId, WorkerId
from domain.office.act import Act, AnyGiven
from domain.office.birth import with_birth
from domain.office.errors import NotAssistantNurseError
from domain.office.known import unit_known
from domain.office.titles import title_held
from domain.office.within import NOBODY_ELSE, Named
from domain.worker.values import LicensedTitle

CARE_CONTACT_TITLES = frozenset({LicensedTitle.ASSISTANT_NURSE})
"""Since 2023-07-01 (rules.md 11 [S:PROP])."""


def register_client(
    client_id: ClientId, *, unit_id: UnitId, registered_on: date, details: Details, act: Act
) -> Command:
    """Take a client into the ledger, in the care of a unit that is open. What rules need of the birth is derived here."""

    def decide(client: Client) -> None:
        client.register(unit_id=unit_id, registered_on=registered_on, details=with_birth(details))

    return act.on(Client, client_id, decide, given=(unit_known(unit_id),), named=Named(unit_ids=(unit_id,)))


def change_client_details(client_id: ClientId, *, details: Details, act: Act) -> Command:
    """State some details anew; those not stated stay."""
    return _change(client_id, lambda client: client.change_details(details=with_birth(details)), act)


def change_client_unit(client_id: ClientId, *, unit_id: UnitId, from_on: date, act: Act) -> Command:
    """Let another unit that is open be responsible from a day on, whoever's: to give is the giver's decision."""
    return _change(
        client_id,
        lambda client: client.change_unit(unit_id=unit_id, from_on=from_on),
        act,
        given=(unit_known(unit_id),),
    )


def join_household(client_id: ClientId, *, household_id: HouseholdId, from_on: date, act: Act) -> Command:
    """Let the client share a home with the others of the household."""
    return _change(client_id, lambda client: client.join_household(household_id=household_id, from_on=from_on), act)


def leave_household(client_id: ClientId, *, household_id: HouseholdId, on: date, act: Act) -> Command:
    """Let the client no longer share it from a day on."""
    return _change(client_id, lambda client: client.leave_household(household_id=household_id, on=on), act)


def designate_care_contact(client_id: ClientId, *, worker_id: WorkerId, from_on: date, act: Act) -> Command:
    """Name a registered worker, an assistant nurse by licence that day, as the client's care contact."""
    return _change(
        client_id,
        lambda client: client.designate_care_contact(worker_id=worker_id, from_on=from_on),
        act,
        given=(title_held(worker_id, CARE_CONTACT_TITLES, from_on, otherwise=NotAssistantNurseError),),
        named=Named(worker_ids=(worker_id,)),
    )


def record_client_absence(
    client_id: ClientId, *, kind: ClientAbsenceKind, from_at: datetime, until_at: datetime | None = None, act: Act
) -> Command:
    """Record that the client is away."""
    return _change(client_id, lambda client: client.record_absence(kind=kind, from_at=from_at, until_at=until_at), act)


def record_client_return(client_id: ClientId, *, at: datetime, act: Act) -> Command:
    """Record that the client is back."""
    return _change(client_id, lambda client: client.record_return(at=at), act)


def assign_tag(client_id: ClientId, *, tag_id: str, from_on: date, act: Act) -> Command:
    """Say that a tag hangs at the client's home from a day on."""
    return _change(client_id, lambda client: client.assign_tag(tag_id=tag_id, from_on=from_on), act)


def retire_tag(client_id: ClientId, *, tag_id: str, on: date, act: Act) -> Command:
    """Say that a tag proves nothing any more from a day on."""
    return _change(client_id, lambda client: client.retire_tag(tag_id=tag_id, on=on), act)


def mark_protected_identity(
    client_id: ClientId, *, level: ProtectionLevel, from_on: date | None = None, named: tuple[str, ...] = (), act: Act
) -> Command:
    """Protect the client's identity from a day on, or lift the protection. Those `named` may see the client."""
    return _change(
        client_id,
        lambda client: client.mark_protected_identity(level=level, from_on=from_on, named=named),
        act,
    )


def name_staff(client_id: ClientId, *, subjects: tuple[str, ...], act: Act) -> Command:
    """Let some staff see the client also while the identity is protected."""
    return _change(client_id, lambda client: client.name_staff(subjects=subjects), act)


def remove_staff(client_id: ClientId, *, subjects: tuple[str, ...], act: Act) -> Command:
    """Let some staff no longer see the client while it is."""
    return _change(client_id, lambda client: client.remove_staff(subjects=subjects), act)


def _change(
    client_id: ClientId,
    decide: Callable[[Client], None],
    act: Act,
    *,
    given: Iterable[AnyGiven] = (),
    named: Named = NOBODY_ELSE,
) -> Command:
    return act.on(Client, client_id, decide, given=given, unknown=ClientUnknownError, named=named)
