"""Every read model that is shipped, in the order in which they are folded."""

from projections.audit_trail import AuditTrail
from projections.facts import Facts
from projections.projection import Projection

READ_MODELS: tuple[Projection, ...] = (Facts(), AuditTrail())
