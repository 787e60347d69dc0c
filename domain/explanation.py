"""One cell of a report, taken apart: what each visit or day of an order adds to it, and the rules that it was computed by.

The parts add up to the cell, for they are made of the very pieces that the report adds up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from domain.alarm_visits import settle_alarms
from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import VisitId
from domain.municipality import EditionAdopted
from domain.report_cells import Piece, total
from domain.rulebook.policies import named_in
from domain.rulebook.rulebook import DEFAULT_POLICIES, Edition, Rulebook


class ExplainedPart(NamedTuple):
    """What one visit adds to a cell on one day, or one day without a visit: of an order, or of an absence that is paid."""

    day: date
    visit_id: VisitId | None
    figures: Mapping[str, int | Decimal]
    pieces: Sequence[Piece]


class PolicyStated(NamedTuple):
    """One policy as it was in force. `stated_by` is `edition`, or `override` with whom that is for; where the edition's value
    is the default's, stated or not, `default`."""

    policy: str
    value: Any
    stated_by: str
    scope: Any = None


class RulesInForce(NamedTuple):
    """An edition with those of its policies that the report asks for."""

    edition: Edition
    days: Sequence[date]
    policies: Sequence[PolicyStated]


def explained_parts(pieces: Iterable[Piece], adds: Sequence[str]) -> list[ExplainedPart]:
    """Put the pieces together by day and visit, in the order of time. What adds nothing is left out."""
    groups: defaultdict[tuple[date, VisitId | None], list[Piece]] = defaultdict(list)
    for piece in pieces:
        if any(piece.amounts):
            groups[piece.day, piece.visit_id].append(piece)
    in_order = sorted(groups.items(), key=lambda group: (group[0][0], group[0][1] or ""))
    return [ExplainedPart(day, visit_id, total(group, adds), group) for (day, visit_id), group in in_order]


def counted_with(visits: Iterable[VisitFacts], *, context: Context, rulebook: Rulebook) -> dict[VisitId, list[VisitId]]:
    """The alarms whose time is counted in another visit, by that visit: what explains it stands in both (rules.md 5.6)."""
    settled = settle_alarms(visits, context=context, rulebook=rulebook)
    stays = {visit.visit_id: {stay.visit_id for stay in visit.attendances} for visit in settled}
    return {visit_id: sorted(of - {visit_id}) for visit_id, of in stays.items() if of - {visit_id}}


def rules_in_force(rulebook: Rulebook, days: Collection[date], policies: Sequence[str]) -> list[RulesInForce]:
    """The editions of some days, in the order of time, with the policies that were asked for: what the rulebook states of
    them, in full and for a part only."""
    found: dict[str, tuple[Edition, list[date]]] = {}
    for day in sorted(set(days)):
        edition = rulebook.on(day)
        found.setdefault(edition.version, (edition, []))[1].append(day)
    return [RulesInForce(edition, held, list(_stated(edition, policies))) for edition, held in found.values()]


def adopted_with(edition: Edition, adopted: Iterable[EditionAdopted]) -> EditionAdopted | None:
    """The adoption that an edition came with; None where nothing was ever adopted."""
    return next((each for each in adopted if each.version == edition.version), None)


def _stated(edition: Edition, policies: Sequence[str]) -> Iterable[PolicyStated]:
    for name in policies:
        value, default = getattr(edition.policies, name), getattr(DEFAULT_POLICIES, name)
        yield PolicyStated(name, value, "default" if value == default else "edition")
        for override in edition.overrides:
            changed = named_in(override.policies)
            if name in changed:
                yield PolicyStated(name, changed[name], "override", msgspec.to_builtins(override.scope))
