"""How an office decision becomes a command: who decides, under which id, on which version, and given what."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.access.reach import EVERYTHING, Reach
from domain.aggregate import Aggregate
from domain.command import Command, Guard
from domain.errors import NotFoundError
from domain.event import FactStamp
from domain.office.within import NOBODY_ELSE, Named, both, within

A = TypeVar("A", bound=Aggregate[Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class Given(Generic[A]):
    """What must hold of another subject: `check` is handed that subject and raises a named error when it does not."""

    aggregate: type[A]
    subject_id: str
    check: Callable[[A], None]


AnyGiven = Given[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """Who decides, under which id (a repeated one is `known`), and on which version of what was read.

    `expected_version` None: the decision holds whatever stands.
    """

    actor: str
    stamp: FactStamp | None = None
    expected_version: int | None = None
    may_adjust: bool = False
    """Whether the decider may decide about closed months, so that it becomes an adjustment: the municipality may."""
    reach: Reach = EVERYTHING
    """What the decider may decide about."""

    def on(
        self,
        aggregate: type[A],
        subject_id: str,
        decide: Callable[[A], None],
        *,
        given: Iterable[AnyGiven] = (),
        unknown: type[NotFoundError] | None = None,
        guard: Guard | None = None,
        month_guard: Guard | None = None,
        named: Named = NOBODY_ELSE,
    ) -> Command:
        """Make the command: `decide` calls one method of the loaded subject, once all that is `given` holds.

        `unknown` is the error when there is no such subject; it comes before the version, for a mistyped id is no lost
        race. None: the decision may be the subject's first. `month_guard` asks whether a month is closed; whoever may adjust
        closed months is not asked. Before all that, `guard` is asked, and the subject and those `named` must lie within the
        decider's reach.
        """
        conditions = tuple(given)

        def decide_given(subject: A, *others: Any) -> None:
            if unknown is not None and subject.version == 0:
                raise unknown
            subject.expect_version(self.expected_version)
            for condition, other in zip(conditions, others, strict=True):
                condition.check(other)
            decide(subject)

        return Command(
            aggregate=aggregate,
            subject_id=subject_id,
            decide=decide_given,
            actor=self.actor,
            stamp=self.stamp,
            reads=tuple((condition.aggregate, condition.subject_id) for condition in conditions),
            guard=both(guard, within(self.reach, named, unknown), None if self.may_adjust else month_guard),
        )
