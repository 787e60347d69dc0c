"""One cell of a report told as a controller reads it: its figures, the rules, what was ordered, who was away, and then visit
by visit the plan, the stays, the services and every event, corrections with both values."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from api.reading import View
from api.told_events import EventTeller
from domain.access.whose import Mention
from domain.explanation import ExplainedPart, RulesInForce, adopted_with
from domain.facts import (
    Absence,
    Fact,
    Membership,
    OrderLine,
)
from domain.ids import ClientId, VisitId
from domain.municipality import EditionAdopted
from domain.order.time_frame import TimeFrame
from domain.report_cells import Piece
from domain.values import Period
from projections.believed import Condition, believed, columns, holds_in, read_since
from projections.fact_tables import table_of
from projections.visit_reader import OF_VISITS

Told = dict[str, Any]


class CellTeller:
    """Tells what stands behind a cell, as of a view. Every fact says from which event on it is believed (`since`)."""

    def __init__(self, view: View, language: str) -> None:
        self._view = view
        self._events = EventTeller(view, language)

    @property
    def mentioned(self) -> set[Mention]:
        """All that the events told of so far speak of."""
        return self._events.mentioned

    def rules(self, rules: Iterable[RulesInForce]) -> list[Told]:
        """The editions in force, and the events that adopted them."""
        held = read_since(self._view.db, EditionAdopted, believed(EditionAdopted, self._view.position))
        since = {fact.version: position for fact, position in held}
        return [self._edition(each, [fact for fact, _ in held], since) for each in rules]

    def orders(self, client_ids: Collection[ClientId], period: Period) -> list[Told]:
        """The order lines and pots of minutes in force, with their days, and since when that is known; and every event of
        these orders."""
        found = self._facts(OrderLine, columns(OrderLine).client_id.in_(client_ids), period=period)
        found += self._facts(TimeFrame, columns(TimeFrame).client_id.in_(client_ids), period=period)
        orders = sorted({told["order_id"] for told in found})
        return [
            {
                "order_id": order_id,
                "lines": [told for told in found if told["order_id"] == order_id],
                "events": self._events.of_stream(f"order/{order_id}"),
            }
            for order_id in orders
        ]

    def absences(self, person_ids: Collection[str], period: Period) -> list[Told]:
        """When the clients and workers were away."""
        found = self._facts(Absence, columns(Absence).person_id.in_(person_ids), period=period)
        return [told | {"events": self._events.at([told["since"]])} for told in found]

    def memberships(self, person_ids: Collection[str], period: Period) -> list[Told]:
        """Where they belonged."""
        return self._facts(Membership, columns(Membership).person_id.in_(person_ids), period=period)

    def part(self, part: ExplainedPart, alarms: Sequence[VisitId] = ()) -> Told:
        """One visit's, or one day's, share of the cell; with the alarms whose time is counted in the visit."""
        told: Told = {"day": part.day, "visit_id": part.visit_id, "figures": part.figures}
        told["pieces"] = [_piece(piece, tuple(part.figures)) for piece in part.pieces]
        if part.visit_id is None:
            return told
        joined = [{"visit_id": alarm} | self.visit(alarm) for alarm in alarms]
        return told | self.visit(part.visit_id) | ({"alarms": joined} if joined else {})

    def visit(self, visit_id: VisitId) -> Told:
        """All that is believed of a visit, and every event of it."""
        facts = [told for each in OF_VISITS for told in self._facts(each, columns(each).visit_id == visit_id)]
        return {"facts": facts, "events": self._events.of_stream(f"visit/{visit_id}")}

    def _edition(self, each: RulesInForce, adopted: Sequence[EditionAdopted], since: dict[str, int]) -> Told:
        edition = each.edition
        found = adopted_with(edition, adopted)
        return {
            "version": edition.version,
            "first_on": each.days[0],
            "last_on": each.days[-1],
            "source_digest": found.source_digest if found else "",
            "policies": [policy._asdict() for policy in each.policies],
            "events": self._events.at([since[edition.version]] if found else []),
        }

    def _facts(self, fact_class: type[Fact], *conditions: Condition, period: Period | None = None) -> list[Told]:
        held = [] if period is None else [holds_in(fact_class, period)]
        found = read_since(self._view.db, fact_class, believed(fact_class, self._view.position), *held, *conditions)
        name = str(table_of(fact_class).table.name)
        return [{"fact": name, "since": since} | msgspec.structs.asdict(fact) for fact, since in found]


def _piece(piece: Piece, names: Sequence[str]) -> Told:
    about = {
        "client_id": piece.client_id,
        "worker_id": piece.worker_id,
        "service_code": piece.service_code,
        "unit_id": piece.unit_id,
        "provider_id": piece.provider_id,
    }
    return about | {name: amount for name, amount in zip(names, piece.amounts, strict=True) if amount}
