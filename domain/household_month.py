"""A month of the clients who must be computed together: a household, and whoever else shares a visit.

No figure of theirs depends on anybody else's visits, so months of different households may be computed apart, by several
processes, and put together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from domain.client_month import MonthOfClients, month_of_clients
from domain.context import Context
from domain.continuity import ClientContinuity, continuity
from domain.detectors.found import FoundException
from domain.detectors.hour import Moment
from domain.detectors.merged import merged_visits
from domain.detectors.overlaps import client_overlaps, worker_overlaps
from domain.detectors.travel import impossible_travel
from domain.deviation.grounds import EVERYTHING_OVER, Grounds
from domain.exceptions import (
    by_stake,
    hourly_exceptions,
    lasting_exceptions,
    monthly_exceptions,
    must_fix,
    stale_orders,
)
from domain.facts import Attendance, NeedChange, VisitFacts
from domain.ids import ClientId, VisitId
from domain.local_time import Month
from domain.month_minutes import Entry
from domain.pay.lines import PayLine
from domain.pay.reimbursement import reimbursement
from domain.performed_time import PerformedMinutes, performed_time
from domain.presence import NOBODY
from domain.reconciliation import Tally, entries_of, tally
from domain.rulebook.rulebook import Rulebook


class HouseholdMonth:
    """The figures of some clients' month, each computed when it is first asked for.

    `visits` are all that concern any of the clients in the month; `context` knows the people in them and what is ordered for
    the clients. Of a visit that also concerns somebody else, only these clients' part is given. `to_fix` are visits that
    must be put right for what `exceptions_across` finds, which needs the workers' other visits. `before` are the visits of the
    month before of clients who were away when this one began: pay counts the days of their absence from them.
    """

    def __init__(
        self,
        month: Month,
        client_ids: Collection[ClientId],
        visits: Sequence[VisitFacts],
        *,
        context: Context,
        rulebook: Rulebook,
        moment: Moment = EVERYTHING_OVER,
        need_changes: Sequence[NeedChange] = (),
        to_fix: frozenset[VisitId] = frozenset(),
        before: Sequence[VisitFacts] = (),
    ) -> None:
        self.month = month
        self.client_ids = frozenset(client_ids)
        self.visits = visits
        self.context, self.rulebook = context, rulebook
        self._moment, self._need_changes = moment, need_changes
        self.before, self._to_fix = before, to_fix

    @cached_property
    def performed(self) -> list[PerformedMinutes]:
        """The rows of performed time on the days of the month."""
        return [row for row in self._rows if row.day in self.month and row.client_id in self.client_ids]

    @cached_property
    def exceptions(self) -> list[FoundException]:
        """What is odd about the visits and orders, whatever a worker did at different clients'."""
        context, rulebook = self.context, self.rulebook
        return by_stake(
            (
                *lasting_exceptions(self.visits, context=context, rulebook=rulebook),
                *hourly_exceptions(self.visits, self._moment, context=context, rulebook=rulebook),
                *client_overlaps(self.visits, rulebook),
                *merged_visits(self.visits, self._moment, context=context, rulebook=rulebook),
                *monthly_exceptions(
                    self.visits,
                    [self._minutes],
                    self._moment,
                    performed=self._rows,
                    context=context,
                    rulebook=rulebook,
                    need_changes=self._need_changes,
                ),
                *stale_orders(self._need_changes, rulebook),
            )
        )

    @cached_property
    def pay(self) -> list[PayLine]:
        """The lines of reimbursement."""
        before = performed_time(self.before, context=self.context, rulebook=self.rulebook)
        lines = reimbursement(
            self.month,
            [*self.before, *self.visits],
            context=self.context,
            rulebook=self.rulebook,
            must_fix=must_fix(self.exceptions) | self._to_fix,
            performed=[*before, *self._rows],
        )
        return [line for line in lines if line.client_id in self.client_ids]

    @cached_property
    def compared(self) -> Tally:
        """Granted to reimbursed, side by side, with what each deviation comes from."""
        needs: defaultdict[ClientId, list[NeedChange]] = defaultdict(list)
        for need in self._need_changes:
            needs[need.client_id].append(need)
        found = tally(
            self._minutes,
            context=self.context,
            rulebook=self.rulebook,
            grounds=Grounds(
                visits={visit.visit_id: visit for visit in self.visits},
                must_fix=must_fix(self.exceptions) | self._to_fix,
                need_changes=needs,
                moment=self._moment,
            ),
            reimbursed=self.pay,
        )
        return found.of_clients(self.client_ids)

    @cached_property
    def entries(self) -> list[Entry]:
        """What `compared` adds up."""
        found = entries_of(self._minutes, self.pay, self.context)
        return [entry for entry in found if entry.place.client_id in self.client_ids]

    @cached_property
    def continuity(self) -> Sequence[ClientContinuity]:
        """How many workers the clients met in the period of continuity that begins with the month."""
        report = continuity(self.month.first_on, self.visits, context=self.context, rulebook=self.rulebook)
        return [client for client in report.clients if client.client_id in self.client_ids]

    @cached_property
    def _minutes(self) -> MonthOfClients:
        return month_of_clients(
            self.month,
            planned=[visit.planned for visit in self.visits if visit.planned],
            performed=self._rows,
            context=self.context,
            rulebook=self.rulebook,
        )

    @cached_property
    def _rows(self) -> list[PerformedMinutes]:
        return performed_time(self.visits, context=self.context, rulebook=self.rulebook)


def exceptions_across(stays: Iterable[Attendance], rulebook: Rulebook) -> list[FoundException]:
    """What is odd about workers, from all their stays at whichever clients."""
    by_visit: defaultdict[VisitId, list[Attendance]] = defaultdict(list)
    for stay in stays:
        by_visit[stay.visit_id].append(stay)
    visits = [VisitFacts(visit_id=visit_id, attendances=tuple(own)) for visit_id, own in by_visit.items()]
    return [*worker_overlaps(visits), *impossible_travel(visits, rulebook)]


def households(client_ids: Iterable[ClientId], ties: Iterable[Collection[ClientId]]) -> list[tuple[ClientId, ...]]:
    """Part clients into those that hang together by ties (a visit or household shared), in order of their ids.

    NOBODY ties no one: what strangers' visits have in common is only that they lack a client.
    """
    group_of = {client_id: [client_id] for client_id in client_ids}
    for tie in ties:
        known = [client_id for client_id in tie if client_id != NOBODY]
        for other in known[1:]:
            _join(group_of, known[0], other)
    return sorted({id(group): tuple(sorted(group)) for group in group_of.values()}.values())


def _join(group_of: dict[ClientId, list[ClientId]], one: ClientId, other: ClientId) -> None:
    """Move the smaller of two groups into the larger."""
    pair = (group_of.setdefault(one, [one]), group_of.setdefault(other, [other]))
    smaller, larger = sorted(pair, key=len)
    if smaller is not larger:
        larger += smaller
        group_of.update(dict.fromkeys(smaller, larger))
