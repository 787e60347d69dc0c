"""What is entered in the access log, as rows: those of one commit are one link of its chain."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from domain.access.entry import Access
from infra.access_chain import BEGINNING, STILL_LAST_LINK, Head, Link, Row, digest_of, head_found, link_after
from infra.access_tables import ANSWER, LINK, PERSON, PRUNING, first_number, packed
from projections import bulk


class Entered(NamedTuple):
    """Rows of one commit."""

    answers: list[Row]
    people: list[Row]
    prunings: list[Row]
    link: Link

    @property
    def together(self) -> list[tuple[sa.Table, Sequence[Row]]]:
        """Those that are added at once."""
        return [(ANSWER, self.answers), (PERSON, self.people), (LINK, [self.link])]


def insert(
    db: sa.Connection,
    accesses: Sequence[Access],
    head: Head,
    *,
    at_us: int,
    prunings: Sequence[tuple[int, int, bytes]] = (),
) -> Head:
    """Add answers as the link after a head that this transaction has asked for, and give where the chain ends then."""
    rows = rows_of(accesses, head, at_us=at_us, prunings=prunings)
    bulk.insert_together(db, rows.together)
    bulk.insert(db, PRUNING, rows.prunings)  # whose entry has to be there
    return rows.link.head


def insert_if_still(db: sa.Connection, accesses: Sequence[Access], head: Head, *, at_us: int) -> tuple[bool, Head]:
    """Add answers as the link after a head, if the chain still ends there, and give whether it did and where it ends now: one
    statement on PostgreSQL. Nobody else adds to the chain from when its end is asked for until the statement is committed."""
    rows = rows_of(accesses, head, at_us=at_us)
    known = (None, None, None) if head == BEGINNING else head
    *found, was_there = bulk.insert_if(db, rows.together, STILL_LAST_LINK, known)
    return (True, rows.link.head) if was_there else (False, head_found(*found))


def rows_of(
    accesses: Sequence[Access], head: Head, *, at_us: int, prunings: Sequence[tuple[int, int, bytes]] = ()
) -> Entered:
    """Answers as the link after a head, under numbers above all that are there."""
    first = max(head.last_answer_id + 1, first_number(at_us))
    answers, people = list[Row](), list[Row]()
    for number, each in enumerate(accesses, first):
        answers.append(
            (
                number,
                at_us,
                each.subject,
                each.role,
                " ".join(sorted(each.unit_ids)),
                each.device_id,
                str(each.doing),
                each.action,
                each.record_class,
                each.purpose,
                each.rule,
                each.request_id,
                each.form,
            )
        )
        people += sorted((number, kind, packed(person_id)) for kind, person_id in each.whose)
    pruned: list[Row] = [(first, *pruning) for pruning in prunings]
    last = first + len(answers) - 1
    return Entered(answers, people, pruned, link_after(head, first, last, digest_of((answers, people, pruned))))
