"""Finds clients by personnummer. What stands in the key database is only where to look: the log says whose number it is."""

import hmac
from collections.abc import Iterator, Sequence

from domain.client.events import ClientDetails, ClientDetailsChanged, ClientRegistered
from domain.ids import ClientId, PersonId, stream_of, subject_of
from domain.log import StoredRow
from domain.office.birth import is_research_file
from domain.ports import EnvelopeTamperedError, Erased, Opener
from infra.codec import EventCodec
from infra.keys import KeyStore
from infra.recorder import LedgerRecorder

PURPOSE = "personnummer-lookup"
TOPICS = (ClientRegistered.TOPIC, ClientDetailsChanged.TOPIC)
EVENTS_AT_ONCE = 1_000


class ClientNumbers:
    """Numbers are the twelve digits that a personnummer is normalised to. Whatever opens or looks up keys raises
    `KeyStoreError` where they do not answer."""

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec, keys: KeyStore, opener: Opener) -> None:
        self._recorder, self._codec, self._keys, self._opener = recorder, codec, keys, opener

    def enter(self, client_id: ClientId, number: str) -> None:
        """Let a client be found by a number that is in the log. Safe to repeat; nothing for one who is erased."""
        self._keys.keep_numbers([(PersonId(client_id), self._digest(number))])

    def holders(self, number: str) -> list[ClientId]:
        """The clients whose number it is, as last stated; nobody who is erased."""
        entered = [ClientId(person_id) for person_id in self._keys.persons_of(self._digest(number))]
        return [client_id for client_id in entered if self._number_of(client_id) == number]

    def is_research_file(self, client_id: ClientId) -> bool:
        """Whether the client was born on a day whose files are archived first; False where no number is known, or its key is
        gone, and True where it was altered: nobody can say."""
        try:
            number = self._number_of(client_id)
        except EnvelopeTamperedError:
            return True
        return number is not None and is_research_file(number)

    def fill(self) -> int:
        """Enter whatever number the log holds that opens, and say how many were read."""
        head, _ = self._recorder.head()
        position = read = 0
        while rows := self._recorder.read(position, EVENTS_AT_ONCE, upto=head, topics=TOPICS):
            found = list(self._stated(rows))
            self._keys.keep_numbers([(person_id, self._digest(number)) for person_id, number in found])
            read, position = read + len(found), rows[-1].position
        return read

    def _digest(self, number: str) -> bytes:
        return hmac.digest(self._keys.ledger_key(PURPOSE), number.encode("ascii"), "sha256")

    def _number_of(self, client_id: ClientId) -> str | None:
        number = None
        for recorded in self._codec.decode_rows(self._recorder.read_stream(stream_of("client", client_id))):
            if isinstance(recorded.event, ClientDetails) and recorded.event.personnummer is not None:
                number = self._opened(recorded.event)
        return number

    def _stated(self, rows: Sequence[StoredRow]) -> Iterator[tuple[PersonId, str]]:
        for recorded in self._codec.decode_rows(rows):
            assert isinstance(recorded.event, ClientDetails)
            number = self._opened(recorded.event)
            if number is not None:
                yield PersonId(subject_of(recorded.event.originator_id)), number

    def _opened(self, event: ClientDetails) -> str | None:
        if event.personnummer is None:
            return None
        clear = self._opener.open(event.personnummer, place=event.place_of("personnummer"))
        return None if isinstance(clear, Erased) else clear
