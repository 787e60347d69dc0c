"""The facts of the municipality itself: who performs home care, in which units, and what the service codes mean."""

from datetime import date

from domain.facts import Fact
from domain.ids import ProviderId, ServiceCode, UnitId


class ServiceDefined(Fact, frozen=True, kw_only=True):
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


class Unit(Fact, frozen=True, kw_only=True):
    """A home-care group or region, and the provider it belongs to."""

    KEY = ("unit_id",)
    unit_id: UnitId
    name: str
    provider_id: ProviderId
    kind: str = ""
    """`home_care_group` or `region`."""


class Provider(Fact, frozen=True, kw_only=True):
    """Who performs home care: in-house or private."""

    KEY = ("provider_id",)
    provider_id: ProviderId
    name: str
    in_house: bool
