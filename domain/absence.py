"""When a person is away: shared by clients and workers."""

from datetime import datetime

import msgspec

from domain.errors import RefusedError
from domain.facts import Absence


class AbsentAlreadyError(RefusedError):
    code = "absent_already"
    detail = "The person is away at that time already. Record the return first, or choose other times."


class NotAbsentError(RefusedError):
    code = "not_absent"
    detail = "The person is not away; there is no return to record."


class ReturnBackwardsError(RefusedError):
    code = "return_before_absence"
    detail = "The return cannot be before the absence began. Use the same time if the person never was away."


class Away(msgspec.Struct, frozen=True, array_like=True):
    """From `from_at` up to, not including, `until_at`; None: not returned yet."""

    kind: str
    from_at: datetime
    until_at: datetime | None = None

    @property
    def never_was(self) -> bool:
        """Whether it was taken back."""
        return self.until_at == self.from_at

    def meets(self, other: "Away") -> bool:
        """Whether the two overlap."""
        return not (_over_by(self, other.from_at) or _over_by(other, self.from_at) or self.never_was or other.never_was)


def check_leaving(absences: tuple[Away, ...], leaving: Away) -> None:
    """Refuse an absence that ends before it begins, or overlaps another one."""
    if leaving.until_at is not None and leaving.until_at <= leaving.from_at:
        raise ReturnBackwardsError
    if any(away.meets(leaving) for away in absences):
        raise AbsentAlreadyError


def check_return(absences: tuple[Away, ...], at: datetime) -> None:
    """Refuse a return of somebody who is not away, or from before it began."""
    away = _ended_by(absences, at)
    if away is None:
        raise NotAbsentError
    if at < away.from_at:
        raise ReturnBackwardsError


def returned(absences: tuple[Away, ...], at: datetime) -> tuple[Away, ...]:
    """End the absence that the return speaks of: now, or earlier than was thought."""
    away = _ended_by(absences, at)
    return tuple(msgspec.structs.replace(each, until_at=at) if each is away else each for each in absences)


def absence_facts(person_kind: str, person_id: str, absences: tuple[Away, ...]) -> tuple[Absence, ...]:
    """The absences as facts; one that was taken back is none."""
    return tuple(
        Absence(
            person_kind=person_kind,
            person_id=person_id,
            kind=away.kind,
            from_at=away.from_at,
            until_at=away.until_at,
        )
        for away in absences
        if not away.never_was
    )


def _over_by(away: Away, at: datetime) -> bool:
    return away.until_at is not None and away.until_at <= at


def _ended_by(absences: tuple[Away, ...], at: datetime) -> Away | None:
    """The absence that somebody is in at that time; where there is none, the one that has no end."""
    during = (away for away in absences if away.from_at <= at and not _over_by(away, at))
    without_end = (away for away in absences if away.until_at is None)
    return next(during, None) or next(without_end, None)
