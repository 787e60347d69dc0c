"""Why the office may not do this to a client's record."""

from domain.errors import NotFoundError, RefusedError


class ClientUnknownError(NotFoundError):
    code = "client_unknown"
    detail = "No client with that id is in the ledger. Check the id, or register the client first."


class ClientAlreadyRegisteredError(RefusedError):
    code = "client_already_registered"
    detail = "This client is registered. Change the details instead."


class DetailsMissingError(RefusedError):
    code = "details_missing"
    detail = "Say at least one detail that has changed."


class BeforeRegistrationError(RefusedError):
    code = "before_registration"
    detail = "That day is before the client was registered. Choose that day or a later one."


class UnitUnchangedError(RefusedError):
    code = "client_unit_unchanged"
    detail = "That unit is responsible from that day on already. Nothing was stored."


class HouseholdTakenError(RefusedError):
    code = "in_household_already"
    detail = "The client lives in a household on some of those days. Record that it was left, or choose a later day."


class NotInHouseholdError(RefusedError):
    code = "not_in_household"
    detail = "The client does not live in that household on that day."


class HouseholdBackwardsError(RefusedError):
    code = "household_left_before_joined"
    detail = "A household cannot be left before it was joined. Use the day of joining if it never was shared."


class TagAssignedAlreadyError(RefusedError):
    code = "tag_assigned_already"
    detail = "That tag is at the client's home on some of those days already. Retire it first, or choose a later day."


class TagNotAssignedError(RefusedError):
    code = "tag_not_assigned"
    detail = "That tag is not at the client's home on that day."


class CareContactUnchangedError(RefusedError):
    code = "care_contact_unchanged"
    detail = "That worker is the care contact from that day on already. Nothing was stored."


class ProtectionUnchangedError(RefusedError):
    code = "protection_unchanged"
    detail = "The identity is protected at that level already. Nothing was stored."


class StaffNamedAlreadyError(RefusedError):
    code = "staff_named_already"
    detail = "All of them are named already. Nothing was stored."


class StaffNotNamedError(RefusedError):
    code = "staff_not_named"
    detail = "Somebody of them is not named. Read the client to see who is."
