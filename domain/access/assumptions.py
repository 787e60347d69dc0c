"""What the table of access takes in place of facts that the ledger has not. Printed with it in docs/access.md."""

import msgspec


class Assumption(msgspec.Struct, frozen=True):
    """What the ledger has no facts for, and what the table takes in their place."""

    id: str
    text: str


ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption(
        "own_cases",
        "Whose case a client is, is not in the ledger: a care manager reaches the municipality, not only their own cases.",
    ),
    Assumption(
        "care_relation",
        "No care relation between a licensed professional and a client is in the ledger: the units in the token stand in.",
    ),
    Assumption(
        "pseudonyms",
        "Ids of clients and workers are drawn at random and say nothing of the person: they are the pseudonyms. Rows by "
        "client, visit or worker are told to the reporting role. Cells that name nobody are withheld from it where they have "
        "few clients, in each answer by itself: answers for other days or filters may still be held against each other.",
    ),
    Assumption(
        "nobodys",
        "What no unit is responsible for (a worker who never belonged to one, a visit to nobody known) is every office's to "
        "sort out.",
    ),
    Assumption(
        "household",
        "Who shares a home with somebody whose identity is protected, and a visit's other clients, are not hidden with them: "
        "their identity is to be protected too.",
    ),
    Assumption(
        "devices",
        "Whether a phone is revoked is asked where the token names it (claim `device_id`): such a token reads nothing. "
        "Of one that names none, only what a phone sends is held against it.",
    ),
)
