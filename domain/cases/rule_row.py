"""The table of rules: every row of the domain rules that says what a municipality does, and what becomes of it here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from domain.cases.case import CaseFile, Written


class RuleKind(StrEnum):
    """What a row is to the ledger."""

    RULE = "rule"
    """Computed by a line of the rulebook."""
    FIXED = "fixed"
    """Computed, in every municipality alike."""
    REFERENCE = "reference"
    """A figure or fact to compare with."""
    UNKNOWN = "unknown"
    """No source could be read that says it."""


class RuleRow(Written, frozen=True, kw_only=True):
    """One row, in our own words."""

    id: str
    section: str
    what: str
    source: str
    """Ids of sources, A (our assumption) or D (our arithmetic)."""
    kind: RuleKind
    waits_for: str = ""
    """Of what is unknown: the policy, or the part of a case, that takes it once it is known."""
    tests: tuple[str, ...] = ()
    """Where no case can show it, the tests that do."""

    @property
    def is_computed(self) -> bool:
        """Whether something must prove it."""
        return self.kind in {RuleKind.RULE, RuleKind.FIXED}


Proofs = Mapping[str, Sequence[str]]
"""By row: the files whose cases show it."""


def proofs_in(files: Mapping[str, CaseFile]) -> Proofs:
    """Which files of cases show which rules."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, file in files.items():
        for case in file.cases:
            found[case.rule][name] = None
    return {rule: tuple(names) for rule, names in found.items()}


def rules_page(rows: Iterable[RuleRow], proofs: Proofs) -> str:
    """The table as a document, a part for each section."""
    rows = list(rows)
    counts = ", ".join(f"{sum(row.kind is kind for row in rows)} {kind}" for kind in RuleKind)
    lines = [
        "# The table of rules",
        "",
        "Written by `visitledger rulebook rules`. Every row of the domain rules, sections 2 to 11, in our own words.",
        "",
        "- **rule**: a line of the rulebook decides it. The file of cases that is named shows it, and fails without the line.",
        "- **fixed**: computed in every municipality alike.",
        "- **reference**: a figure or fact to compare with; nothing is computed from it.",
        "- **unknown**: no source could be read that says it; the line of the rulebook that is named waits for it.",
        "",
        f"{len(rows)} rows: {counts}.",
    ]
    for section in dict.fromkeys(row.section for row in rows):
        lines += [
            "",
            f"## {section}",
            "",
            "| Rule | What it says | Source | Kind | Shown by |",
            "|---|---|---|---|---|",
        ]
        lines += [_line(row, proofs) for row in rows if row.section == section]
    return "\n".join(lines) + "\n"


def _line(row: RuleRow, proofs: Proofs) -> str:
    shown_by = [f"[{name}](../domain/cases/shipped/{name}.yaml)" for name in proofs.get(row.id, ())]
    shown_by += [f"`{test.rpartition('::')[2]}`" for test in row.tests]
    waits = [f"waits for `{row.waits_for}`"] if row.waits_for else []
    return f"| {row.id} | {row.what} | {row.source} | {row.kind} | {', '.join([*shown_by, *waits])} |"
