"""An adopted rulebook is stored for decades too, and leaves out what is at its default: neither may come to mean anything else.

A new policy gets its line by `VISITLEDGER_WRITE_GOLDEN=1 pytest tests/stored_events`; one that is there is never rewritten.
"""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.rulebook.policies import Policies
from tests.stored_events.samples import sample_policies

FILE = Path(__file__).parent / "policies.json"
SAMPLES, DEFAULTS = sample_policies(), Policies()


def in_full(value: Any) -> Any:
    """A value as plain data, with what is at its default."""
    match value:
        case msgspec.Struct():
            return {name: in_full(getattr(value, name)) for name in value.__struct_fields__}
        case frozenset():
            return sorted(map(in_full, value))
        case tuple():
            return list(map(in_full, value))
        case _:
            return msgspec.to_builtins(value)


def stored() -> dict[str, dict[str, Any]]:
    """What the file says of each policy: what its default means, and a value as it is stored."""
    known: dict[str, dict[str, Any]] = msgspec.json.decode(FILE.read_bytes())
    return known


def write_new_ones() -> None:
    known = stored() if FILE.exists() else {}
    for name, value in SAMPLES.items():
        line = {"default": in_full(getattr(DEFAULTS, name)), "stored": msgspec.to_builtins(value)}
        known.setdefault(name, line)
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(known), indent=2) + b"\n")


if os.environ.get("VISITLEDGER_WRITE_GOLDEN"):
    write_new_ones()


def test_every_policy_ever_shipped_is_still_one() -> None:
    assert stored().keys() == SAMPLES.keys()


@pytest.mark.parametrize("name", stored())
def test_a_default_never_changes(name: str) -> None:
    """What a municipality left out when it adopted its rules would become another rule."""
    assert in_full(getattr(DEFAULTS, name)) == stored()[name]["default"]


@pytest.mark.parametrize("name", stored())
def test_a_stored_policy_still_loads_and_means_the_same(name: str) -> None:
    loaded = msgspec.convert({name: stored()[name]["stored"]}, Policies)
    assert getattr(loaded, name) == SAMPLES[name]
