"""The facts of the municipality itself: who performs home care, in which units, what the service codes mean, and the rules."""

from datetime import date

from domain.facts import Fact
from domain.ids import ProviderId, ServiceCode, UnitId
from domain.rulebook.rulebook import Edition


class ServiceDefined(Fact, frozen=True):
    """A service code of the catalogue over the days it holds."""

    KEY = ("service_code", "from_on")
    service_code: ServiceCode
    from_on: date
    until_on: date | None
    name_sv: str
    name_en: str
    category: str
    """`personal_care`, `service`, `health`, `alarm`, `meals`, `relief`, `companion`, `housing_support`."""
    standard_minutes: int | None = None
    legal_basis: str = ""
    """`SoL`, `HSL` or `LSS` where the code belongs to one law; empty where it does not."""


class Unit(Fact, frozen=True):
    """A home-care group or region, and the provider it belongs to."""

    KEY = ("unit_id",)
    unit_id: UnitId
    name: str
    provider_id: ProviderId
    kind: str = ""
    """`home_care_group` or `region`."""


class Provider(Fact, frozen=True):
    """Who performs home care: in-house or private."""

    KEY = ("provider_id",)
    provider_id: ProviderId
    name: str
    in_house: bool


class EditionAdopted(Fact, frozen=True):
    """An edition of the rulebook over days that it holds: one that a later adoption cut in two holds twice."""

    KEY = ("version", "from_on")
    version: str
    from_on: date
    until_on: date | None
    adoption: int
    """Which adoption it came with, counted from 1."""
    municipality: str
    zone: str
    source_digest: str
    """SHA-256 of the document's text, in hexadecimal; empty where it came as data."""
    edition: Edition
    """As the document has it, with the days that it was written for."""
