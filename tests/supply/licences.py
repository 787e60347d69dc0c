"""Under which licence each locked package is, as it says itself; and which of them the ledger may be made with."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

PERMISSIVE = frozenset({"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0"})
LINKED = dict.fromkeys(("psycopg", "psycopg-binary", "psycopg-pool"), "LGPL-3.0-only")
"""Used as it is, and replaceable by whoever runs the ledger: what the LGPL asks for."""
TOOLS = PERMISSIVE | {"MPL-2.0"}
"""What checks and tests the ledger is not handed on with it; changes to files under MPL would have to be."""
SAID_ELSEWHERE = {"atheris": "Apache-2.0"}
"""Packages whose metadata names none; their own LICENSE file does."""
SPDX: Mapping[str, str] = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""Older ways to write them."""
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)( ;)?", re.MULTILINE)


@dataclass(frozen=True)
class Locked:
    """A package of a lock file. `only_elsewhere`: some systems need it, and this one may not have it."""

    name: str
    version: str
    only_elsewhere: bool


def locked(lock: Path) -> list[Locked]:
    """The packages of a lock file, in its order."""
    found = LOCKED.findall(lock.read_text(encoding="utf-8"))
    return [Locked(name, version, bool(marker)) for name, version, marker in found]


def licence_of(package: Locked) -> str | None:
    """The licence as an SPDX expression; empty where it says none, None where the package is not here."""
    try:
        told = metadata(package.name)
    except PackageNotFoundError:
        return None
    named = told.get_all("License-Expression") or [SAID_ELSEWHERE.get(package.name, "")]
    if named[0]:
        return str(named[0])
    stated = [each for each in told.get_all("Classifier", []) if each.startswith("License ::")]
    classifiers = [each.rpartition(" :: ")[2] for each in stated] or told.get_all("License", [""])
    return " AND ".join(SPDX.get(each, each) for each in classifiers)


def is_allowed(name: str, expression: str, allowed: frozenset[str]) -> bool:
    """Whether a package may be used under the licences of its own choice, all of them that apply together."""
    return LINKED.get(name) == expression or all(
        not allowed.isdisjoint(each.strip("() ").split(" OR ")) for each in expression.split(" AND ")
    )


def licence_faults(product: Path, tools: Path) -> Iterator[str]:
    """What may not be used, or cannot be judged, of two lock files: that of the product, and that of its tools with it."""
    of_product = locked(product)
    shipped = {package.name for package in of_product}
    for package in [*of_product, *(each for each in locked(tools) if each.name not in shipped)]:
        licence = licence_of(package)
        if licence is None:
            if not package.only_elsewhere:
                yield f"{package.name} is not installed"
        elif not is_allowed(package.name, licence, PERMISSIVE if package.name in shipped else TOOLS):
            yield f"{package.name}: {licence or 'no licence named'}"
