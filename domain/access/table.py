"""The table of access (security 4.3): which role may do which action, how far that reaches, and by which rule.

What is not in it is denied. Every route asks for one of these actions.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from domain.access.values import CELL_CLIENTS_MIN, Extent, Protected, Purpose, RecordClass, Role

ACTIONS: Mapping[str, RecordClass] = MappingProxyType(
    {
        "sync": RecordClass.CARE,
        "visit.plan": RecordClass.CARE,
        "visit.correct": RecordClass.CARE,
        "visit.approve": RecordClass.CARE,
        "visit.approve_excess": RecordClass.CARE,
        "order.decide": RecordClass.CARE,
        "order.report_need_change": RecordClass.CARE,
        "client.register": RecordClass.CARE,
        "client.change": RecordClass.CARE,
        "client.name_staff": RecordClass.CARE,
        "worker.register": RecordClass.STAFF,
        "worker.change": RecordClass.STAFF,
        "worker.schedule": RecordClass.STAFF,
        "worker.delegate": RecordClass.STAFF,
        "organisation.change": RecordClass.RULES,
        "rulebook.adopt": RecordClass.RULES,
        "rulebook.check": RecordClass.RULES,
        "device.change": RecordClass.STAFF,
        "admission.change": RecordClass.STAFF,
        "exception.acknowledge": RecordClass.CARE,
        "supervision.register": RecordClass.STAFF,
        "hold.change": RecordClass.KEYS,
        "erasure.request": RecordClass.KEYS,
        "erasure.approve": RecordClass.KEYS,
        "period.close": RecordClass.ACCOUNTS,
        "period.adjust": RecordClass.ACCOUNTS,
        "import": RecordClass.CARE,
        "read.reports": RecordClass.FIGURES,
        "read.figures": RecordClass.FIGURES,
        "read.comparisons": RecordClass.FIGURES,
        "export.reports": RecordClass.FIGURES,
        "read.history": RecordClass.CARE,
        "read.events": RecordClass.CARE,
        "read.people": RecordClass.CARE,
        "read.visits": RecordClass.CARE,
        "read.orders": RecordClass.CARE,
        "read.workers": RecordClass.STAFF,
        "read.supervision": RecordClass.STAFF,
        "read.periods": RecordClass.ACCOUNTS,
        "read.holds": RecordClass.KEYS,
        "read.erasure": RecordClass.KEYS,
        "read.access_log": RecordClass.ACCESS,
        "read.access_extract": RecordClass.ACCESS,
        "read.organisation": RecordClass.RULES,
        "read.rulebooks": RecordClass.RULES,
        "read.quarantine": RecordClass.STAFF,
        "read.metrics": RecordClass.OPERATION,
    }
)
"""Every action, and what it is about."""
OF_CLIENTS = frozenset(
    {RecordClass.CARE, RecordClass.FIGURES, RecordClass.ACCOUNTS, RecordClass.ACCESS, RecordClass.KEYS}
)
"""What may speak of a client."""


class Rule(msgspec.Struct, frozen=True):
    """One row: somebody in the role may do the actions, so far. `why` is for people, with what is assumed. Where there are
    `purposes`, one of them must be stated to read a named client's. `protected` says which clients with protected identity are
    reached by it; cells of fewer clients than `cell_clients_min` are withheld."""

    id: str
    role: Role
    extent: Extent
    actions: tuple[str, ...]
    why: str
    purposes: tuple[Purpose, ...] = ()
    protected: Protected = Protected.NAMED
    cell_clients_min: int = 0


UNIT_WORK = (
    "visit.plan",
    "visit.correct",
    "visit.approve",
    "order.report_need_change",
    "client.register",
    "client.change",
    "worker.register",
    "worker.change",
    "worker.schedule",
    "exception.acknowledge",
    "supervision.register",
    "import",
)
UNIT_READS = (
    "read.reports",
    "read.figures",
    "read.comparisons",
    "export.reports",
    "read.history",
    "read.people",
    "read.visits",
    "read.orders",
    "read.workers",
    "read.supervision",
    "read.periods",
)
RULES_FOR_ALL = ("read.organisation", "read.rulebooks", "rulebook.check")

RULES: tuple[Rule, ...] = (
    Rule(
        "worker.registers",
        Role.CARE_WORKER,
        Extent.SELF,
        ("sync",),
        "Care has happened, so whatever a phone says is taken; who says it is the token's worker, never the body's.",
    ),
    Rule(
        "worker.own_visits",
        Role.CARE_WORKER,
        Extent.OWN,
        ("read.visits", "visit.correct", "visit.approve"),
        "Visits that the worker is planned for or was at, two weeks back and two ahead.",
    ),
    Rule(
        "worker.own_clients",
        Role.CARE_WORKER,
        Extent.OWN,
        ("read.orders", "order.report_need_change"),
        "What is ordered for the clients of those visits. No search, no register of clients.",
    ),
    Rule(
        "worker.own_time",
        Role.CARE_WORKER,
        Extent.OWN,
        ("read.reports",),
        "The worker's own schedule and minutes, and what is odd about their visits, over the same days.",
    ),
    Rule(
        "coordinator.plans",
        Role.COORDINATOR,
        Extent.UNIT,
        UNIT_WORK,
        "Plans, corrects and approves the work of the units in the token.",
    ),
    Rule(
        "coordinator.reads",
        Role.COORDINATOR,
        Extent.UNIT,
        UNIT_READS,
        "Clients, workers, visits and figures of those units.",
    ),
    Rule(
        "unit_manager.leads",
        Role.UNIT_MANAGER,
        Extent.UNIT,
        (*UNIT_WORK, "worker.delegate", "device.change"),
        "Leads the units in the token: as a coordinator, with delegations and phones.",
    ),
    Rule(
        "unit_manager.names",
        Role.UNIT_MANAGER,
        Extent.UNIT,
        ("client.name_staff",),
        "Says who may see a client with protected identity, also where nobody who is named is left.",
        protected=Protected.ALL,
    ),
    Rule(
        "unit_manager.reads",
        Role.UNIT_MANAGER,
        Extent.UNIT,
        (*UNIT_READS, "read.quarantine"),
        "Follows up those units, with what their phones sent and is no fact.",
    ),
    Rule(
        "unit_manager.organises",
        Role.UNIT_MANAGER,
        Extent.ALL,
        ("organisation.change",),
        "Providers, units and service codes are the municipality's, and of no person.",
    ),
    Rule(
        "care_manager.decides",
        Role.CARE_MANAGER,
        Extent.ALL,
        (
            "visit.correct",
            "visit.approve",
            "visit.approve_excess",
            "order.decide",
            "client.register",
            "client.change",
            "exception.acknowledge",
            "hold.change",
            "erasure.request",
            "period.close",
            "period.adjust",
        ),
        "Orders, approves excess time, closes months, and keeps or weeds out files, for the municipality (assumption "
        "`own_cases`).",
    ),
    Rule(
        "care_manager.names",
        Role.CARE_MANAGER,
        Extent.ALL,
        ("client.name_staff",),
        "Likewise, for the municipality (assumption `own_cases`).",
        protected=Protected.ALL,
    ),
    Rule(
        "care_manager.follows_up",
        Role.CARE_MANAGER,
        Extent.ALL,
        (
            *(action for action in UNIT_READS if action != "read.workers"),
            "read.access_extract",
            "read.holds",
            "read.erasure",
        ),
        "Follows up what was decided (assumption `own_cases`); no register of a provider's staff.",
        (Purpose.ASSESS, Purpose.FOLLOW_UP),
    ),
    Rule(
        "licensed.cares",
        Role.LICENSED,
        Extent.UNIT,
        ("order.decide", "client.register", "client.change", "worker.delegate", "supervision.register"),
        "Orders and delegates health tasks for clients in care relation (assumption `care_relation`).",
    ),
    Rule(
        "licensed.reads",
        Role.LICENSED,
        Extent.UNIT,
        ("read.people", "read.visits", "read.orders", "read.workers", "read.supervision"),
        "Those clients, their visits, and who may do what for them (assumption `care_relation`).",
    ),
    Rule(
        "auditor.follows",
        Role.AUDITOR,
        Extent.ALL,
        (*UNIT_READS, "read.events", "read.access_log", "read.access_extract", "read.holds", "read.erasure"),
        "Replays everything and changes nothing. Clients with protected identity only for an incident.",
        (Purpose.AUDIT, Purpose.INCIDENT),
        Protected.INCIDENT,
    ),
    Rule(
        "reporting.counts",
        Role.REPORTING,
        Extent.ALL,
        ("read.reports", "read.figures", "read.comparisons", "export.reports", "read.periods"),
        "Figures for pay, statistics and invoices; neither the log nor who somebody is (assumption `pseudonyms`), and no cell "
        f"of fewer than {CELL_CLIENTS_MIN} clients.",
        cell_clients_min=CELL_CLIENTS_MIN,
    ),
    Rule(
        "admin.operates",
        Role.ADMIN,
        Extent.ALL,
        (
            "worker.register",
            "worker.change",
            "read.workers",
            "organisation.change",
            "rulebook.adopt",
            "device.change",
            "admission.change",
            "read.quarantine",
            "read.metrics",
        ),
        "Workers as users, who is shut out, phones, catalogue, rules and operation. No client, no visit, no figure.",
    ),
    Rule(
        "admin.erases",
        Role.ADMIN,
        Extent.ALL,
        ("erasure.request", "erasure.approve", "read.erasure"),
        "Destroys keys with a second person. By id, also of those whose identity is protected: nothing of who it is.",
        protected=Protected.ALL,
    ),
    *(
        Rule(
            f"{role}.rules", role, Extent.ALL, RULES_FOR_ALL, "Everybody may know the rules and who performs care here."
        )
        for role in Role
    ),
)
"""At most one for a role and an action."""
