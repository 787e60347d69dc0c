"""The two sides of a comparison, as people name them: `adopted`, a rulebook that comes with the program, a document, and any
of these with changes: `adopted+excess_policy=pay_actual,cap_period=week`."""

from pathlib import Path

from api.reading import View
from domain.rulebook.change import policies_named, with_policies
from domain.rulebook.rulebook import Rulebook
from infra.case_files import rulebook_named
from infra.yaml_document import read_yaml

ADOPTED = "adopted"


def side_named(text: str, view: View, beside: Path | None) -> Rulebook:
    """The rulebook that a side names. Without a folder, no document is read. Raises NoSuchRulebookError, or
    PolicyUnreadableError."""
    name, _, changes = text.partition("+")
    rulebook = view.rulebook if name == ADOPTED else rulebook_named(name, beside)
    return with_policies(rulebook, policies_named(_values(changes))) if changes else rulebook


def _values(changes: str) -> dict[str, object]:
    """Read `name=value,name=value`; a value is written as in a document, and may be a list or a group."""
    parts: list[str] = []
    for part in changes.split(","):
        if "=" in part and part.partition("=")[0].replace("_", "").isalnum():
            parts.append(part)
        elif parts:
            parts[-1] += f",{part}"
        else:
            parts.append(part)
    found = (part.partition("=") for part in parts)
    return {name.strip(): read_yaml(value.encode()).value for name, _, value in found}
