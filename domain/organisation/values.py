"""The codes of units and services."""

from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is. A visit without needs assessment belongs to a region, not to a district (rules.md 2)."""

    HOME_CARE_GROUP = "home_care_group"
    REGION = "region"


class ServiceCategory(StrEnum):
    """What a service is, as shares for declined visits and definitions of "client" tell services apart."""

    PERSONAL_CARE = "personal_care"
    SERVICE = "service"
    HEALTH = "health"
    ALARM = "alarm"
    MEALS = "meals"
    RELIEF = "relief"
    COMPANION = "companion"
    HOUSING_SUPPORT = "housing_support"
