"""Where a publisher stands: in the log as a whole, and in each partition of its topic."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from domain.log import LedgerIdentity
from infra.follower import FOLLOWING, NotThisLogError, check_place
from infra.read_database import writing
from infra.recorder import LedgerRecorder
from projections.projection import LogPlace, advance, begin, forget, places_of

WHOLE = 0


class PublisherRefusedError(Exception):
    """What is in the topic is not of this log as it is now. The text says what to do."""


class Publication(NamedTuple):
    """What goes by a name in the table of places: a topic."""

    name: str
    version: int = 1


class Published:
    """The places of one publication."""

    def __init__(self, topic: str, engine: sa.Engine) -> None:
        self._publication = Publication(f"published/{topic}")
        self._engine = engine
        self._places: dict[int, LogPlace] = {}
        self._is_again = False

    @property
    def position(self) -> int:
        """The last event that is published, with all before it; 0 before the first."""
        return self._places[WHOLE].position if self._places else 0

    @property
    def partitions(self) -> int:
        """How many partitions there are."""
        return len(self._places) - 1

    def last_in(self, partition: int) -> int:
        """The position of the last event in a partition, 0 before the first."""
        return self._places[partition + 1].position

    def open(self, recorder: LedgerRecorder, partitions: int, in_topic: Callable[[], LedgerIdentity | None]) -> None:
        """Find where the publication stands; a new one stands before the first event. It alone looks for what is `in_topic`.

        Raises `PublisherRefusedError` when it stands in another log or would begin over one, and when the topic has another
        number of partitions.
        """
        with self._engine.connect() as db:
            self._places = places_of(db, self._publication)
        if not self._places:
            self._check_topic(in_topic(), recorder.identity())
            with writing(self._engine) as db:
                numbers = range(partitions + 1)
                begin(db, self._publication, *recorder.identity(), status=FOLLOWING, partitions=numbers)
                self._places = places_of(db, self._publication)
        self._check(recorder, partitions)

    def forget(self) -> None:
        """Let the publication begin anew, with the first event of the log as it is now."""
        with writing(self._engine) as db:
            forget(db, self._publication)
        self._places, self._is_again = {}, True

    def move(self, whole: LogPlace, parts: Mapping[int, LogPlace]) -> None:
        """Move the place of the log, and of the partitions that got events, in one transaction.

        Raises `StaleBatchError` when another publisher has moved them meanwhile; nothing is changed then.
        """
        moved = {WHOLE: whole, **{partition + 1: place for partition, place in parts.items()}}
        with writing(self._engine) as db:
            for number, place in moved.items():
                advance(db, self._publication, self._places[number], place, number)
        self._places |= moved

    def _check_topic(self, found: LedgerIdentity | None, ours: LedgerIdentity) -> None:
        if found is None:
            return
        if found.ledger_id != ours.ledger_id:
            raise PublisherRefusedError(
                "The topic holds the events of another ledger. Name another topic in VISITLEDGER_KAFKA_TOPIC."
            )
        if found.epoch > ours.epoch:
            raise PublisherRefusedError(
                f"The topic holds epoch {found.epoch} of this ledger, and this log is of epoch {ours.epoch}. Publish the "
                "latest one, or name another topic in VISITLEDGER_KAFKA_TOPIC."
            )
        if found.epoch == ours.epoch and not self._is_again:
            raise PublisherRefusedError(
                "The topic holds events of this log already, and how many is not known here. `visitledger publish --restart` "
                "publishes the whole log again; consumers drop what they have."
            )

    def _check(self, recorder: LedgerRecorder, partitions: int) -> None:
        try:
            check_place(self._places[WHOLE], recorder)
        except NotThisLogError as error:
            raise PublisherRefusedError(
                f"{error} The topic holds what this log does not. `visitledger publish --restart` publishes the whole log "
                "again; each consumer then needs `visitledger consume --restart`."
            ) from None
        if partitions != self.partitions:
            raise PublisherRefusedError(
                f"The topic has {partitions} partitions but was published to with {self.partitions}: streams would change "
                "partition and lose their order. Name another topic in VISITLEDGER_KAFKA_TOPIC."
            )
