"""The office's view of the ledger: what the log says of a visit, by the same functions as every report."""

from api.bootstrap import House
from domain.facts import VisitFacts
from domain.ids import VisitId, stream_of
from domain.visit.facts import visit_facts
from domain.visit.history import VisitHistory, evolve


class LedgerView:
    """What stands in the log now."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.position = house.log.head()[0]

    def visit(self, visit_id: VisitId) -> VisitFacts:
        """All that is believed of a visit."""
        history = VisitHistory()
        rows = self._house.log.read_stream(stream_of("visit", visit_id))
        for recorded in self._house.codec.decode_rows(rows):
            evolve(history, recorded.event, position=recorded.position, recorded_at=recorded.recorded_at)
        return visit_facts(visit_id, history)
