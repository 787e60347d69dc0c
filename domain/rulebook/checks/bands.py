"""Bands that hide one another, and rates that never count or are missing."""

from collections.abc import Iterator

from domain.calendar import DAY_NAMES
from domain.client.values import AreaType
from domain.rulebook.checks import hours
from domain.rulebook.checks.found import Found, Steps
from domain.rulebook.checks.hours import Hours
from domain.rulebook.fault_codes import FaultCode
from domain.rulebook.policies import Policies
from domain.rulebook.values import Band, Rate

ANY_AREA = ""
AREAS = frozenset(str(area) for area in AreaType) | {ANY_AREA}


def unknown_holidays(policies: Policies) -> Iterator[Found]:
    """Names of days that no calendar of ours has."""
    if not policies.major_holidays <= DAY_NAMES:
        yield ("major_holidays",), FaultCode.HOLIDAY_UNKNOWN


def windows(policies: Policies) -> Iterator[Found]:
    """Windows of no length."""
    named: dict[Steps, str] = {
        ("night_window",): policies.night_window,
        ("continuity_window",): policies.continuity_window,
        **{("minimum_minutes", at, "window"): each.window for at, each in enumerate(policies.minimum_minutes)},
        **{("bands", at, "window"): each.window for at, each in enumerate(policies.bands) if each.window},
        **{("bands", at, "stretch"): each.stretch for at, each in enumerate(policies.bands) if each.stretch},
    }
    for path, window in named.items():
        if hours.is_empty(window):
            yield path, FaultCode.WINDOW_EMPTY


def faulty_bands(policies: Policies) -> Iterator[Found]:
    """Bands without a name or hours of their own, and those whose hours are all taken by bands above."""
    names: set[str] = set()
    taken, holidays_taken = 0, False
    for at, band in enumerate(policies.bands):
        if not band.name.strip():
            yield ("bands", at), FaultCode.BAND_NAME_MISSING
        elif band.name in names:
            yield ("bands", at, "name"), FaultCode.BAND_NAME_TWICE
        own = hours_of(band)
        if not own and not band.major_holidays:
            yield ("bands", at), FaultCode.BAND_WITHOUT_HOURS
        elif not own & ~taken and (holidays_taken or not band.major_holidays):
            yield ("bands", at), FaultCode.BAND_NEVER_COUNTS
        names.add(band.name)
        taken, holidays_taken = taken | own, holidays_taken or band.major_holidays


def hours_of(band: Band) -> Hours:
    """The hours of an ordinary week: where window and stretch are both named, those that lie in both."""
    if band.window is None and band.stretch is None:
        return 0
    in_window = hours.ALL_WEEK if band.window is None else hours.of_window(band.window)
    return in_window & (hours.ALL_WEEK if band.stretch is None else hours.of_stretch(band.stretch))


def faulty_rates(policies: Policies) -> Iterator[Found]:
    """Rates for bands and areas that do not exist, and those that one above always comes before."""
    names = {band.name for band in policies.bands} | {""}
    for at, rate in enumerate(policies.rates):
        if rate.band not in names:
            yield ("rates", at, "band"), FaultCode.RATE_BAND_UNKNOWN
        if rate.area not in AREAS:
            yield ("rates", at, "area"), FaultCode.RATE_AREA_UNKNOWN
        if any(_fits_whenever(above, rate) for above in policies.rates[:at]):
            yield ("rates", at), FaultCode.RATE_NEVER_COUNTS


def hours_without_rates(policies: Policies) -> Iterator[Found]:
    """Where there are rates: bands and hours of the week that none is for."""
    if not policies.rates or any(not rate.band for rate in policies.rates):
        return
    rated = {rate.band for rate in policies.rates}
    for at, band in enumerate(policies.bands):
        if band.name not in rated:
            yield ("bands", at), FaultCode.BAND_WITHOUT_RATE
    covered = 0
    for band in policies.bands:
        covered |= hours_of(band)
    if policies.bands and covered != hours.ALL_WEEK:
        yield ("bands",), FaultCode.HOURS_WITHOUT_RATE


def _fits_whenever(above: Rate, rate: Rate) -> bool:
    return above.per is rate.per and above.band in ("", rate.band) and above.area in (ANY_AREA, rate.area)
