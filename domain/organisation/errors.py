"""Why the office may not do this to the organisation."""

from collections.abc import Iterable

from domain.errors import RefusedError
from domain.ids import ServiceCode


class ProviderUnknownError(RefusedError):
    code = "provider_unknown"
    detail = "No provider with that id is registered. Register the provider before its units."


class ProviderAlreadyRegisteredError(RefusedError):
    code = "provider_already_registered"
    detail = "This provider is registered; nothing needs to be done."


class UnitAlreadyOpenError(RefusedError):
    code = "unit_already_open"
    detail = "This unit is open; nothing needs to be done."


class NameMissingError(RefusedError):
    code = "name_missing"
    detail = "Give it a name that people know it by."


class ServiceCodeUnknownError(RefusedError):
    code = "service_code_not_defined"
    detail = "That service code is not in the catalogue. Define it first."


class ServiceCodeAlreadyDefinedError(RefusedError):
    code = "service_code_already_defined"
    detail = "That service code is in the catalogue. Change it from a day on instead."


class BeforeDefinitionError(RefusedError):
    code = "before_definition"
    detail = "That day is before the service code was defined. Choose that day or a later one."


class ServiceCodeUnchangedError(RefusedError):
    code = "service_code_unchanged"
    detail = "The service code says so from that day on already. Nothing was stored."


class StandardMinutesNegativeError(RefusedError):
    code = "standard_minutes_negative"
    detail = "A standard time is zero minutes or more. Leave it out where each order states its own."


class RulebookEmptyError(RefusedError):
    code = "rulebook_empty"
    detail = "The rulebook has no edition, so that it would hold on no day. Write at least one."


class RulebookFaultyError(RefusedError):
    code = "rulebook_faulty"
    detail = "The rulebook contradicts itself. Check the document: every fault is listed with its line."


class RulebookAlreadyAdoptedError(RefusedError):
    code = "rulebook_already_adopted"
    detail = "This very rulebook was the last to be adopted; nothing needs to be done."


class EditionVersionTakenError(RefusedError):
    code = "edition_version_taken"
    detail = (
        "A version of that name has other rules, and figures name it. Give the changed edition a version of its own."
    )


class RulebookZoneError(RefusedError):
    code = "rulebook_zone"
    detail = "The rulebook has another time zone than those adopted before: days on record would begin at another hour."


class RulebookServicesUnknownError(RefusedError):
    """`service_codes` says which."""

    code = "rulebook_services_unknown"
    detail = "The rulebook names services that are not in the catalogue. Define them first, or take them out."

    def __init__(self, service_codes: Iterable[ServiceCode]) -> None:
        super().__init__()
        self.service_codes = frozenset(service_codes)
