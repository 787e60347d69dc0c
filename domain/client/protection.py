"""Protected identity: how far a client's is protected from which day on, and which staff may see them meanwhile. Pure."""

from datetime import date
from typing import assert_never

import msgspec

from domain.client.events import ClientProtectedIdentityMarked, ClientStaffNamed, ClientStaffRemoved
from domain.client.values import ProtectionLevel
from domain.local_time import Month
from domain.timeline import Since, stand_from, standing_on, stands_already

ProtectionEvent = ClientProtectedIdentityMarked | ClientStaffNamed | ClientStaffRemoved
ALWAYS = date.min
"""From when a mark holds that names no day."""


class Protection(msgspec.Struct, frozen=True, array_like=True):
    """What was said of one client. `named` are staff, as tokens write their subject: of a care worker the worker's id."""

    levels: tuple[Since[ProtectionLevel], ...] = ()
    named: tuple[str, ...] = ()

    @property
    def level_said(self) -> ProtectionLevel:
        """The level that was said last, whenever it holds from."""
        return self.levels[-1].value if self.levels else ProtectionLevel.NONE

    def level_on(self, day: date) -> ProtectionLevel:
        """How far the identity is protected that day."""
        return standing_on(self.levels, day) or ProtectionLevel.NONE

    def is_protected_in(self, month: Month) -> bool:
        """Whether the identity is protected on any day of a month."""
        began = (each.value for each in self.levels if each.from_on in month)
        return any(level is not ProtectionLevel.NONE for level in (self.level_on(month.first_on), *began))

    def is_hidden_from(self, subject: str, day: date) -> bool:
        """Whether somebody does not reach the client that day, for not being named."""
        return self.level_on(day) is not ProtectionLevel.NONE and subject not in self.named

    def says_already(self, level: ProtectionLevel, from_on: date) -> bool:
        """Whether the level stands from the day on already, or nothing ever was protected and nothing is to be lifted."""
        return stands_already(self.levels, from_on, level) or (not self.levels and level is ProtectionLevel.NONE)

    def after(self, event: ProtectionEvent) -> "Protection":
        """With one event more."""
        match event:
            case ClientProtectedIdentityMarked(level=level, from_on=from_on, named=subjects):
                return Protection(stand_from(self.levels, from_on or ALWAYS, level), self._with(subjects))
            case ClientStaffNamed(subjects=subjects):
                return Protection(self.levels, self._with(subjects))
            case ClientStaffRemoved(subjects=subjects):
                return Protection(self.levels, tuple(each for each in self.named if each not in subjects))
            case _:
                assert_never(event)

    def _with(self, subjects: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.named, *subjects)))
