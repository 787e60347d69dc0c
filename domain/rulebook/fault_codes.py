"""What can be wrong with a rulebook that is written correctly: each code with a sentence that says what to write instead."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class FaultCode(StrEnum):
    """Names a kind of contradiction for ever."""

    MUNICIPALITY_MISSING = "municipality_missing"
    ZONE_UNKNOWN = "zone_unknown"
    NO_EDITIONS = "no_editions"
    VERSION_UNREADABLE = "version_unreadable"
    VERSION_TWICE = "version_twice"
    VERSION_RESERVED = "version_reserved"
    EDITIONS_OUT_OF_ORDER = "editions_out_of_order"
    EDITIONS_OVERLAP = "editions_overlap"
    EDITIONS_GAP = "editions_gap"
    EDITION_WITHOUT_DAYS = "edition_without_days"
    OVERRIDE_FOR_EVERYTHING = "override_for_everything"
    OVERRIDE_EMPTY = "override_empty"
    OVERRIDE_TWICE = "override_twice"
    AMOUNT_NEGATIVE = "amount_negative"
    AMOUNT_UNREADABLE = "amount_unreadable"
    VALUE_NOT_ALLOWED = "value_not_allowed"
    HOLIDAY_UNKNOWN = "holiday_unknown"
    WINDOW_EMPTY = "window_empty"
    BAND_NAME_MISSING = "band_name_missing"
    BAND_NAME_TWICE = "band_name_twice"
    BAND_WITHOUT_HOURS = "band_without_hours"
    BAND_NEVER_COUNTS = "band_never_counts"
    RATE_BAND_UNKNOWN = "rate_band_unknown"
    RATE_AREA_UNKNOWN = "rate_area_unknown"
    RATE_NEVER_COUNTS = "rate_never_counts"
    BAND_WITHOUT_RATE = "band_without_rate"
    HOURS_WITHOUT_RATE = "hours_without_rate"
    NIGHT_RATE_MISSING = "night_rate_missing"
    ABSENCE_DAYS_BACKWARDS = "absence_days_backwards"
    ABSENCE_DAYS_OVERLAP = "absence_days_overlap"
    ABSENCE_DAYS_GAP = "absence_days_gap"
    ABSENCE_WITHOUT_TRIGGER = "absence_without_trigger"
    MINIMUM_OVERLAP = "minimum_overlap"
    STANDARD_TIME_TWICE = "standard_time_twice"
    STANDARD_TIME_NEVER_COUNTS = "standard_time_never_counts"
    STANDARD_TIME_NEVER_HOLDS = "standard_time_never_holds"
    STANDARD_TIME_IN_ITSELF = "standard_time_in_itself"
    STANDARD_TIME_PER_UNKNOWN = "standard_time_per_unknown"
    STANDARD_TIME_DWELLING_UNKNOWN = "standard_time_dwelling_unknown"
    FIXED_WITHOUT_MINUTES = "fixed_without_minutes"
    FIXED_MINUTES_UNUSED = "fixed_minutes_unused"
    ALARM_WITHOUT_MONTH_PRICE = "alarm_without_month_price"
    ALARM_MONTH_PRICE_UNUSED = "alarm_month_price_unused"
    LEVELS_MISSING = "levels_missing"
    LEVELS_NOT_RISING = "levels_not_rising"
    LEVEL_NAME_TWICE = "level_name_twice"
    LOCK_RULE = "lock_rule"
    LOCK_DATE_UNREADABLE = "lock_date_unreadable"
    LOCK_DATES_OUT_OF_ORDER = "lock_dates_out_of_order"
    NOTICE_WITHOUT_HOURS = "notice_without_hours"
    NOTICE_HOURS_UNUSED = "notice_hours_unused"
    TOLERANCE_UNUSED = "tolerance_unused"
    WARNINGS_WITHOUT_FEE = "warnings_without_fee"
    CARRY_OVER_NOT_COMPUTED = "carry_over_not_computed"
    APPROVAL_TWICE = "approval_twice"
    CONTINUITY_LIMITS_NOT_RISING = "continuity_limits_not_rising"
    CONTINUITY_PERIOD_EMPTY = "continuity_period_empty"


SENTENCES: Mapping[FaultCode, str] = MappingProxyType(
    {
        FaultCode.MUNICIPALITY_MISSING: "Write the municipality's name.",
        FaultCode.ZONE_UNKNOWN: "No such time zone is known. Write Europe/Stockholm, or leave the line out.",
        FaultCode.NO_EDITIONS: "Write at least one edition, with `version` and `from`.",
        FaultCode.VERSION_UNREADABLE: "Write letters, digits, dots and dashes that figures can show, as solna-2024-03.",
        FaultCode.VERSION_TWICE: "An earlier edition has that version. Give each edition a version of its own.",
        FaultCode.VERSION_RESERVED: "`none` stands for days without rules. Choose another version.",
        FaultCode.EDITIONS_OUT_OF_ORDER: (
            "Write the editions in order of time: this one begins no later than the one before."
        ),
        FaultCode.EDITIONS_OVERLAP: (
            "The edition before ends after this one begins. Leave its `until` out, or write this day."
        ),
        FaultCode.EDITIONS_GAP: "No edition holds between the end of the one before and this day. Let them meet.",
        FaultCode.EDITION_WITHOUT_DAYS: "`until` is the first day after the edition: write a day later than `from`.",
        FaultCode.OVERRIDE_FOR_EVERYTHING: (
            "Say in `for` what it holds for. What holds for everything belongs in the edition's `policies`."
        ),
        FaultCode.OVERRIDE_EMPTY: "Name the policies that it changes, or take the override out.",
        FaultCode.OVERRIDE_TWICE: "An earlier override is for the very same. Write both as one.",
        FaultCode.AMOUNT_NEGATIVE: "Write an amount of zero kronor or more.",
        FaultCode.AMOUNT_UNREADABLE: "Write an amount below a milliard, with four decimals at most.",
        FaultCode.VALUE_NOT_ALLOWED: "The value is not one that the schema allows.",
        FaultCode.HOLIDAY_UNKNOWN: (
            "No such holiday is known. Write names such as christmas_eve, easter_sunday, midsummer_day."
        ),
        FaultCode.WINDOW_EMPTY: "It ends when it begins. The whole day is 00:00-24:00.",
        FaultCode.BAND_NAME_MISSING: "Give the band a name that rates can name.",
        FaultCode.BAND_NAME_TWICE: "An earlier band has that name. Give each band a name of its own.",
        FaultCode.BAND_WITHOUT_HOURS: "Say which hours: `window`, `stretch`, or `major_holidays: true`.",
        FaultCode.BAND_NEVER_COUNTS: (
            "The bands above have all its hours already, and the first that holds counts. Move it up, or take it out."
        ),
        FaultCode.RATE_BAND_UNKNOWN: "There is no band of that name. Write one of `bands`, or leave it out for any.",
        FaultCode.RATE_AREA_UNKNOWN: "Write urban, rural or sparse, or leave it out for any.",
        FaultCode.RATE_NEVER_COUNTS: (
            "A rate above fits whenever this one does, and the first that fits counts. Put the special one first."
        ),
        FaultCode.BAND_WITHOUT_RATE: (
            "There are rates, and none for this band: its hours would be worth nothing. Add one, or one without `band`."
        ),
        FaultCode.HOURS_WITHOUT_RATE: (
            "Some hours of the week are in no band, and no rate goes without one: they would be worth nothing."
        ),
        FaultCode.NIGHT_RATE_MISSING: (
            "Night is not paid by the hour, and no rate is `per: task` or `per: occasion`. Add one."
        ),
        FaultCode.ABSENCE_DAYS_BACKWARDS: "`last_day` is before `first_day`. A single day has both alike.",
        FaultCode.ABSENCE_DAYS_OVERLAP: "Some of these days have a share above already. Let each day have one.",
        FaultCode.ABSENCE_DAYS_GAP: (
            "Days before these have no share. Begin with day 1, and write a day that is not paid as 0."
        ),
        FaultCode.ABSENCE_WITHOUT_TRIGGER: (
            "No kind of absence is paid for. Name kinds in `absence_triggers`, or leave `absence_shares` out."
        ),
        FaultCode.MINIMUM_OVERLAP: (
            "A line above has some of these hours, for the same registrations. Let each hour have one minimum."
        ),
        FaultCode.STANDARD_TIME_TWICE: "A line above has the same service and conditions. Keep one of them.",
        FaultCode.STANDARD_TIME_NEVER_COUNTS: (
            "A line above holds whenever this one does, and the first counts. Put the special one first."
        ),
        FaultCode.STANDARD_TIME_NEVER_HOLDS: "No order has and lacks the same category. Keep it in one of the two.",
        FaultCode.STANDARD_TIME_IN_ITSELF: (
            "The service is, by itself or through others, nested in itself, so that no time would be left."
        ),
        FaultCode.STANDARD_TIME_PER_UNKNOWN: "Write occasion, week or year.",
        FaultCode.STANDARD_TIME_DWELLING_UNKNOWN: (
            "Write machine_in_home or machine_in_building, or leave it out for any."
        ),
        FaultCode.FIXED_WITHOUT_MINUTES: "Say in `fixed_minutes` how many minutes are paid.",
        FaultCode.FIXED_MINUTES_UNUSED: "They count only with `paid_as: fixed`. Write that too, or leave them out.",
        FaultCode.ALARM_WITHOUT_MONTH_PRICE: "Say in `alarm_full_month` what a full month costs.",
        FaultCode.ALARM_MONTH_PRICE_UNUSED: (
            "It counts only with `alarm_payment: day`. Write that too, or leave it out."
        ),
        FaultCode.LEVELS_MISSING: "The model pays by level. Write `levels`.",
        FaultCode.LEVELS_NOT_RISING: (
            "Each level goes up to more minutes than the one above; the last has `until_minutes: null`."
        ),
        FaultCode.LEVEL_NAME_TWICE: "A level above has that name. Give each a name of its own.",
        FaultCode.LOCK_RULE: "Say when a month is closed in exactly one way: `working_day`, `day` or `dates`.",
        FaultCode.LOCK_DATE_UNREADABLE: "Write a day as 2021-09-03.",
        FaultCode.LOCK_DATES_OUT_OF_ORDER: (
            "Write the days in order, one for each month at most: each closes the month before it."
        ),
        FaultCode.NOTICE_WITHOUT_HOURS: "Say in `hours` how many, at least 1.",
        FaultCode.NOTICE_HOURS_UNUSED: "They count only with `kind: hours`. Write that too, or leave them out.",
        FaultCode.TOLERANCE_UNUSED: (
            "What is performed is paid in full with `excess_policy: pay_actual`: a tolerance has no meaning."
        ),
        FaultCode.WARNINGS_WITHOUT_FEE: (
            "Warnings go before a fee, and there is none. Write `missed_visit_fee`, or leave them out."
        ),
        FaultCode.APPROVAL_TWICE: "Name each approval once.",
        FaultCode.CARRY_OVER_NOT_COMPUTED: (
            "Write false: no source says how unused time is carried to the next month, so nothing computes it."
        ),
        FaultCode.CONTINUITY_LIMITS_NOT_RISING: "Write the limits in rising order, each once.",
        FaultCode.CONTINUITY_PERIOD_EMPTY: "Count over one day at least.",
    }
)
"""What a person does about it."""
