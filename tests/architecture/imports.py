"""The import rules: api -> infra -> projections -> domain, and each vendor in its own house."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.tree import modules

LAYERS = ("domain", "projections", "infra", "api")
"""From the inside out: a layer imports itself and those before it."""

DOMAIN_VENDORS = {"msgspec", "holidays"}
LEDGER = Path("domain/ledger.py")
"""The use cases: the only part of the domain that knows the event sourcing library."""

HOMES = {
    "alembic": {"infra"},
    "sqlalchemy": {"projections", "infra"},
    "sqlite3": {"infra"},
    "psycopg": {"infra"},
    "psycopg_pool": {"infra"},
    "kafka": {"infra"},
    "opentelemetry": {"infra"},
    "prometheus_client": {"infra"},
    "fastapi": {"api"},
    "starlette": {"api"},
    "uvicorn": {"api"},
    "typer": {"api"},
    "tests": set[str](),
}
"""Who may import what, where it matters. Tests may import anything."""


@dataclass(frozen=True)
class Import:
    """One name that a module reaches for, as written in full: `domain.visit.events`."""

    line: int
    name: str

    @property
    def package(self) -> str:
        """The top-level package it comes from."""
        return self.name.partition(".")[0]


def violations(root: Path) -> list[str]:
    """List every import of the tree that breaks a rule, as `file:line: what is wrong`."""
    return [
        f"{path.as_posix()}:{found.line}: {wrong}"
        for path in modules(root)
        if path.parts[0] != "tests"
        for found in imports(path, (root / path).read_text(encoding="utf-8"))
        if (wrong := judge(path, found))
    ]


def strays(root: Path) -> list[str]:
    """List the Python files that stand in no layer and so escape the rules."""
    return [path.as_posix() for path in modules(root) if path.parts[0] not in {*LAYERS, "tests"}]


def judge(path: Path, found: Import) -> str:
    """Say what is wrong with a module's import, or nothing."""
    layer = path.parts[0]
    if found.package in LAYERS and LAYERS.index(found.package) > LAYERS.index(layer):
        return f"{layer} imports {found.package}"
    if layer not in HOMES.get(found.package, LAYERS):
        return f"{found.package} is not for {layer}"
    if layer == "domain" and not is_domains_own(path, found.package):
        return f"{found.package} is not for domain"
    if layer == "projections" and found.package == "domain" and found.name.split(".")[-1] in {"aggregate", "ledger"}:
        return f"a projection folds events and knows no {found.name}"
    return ""


def is_domains_own(path: Path, package: str) -> bool:
    """Say whether a module of the domain may import this package."""
    allowed = {"domain", *DOMAIN_VENDORS, *sys.stdlib_module_names}
    return package in allowed or (package == "eventsourcing" and path == LEDGER)


def imports(path: Path, source: str) -> Iterator[Import]:
    """Find every import of a module, wherever in it: at its head, in a function, for the type checker, or by name."""
    for node in ast.walk(ast.parse(source, filename=str(path))):
        match node:
            case ast.Import(names=names):
                yield from (Import(node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(names=names):
                origin = origin_of(path, node)
                yield from submodules(node.lineno, origin, [alias.name for alias in names])
            case ast.Call(func=called, args=[ast.Constant(value=str(name)), *_]) if is_import_call(called):
                yield Import(node.lineno, name)


def origin_of(path: Path, node: ast.ImportFrom) -> str:
    """Give the full name behind `from`, dots resolved."""
    if node.level == 0:
        return node.module or ""
    package = path.parts[: -node.level]
    return ".".join([*package, *filter(None, [node.module])])


def submodules(line: int, origin: str, names: list[str]) -> Iterator[Import]:
    """`from a import b` may mean the module `a.b`: name it so, since the top-level package is the same."""
    return (Import(line, f"{origin}.{name}" if origin else name) for name in names)


def is_import_call(called: ast.expr) -> bool:
    """Recognise `__import__(...)` and `importlib.import_module(...)`."""
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in {"__import__", "import_module"}
        case _:
            return False
