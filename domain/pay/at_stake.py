"""How much money hangs on a visit: what it would be paid if nothing about it had to be fixed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from domain.context import Context
from domain.facts import VisitFacts
from domain.ids import VisitId
from domain.local_time import Month
from domain.pay.reimbursement import reimbursement
from domain.rulebook.rulebook import Edition, Rulebook


def amounts_by_visit(
    visits: Sequence[VisitFacts], months: Collection[Month], *, context: Context, rulebook: Rulebook
) -> Mapping[VisitId, Decimal]:
    """Kronor by visit, over the months that the visits are of; empty where the rulebook prices nothing.

    Where only some of a client's visits are given, what is capped by the month shows higher than it will be paid.
    """
    amounts: defaultdict[VisitId, Decimal] = defaultdict(Decimal)
    for month in months:
        if _has_prices(rulebook.on(month.first_on)):
            for line in reimbursement(month, visits, context=context, rulebook=rulebook):
                if line.visit_id is not None:
                    amounts[line.visit_id] += line.amount
    return amounts


def _has_prices(edition: Edition) -> bool:
    named = [override.policies for override in edition.overrides]
    return any(isinstance(rates := getattr(each, "rates", ()), tuple) and rates for each in (edition.policies, *named))
