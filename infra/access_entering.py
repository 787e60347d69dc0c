"""What is entered in the access log, as rows: those of one commit are one link of its chain."""

from collections.abc import Sequence

import sqlalchemy as sa

from domain.access.entry import Access
from infra.access_chain import Head, digest_of, link_after
from infra.access_tables import ANSWER, LINK, PERSON, PRUNING, first_number, packed
from projections import bulk


def insert(
    db: sa.Connection,
    accesses: Sequence[Access],
    head: Head,
    *,
    at_us: int,
    prunings: Sequence[tuple[int, int, bytes]] = (),
) -> None:
    """Add answers as the link after a head, under numbers above all that are there."""
    first = max(head.last_answer_id + 1, first_number(at_us))
    answers, people = [], []
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
    pruned = [(first, *pruning) for pruning in prunings]
    last = first + len(answers) - 1
    link = link_after(head, first, last, digest_of((answers, people, pruned)))
    bulk.insert_together(db, [(ANSWER, answers), (PERSON, people), (LINK, [link])])
    bulk.insert(db, PRUNING, pruned)  # whose entry has to be there
