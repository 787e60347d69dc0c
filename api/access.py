"""Who may do what: one table, asked by one dependency. What is not in it is denied."""

from collections.abc import Mapping

from infra.tokens import ROLES

OFFICE = frozenset({"coordinator", "unit_manager"})
DECIDING = frozenset({"care_manager", "licensed"})
MUNICIPALITY = frozenset({"care_manager", "admin"})
"""Who decides about months, and about visits of a month that is closed (rules.md 6.2 [A])."""
FOLLOWING_UP = frozenset({"auditor", "care_manager", "unit_manager", "coordinator"})

ALLOWED: Mapping[str, frozenset[str]] = {
    "sync": frozenset({"care_worker"}),
    "visit.plan": OFFICE,
    "visit.correct": OFFICE | MUNICIPALITY | {"care_worker"},
    "visit.approve": OFFICE | MUNICIPALITY | {"care_worker"},
    "visit.approve_excess": frozenset({"care_manager"}),
    "order.decide": DECIDING,
    "order.report_need_change": OFFICE | {"care_worker"},
    "client.register": OFFICE | DECIDING,
    "client.change": OFFICE | DECIDING,
    "worker.register": frozenset({"unit_manager", "coordinator", "admin"}),
    "worker.change": frozenset({"unit_manager", "coordinator", "admin"}),
    "worker.schedule": OFFICE,
    "worker.delegate": frozenset({"licensed", "unit_manager"}),
    "organisation.change": frozenset({"admin", "unit_manager"}),
    "rulebook.adopt": frozenset({"admin"}),
    "rulebook.check": frozenset(ROLES),
    "device.change": frozenset({"admin", "unit_manager"}),
    "access.change": frozenset({"admin", "unit_manager"}),
    "exception.acknowledge": OFFICE | {"care_manager"},
    "supervision.register": OFFICE | {"licensed"},
    "period.close": MUNICIPALITY,
    "period.adjust": MUNICIPALITY,
    "import": OFFICE | {"admin"},
    "read.reports": FOLLOWING_UP | {"reporting", "care_worker"},
    "read.comparisons": FOLLOWING_UP | {"reporting"},
    "read.history": FOLLOWING_UP,
    "read.events": frozenset({"auditor", "reporting"}),
    "read.people": FOLLOWING_UP | {"licensed"},
    "read.visits": FOLLOWING_UP | {"licensed", "care_worker"},
    "read.orders": FOLLOWING_UP | {"licensed", "care_worker"},
    "read.workers": FOLLOWING_UP | {"licensed", "admin"},
    "read.supervision": FOLLOWING_UP | {"licensed"},
    "read.periods": FOLLOWING_UP | {"reporting", "admin"},
    "read.organisation": frozenset(ROLES),
    "read.rulebooks": frozenset(ROLES),
    "read.quarantine": frozenset({"admin", "unit_manager"}),
    "read.metrics": frozenset({"admin"}),
}
"""Action -> roles. The full decision (unit, care relation, purpose, protection) takes the place of this table's one
question later; the actions stay."""


def is_allowed(role: str, action: str) -> bool:
    """Whether somebody in `role` may do `action`."""
    return role in ALLOWED.get(action, frozenset())
