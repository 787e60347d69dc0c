"""The clock of a house that is being filled with a month gone by."""

from datetime import UTC, datetime

from api.bootstrap import Clock, system_clock


class DemoClock:
    """Stands where the demo's story has come to; once it is told, it is the real clock."""

    def __init__(self, real: Clock = system_clock) -> None:
        self._real = real
        self._stands_at: datetime | None = None

    def __call__(self) -> datetime:
        """Now, as the house is to believe it."""
        return self._stands_at or self._real()

    def stand_at(self, at: datetime) -> None:
        """Let it be that instant until told otherwise."""
        self._stands_at = at.astimezone(UTC)

    def go(self) -> None:
        """Be the real clock again."""
        self._stands_at = None

    @property
    def real_now(self) -> datetime:
        """The real time, also while it stands."""
        return self._real()
