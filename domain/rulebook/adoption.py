"""Which edition holds on which days, when rulebooks are adopted one after another.

A later adoption wins for the days that its document covers: from its first edition's day on, up to its last edition's end.
Earlier editions keep their other days.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import zip_longest

import msgspec

from domain.municipality import EditionAdopted
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Edition, Rulebook
from domain.timeline import DaySpan

NO_DAYS = DaySpan(date.min, date.min)


class Adoption(msgspec.Struct, frozen=True, array_like=True):
    """One document as it was adopted. `source_digest` is the SHA-256 of its text, in hexadecimal."""

    rulebook: Rulebook
    source_digest: str = ""

    @property
    def days(self) -> DaySpan:
        """The days it covers. A document without editions covers none."""
        editions = self.rulebook.editions
        if not editions:
            return NO_DAYS
        return DaySpan(editions[0].from_on, editions[-1].until_on)

    def stretches(self) -> Iterator[tuple[DaySpan, Edition]]:
        """Each edition with the days that the document gives it: up to its own end, or to the edition that follows."""
        editions = self.rulebook.editions
        for edition, following in zip_longest(editions, editions[1:]):
            days = DaySpan(edition.from_on, edition.until_on)
            yield days if following is None else days.common(DaySpan(edition.from_on, following.from_on)), edition


def editions_held(adoptions: Sequence[Adoption]) -> Iterator[EditionAdopted]:
    """Every edition on the days that no later adoption covers."""
    for number, adoption in enumerate(adoptions, start=1):
        covered_later = [later.days for later in adoptions[number:]]
        for days, edition in adoption.stretches():
            for held in days.without(covered_later):
                yield EditionAdopted(
                    version=edition.version,
                    from_on=held.from_on,
                    until_on=held.until_on,
                    adoption=number,
                    municipality=adoption.rulebook.municipality,
                    zone=adoption.rulebook.zone,
                    source_digest=adoption.source_digest,
                    edition=edition,
                )


def believed_rulebook(held: Iterable[EditionAdopted]) -> Rulebook:
    """The municipality's rulebook, put together from the editions that hold; the default where none was ever adopted."""
    by_day = sorted(held, key=lambda each: each.from_on)
    if not by_day:
        return DEFAULT_RULEBOOK
    latest = max(by_day, key=lambda each: each.adoption)
    editions = (msgspec.structs.replace(each.edition, from_on=each.from_on, until_on=each.until_on) for each in by_day)
    return Rulebook(municipality=latest.municipality, zone=latest.zone, editions=tuple(editions))
