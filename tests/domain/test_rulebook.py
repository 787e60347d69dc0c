"""Nothing municipal is a constant in code, and every policy says where it comes from."""

import ast
import inspect
from itertools import pairwise

import msgspec
import pytest

from domain.rulebook import rulebook
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook


def explained() -> dict[str, str]:
    """Each policy with the text that stands under it."""
    (body,) = [
        node.body
        for node in ast.parse(inspect.getsource(rulebook)).body
        if isinstance(node, ast.ClassDef) and node.name == "Rulebook"
    ]
    texts: dict[str, str] = {}
    for node, following in pairwise(body):
        match node, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                texts[name] = text
            case _:
                pass
    return texts


@pytest.mark.parametrize("policy", [name for name in Rulebook.__struct_fields__ if name != "version"])
def test_a_policy_names_its_source_or_says_that_it_is_assumed(policy: str) -> None:
    text = explained()[policy]
    assert "[A]" in text or "[S:" in text


def test_a_rulebook_is_data_and_keeps_its_name() -> None:
    stored = msgspec.json.encode(msgspec.structs.replace(DEFAULT_RULEBOOK, version="bracke-2025", zone="Europe/Oslo"))
    read = msgspec.json.decode(stored, type=Rulebook)
    assert (read.version, read.zone, read.required_approvals) == (
        "bracke-2025",
        "Europe/Oslo",
        DEFAULT_RULEBOOK.required_approvals,
    )
