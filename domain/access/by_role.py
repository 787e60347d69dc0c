"""The rules of the table by who asks for what."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from domain.access.table import RULES, Rule


def _by_role_and_action(rules: Iterable[Rule]) -> Mapping[tuple[str, str], Rule]:
    return MappingProxyType({(rule.role.value, action): rule for rule in rules for action in rule.actions})


RULE_OF = _by_role_and_action(RULES)
"""The one rule for a role and an action."""


def asks_purpose(action: str) -> bool:
    """Whether anybody must state what they do the action for."""
    return any(rule.purposes and named == action for (_, named), rule in RULE_OF.items())


def roles_of(action: str) -> frozenset[str]:
    """The roles that may ever do the action."""
    return frozenset(role for role, named in RULE_OF if named == action)
