"""Who belongs where, from a day up to a day: households, units, loans. Shared by clients and workers."""

from datetime import date

import msgspec

from domain.facts import Membership
from domain.ids import HouseholdId, UnitId
from domain.timeline import DaySpan

GroupId = UnitId | HouseholdId


class Belonging(msgspec.Struct, frozen=True, array_like=True):
    """Belongs to one group over some days."""

    group_id: str
    days: DaySpan


Belongings = tuple[Belonging, ...]


def joined(belongings: Belongings, group_id: str, from_on: date, until_on: date | None = None) -> Belongings:
    """With one more; one to the same group from the same day is replaced by it."""
    others = (other for other in belongings if (other.group_id, other.days.from_on) != (group_id, from_on))
    return (*others, Belonging(group_id, DaySpan(from_on, until_on)))


def left(belongings: Belongings, group_id: str, on: date) -> Belongings:
    """With the one to that group ended that would hold on the day."""
    return tuple(
        Belonging(group_id, DaySpan(each.days.from_on, on))
        if each.group_id == group_id and each.days.holds_on(on)
        else each
        for each in belongings
    )


def belongs_on(belongings: Belongings, group_id: str, day: date) -> bool:
    """Whether that group is belonged to on the day."""
    return any(each.group_id == group_id and each.days.holds_on(day) for each in belongings)


def belongs_without_end(belongings: Belongings, group_id: str) -> bool:
    """Whether that group is belonged to until further notice, from whichever day."""
    return any(each.group_id == group_id and each.days.until_on is None for each in belongings)


def membership_facts(kind: str, person_id: str, belongings: Belongings) -> tuple[Membership, ...]:
    """The belongings as facts; one that was taken back is none."""
    return tuple(
        Membership(
            kind=kind,
            person_id=person_id,
            group_id=UnitId(each.group_id),
            from_on=each.days.from_on,
            until_on=each.days.until_on,
        )
        for each in belongings
        if not each.days.is_empty
    )
