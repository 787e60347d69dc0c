"""How an `Application` of the event library uses the log: the library's own calls, on top of ours."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Notification, ProgrammingError, StoredEvent, Subscription, Tracking

from domain.log import NewFact, NewQuarantine, NewRow
from infra.recorder import LedgerRecorder


class ApplicationLedgerRecorder(LedgerRecorder):
    """The library's side of the log, the same on every store."""

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        facts: Sequence[NewFact] = (),
        quarantine: Sequence[NewQuarantine] = (),
        tracking: Tracking | None = None,
        **_: Any,
    ) -> Sequence[int]:
        """Append what an `Application` saves. A tracking record has no place here and is refused, not dropped."""
        if tracking is not None:
            raise ProgrammingError("The log keeps no tracking records: positions belong beside the read models.")
        events = [NewRow(str(e.originator_id), e.originator_version, e.topic, e.state) for e in stored_events]
        return self.append(events, facts, quarantine).positions

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Read a stream for an `Application`. It is read whole and cut here, since our streams are short."""
        rows = [
            row
            for row in self.read_stream(str(originator_id))
            if (gt is None or row.version > gt) and (lte is None or row.version <= lte)
        ]
        ordered = rows[::-1] if desc else rows
        return [StoredEvent(row.stream, row.version, row.topic, row.state) for row in ordered[:limit]]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Read events in order of position, from `start` (or just past it) to `stop`."""
        after = 0 if start is None else start - 1 if inclusive_of_start else start
        rows = self.read(after, limit, upto=stop, topics=topics)
        return [Notification(row.stream, row.version, row.topic, row.state, id=row.position) for row in rows]

    def max_notification_id(self) -> int | None:
        """Give the last position; None when the log is empty."""
        return self.head()[0] or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "LedgerSubscription":
        """Follow the log past `gt`: an iterator that blocks at the end until more is appended."""
        return LedgerSubscription(self, gt, topics)


class LedgerSubscription(Subscription[LedgerRecorder]):
    """Follows a log, on any store, until it is stopped: reads pages, and at the end waits to be told of more."""

    PAGE_EVENTS = 500
    STOP_CHECK_S = 0.1

    def __init__(self, recorder: LedgerRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._position = gt or 0
        self._page: Iterator[Notification] = iter(())

    def __next__(self) -> Notification:
        """Give the next event, waiting for it if need be. Ends when stopped."""
        while not self._has_been_stopped:
            notification = next(self._page, None)
            if notification is not None:
                return notification
            if self._recorder.wait(self._position, self.STOP_CHECK_S):
                self._turn_page()
        raise StopIteration

    def _turn_page(self) -> None:
        """Read on. What was there before reading and is not on the page has another topic: it is passed over."""
        head = self._recorder.head()[0]
        page = self._recorder.select_notifications(
            self._position, self.PAGE_EVENTS, head, self._topics, inclusive_of_start=False
        )
        self._page = iter(page)
        self._position = page[-1].id if len(page) == self.PAGE_EVENTS else head
