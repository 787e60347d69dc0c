"""Acknowledgements: which of a subject's exceptions the office has accepted, and why."""

from domain.aggregate import Aggregate
from domain.exception import errors
from domain.exception.events import ExceptionAcknowledged, ExceptionEvent
from domain.exception.history import ExceptionHistory, evolve
from domain.ids import PersonId
from domain.reasons import check_reasons
from domain.values import ExceptionClass, ReasonCode


class Acknowledgements(Aggregate[ExceptionEvent]):
    """Decides which exceptions of one subject (a visit, a client, a worker...) may be closed without a correction."""

    KIND = "exception"
    history: ExceptionHistory

    def start(self) -> None:
        """Nothing is acknowledged yet."""
        self.history = ExceptionHistory()

    def acknowledge(
        self,
        *,
        key: str,
        code: str,
        exception_class: ExceptionClass,
        subject_kind: str,
        reason_codes: tuple[ReasonCode, ...],
        position: int,
        person_id: PersonId,
        note: str | None = None,
    ) -> None:
        """Accept the exception as it stood at log `position`. A note is sealed under the key of the person it is about."""
        if exception_class is ExceptionClass.FIX:
            raise errors.MustBeFixedError
        check_reasons(reason_codes, note)
        if key in self.history.accepted:
            raise errors.AlreadyAcknowledgedError
        self.record(
            ExceptionAcknowledged,
            key=key,
            code=code,
            subject_kind=subject_kind,
            reason_codes=reason_codes,
            position=position,
            person_id=person_id,
            note=note,
        )

    def when(self, event: ExceptionEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)
