"""May they? One question, answered from the table alone: deny by default, and say by which rule."""

import msgspec

from domain.access.by_role import RULE_OF
from domain.access.table import ACTIONS, Rule
from domain.access.values import Extent, Protected, Purpose

NO_RULE = "no_rule"
NO_UNITS = "no_units"
"""Of an office token that names no unit: it may do the action, and reaches nothing."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks to do what. `unit_ids` are those that the token names, `purpose` is what is stated, whatever it is."""

    role: str
    action: str
    unit_ids: frozenset[str] = frozenset()
    purpose: str = ""


class Decision(msgspec.Struct, frozen=True):
    """The answer. `extent` None where it is no; `rule` says why in any case. `purposes` are those of which one has to be
    stated before a named client's record is read, and none was. `unnamed`: clients with protected identity are reached by
    whoever is not named for them too. Cells of fewer clients than `cell_clients_min` are withheld."""

    rule: str
    extent: Extent | None = None
    purposes: tuple[Purpose, ...] = ()
    unnamed: bool = False
    cell_clients_min: int = 0

    @property
    def is_allowed(self) -> bool:
        """Whether the role may do the action at all: what it reaches is another question."""
        return self.extent is not None


def decide(asked: Asked) -> Decision:
    """Ask the table. What is not in it is denied."""
    assert asked.action in ACTIONS, f"no such action: {asked.action}"
    rule = RULE_OF.get((asked.role, asked.action))
    if rule is None:
        return Decision(NO_RULE)
    purposes = () if asked.purpose in rule.purposes else rule.purposes
    rule_id = NO_UNITS if _is_empty(rule, asked) else rule.id
    return Decision(rule_id, rule.extent, purposes, _reaches_unnamed(rule, asked), rule.cell_clients_min)


def _is_empty(rule: Rule, asked: Asked) -> bool:
    return rule.extent is Extent.UNIT and not asked.unit_ids


def _reaches_unnamed(rule: Rule, asked: Asked) -> bool:
    is_incident = rule.protected is Protected.INCIDENT and asked.purpose == Purpose.INCIDENT
    return is_incident or rule.protected is Protected.ALL
