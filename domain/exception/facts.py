"""From a subject's acknowledgements to facts. Pure."""

from domain.evidence import Acknowledgement
from domain.exception.history import ExceptionHistory


def exception_facts(subject_id: str, history: ExceptionHistory) -> tuple[Acknowledgement, ...]:
    """The exceptions of the subject that the office has accepted."""
    return tuple(
        Acknowledgement(
            subject_kind=accepted.subject_kind,
            subject_id=subject_id,
            key=key,
            code=accepted.code,
            reason_codes=accepted.reason_codes,
            actor=accepted.actor,
            position=accepted.position,
        )
        for key, accepted in history.accepted.items()
    )
