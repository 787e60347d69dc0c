"""What an order's lines must be, given how firmly the order states minutes (rules.md 3.1-3.3)."""

import re
from collections.abc import Sequence

from domain.frequency import parse_frequency
from domain.order import errors
from domain.order.events import Frame, ServiceLine
from domain.order.values import LegalBasis, MinuteControl

STATES_MINUTES = frozenset({MinuteControl.STRICT, MinuteControl.FLEXIBLE})
_TIME_OF_DAY = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_WINDOW = re.compile(rf"({_TIME_OF_DAY})-({_TIME_OF_DAY})")


def check_lines(
    lines: Sequence[ServiceLine], frame: Frame | None, *, minute_control: MinuteControl, legal_basis: LegalBasis
) -> None:
    """Refuse lines that cannot be read, or that state minutes otherwise than the minute control says."""
    if not lines:
        raise errors.LinesMissingError
    if len({line.line_id for line in lines}) < len(lines):
        raise errors.LineTwiceError
    for line in lines:
        _check_line(line, minute_control, legal_basis)
    _check_frame(frame, minute_control)


def _check_line(line: ServiceLine, minute_control: MinuteControl, legal_basis: LegalBasis) -> None:
    if not line.line_id or not line.service_code:
        raise errors.LineNamelessError
    stated = [minutes for minutes in (line.granted_minutes, line.ordered_minutes) if minutes is not None]
    if any(minutes < 0 for minutes in stated):
        raise errors.MinutesNegativeError
    if stated and minute_control not in STATES_MINUTES:
        raise errors.MinutesNotStatedError
    if line.ordered_minutes is None and legal_basis is LegalBasis.HSL and minute_control in STATES_MINUTES:
        raise errors.MinutesMissingError
    parse_frequency(line.frequency)
    window = _WINDOW.fullmatch(line.window)
    if line.window and (window is None or window[1] == window[2]):
        raise errors.WindowUnreadableError


def _check_frame(frame: Frame | None, minute_control: MinuteControl) -> None:
    if minute_control is not MinuteControl.TIME_FRAME:
        if frame is not None:
            raise errors.FrameNotStatedError
        return
    if frame is None:
        raise errors.FrameMissingError
    if frame.minutes < 1:
        raise errors.FrameEmptyError
