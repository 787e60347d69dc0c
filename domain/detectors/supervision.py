"""Was supervision held when there should have been none?"""

from collections.abc import Iterator, Sequence
from datetime import date

from domain.detectors.found import FoundException
from domain.exception_catalogue import ExceptionCode
from domain.ids import FactId
from domain.local_time import local_day_bounds
from domain.supervision.facts import SupervisionSession, TeamMeeting
from domain.supervision.team_weeks import team_weeks, unit_week


def supervision_in_team_weeks(
    sessions: Sequence[SupervisionSession], meetings: Sequence[TeamMeeting], *, first_on: date, last_on: date, zone: str
) -> Iterator[FoundException]:
    """SUPERVISION_IN_TEAM_WEEK: a session of these days was held in a week with a team meeting of the unit.

    Sessions and meetings are those of the whole weeks that the days lie in. What is at stake is what would be claimed.
    """
    weeks = team_weeks(sessions, meetings)
    for session in sessions:
        causes = weeks.get(unit_week(session.unit_id, session.session_on), ())
        if causes and not session.cancelled_because and first_on <= session.session_on <= last_on:
            yield FoundException(
                code=ExceptionCode.SUPERVISION_IN_TEAM_WEEK,
                subject_kind="supervision",
                subject_id=session.session_id,
                fact_ids=tuple(sorted(FactId(cause) for cause in (session.session_id, *causes))),
                minutes=len(session.worker_ids) * session.minutes,
                since=local_day_bounds(session.session_on, zone)[0],
            )
