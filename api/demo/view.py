"""The office's view of the ledger: what its read models hold, brought up to the log's end."""

from collections.abc import Sequence

from api.bootstrap import House
from domain.facts import VisitFacts
from domain.ids import VisitId
from projections.fact_reader import FactReader


class LedgerView:
    """What somebody sees who looks now."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.position = house.projector.catch_up()

    def visits(self, visit_ids: Sequence[VisitId]) -> Sequence[VisitFacts]:
        """All that is believed of these visits, in the order of their ids."""
        with self._house.read_database.connect() as db:
            return FactReader(db, self.position).visits(visit_ids=visit_ids)
