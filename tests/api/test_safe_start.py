"""A server that is not safe does not start: one line says which setting is wrong and what it takes, and repeats no value."""

import re
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api import cli
from api.cli import app
from infra.servable import check_servable
from infra.settings import Settings

ISSUER = "https://id.example"
PRODUCTION = {"MODE": "production", "ISSUER": ISSUER, "AUDIENCE": "ledger", "MASTER_KEY": "env:LEDGER_MASTER_KEY"}
SECRET = "kanariefågel"

UNSAFE: dict[str, tuple[dict[str, str], str]] = {
    "production without an issuer": ({"MODE": "production"}, "VISITLEDGER_ISSUER"),
    "production without an audience": ({"MODE": "production", "ISSUER": ISSUER}, "VISITLEDGER_AUDIENCE"),
    "an issuer without an audience": ({"ISSUER": ISSUER}, "VISITLEDGER_AUDIENCE"),
    "an audience without an issuer": ({"AUDIENCE": SECRET}, "VISITLEDGER_ISSUER"),
    "pinned keys without an issuer": ({"JWKS": f"{ISSUER}/{SECRET}".replace("å", "a")}, "VISITLEDGER_ISSUER"),
    "an issuer in plain text": ({**PRODUCTION, "ISSUER": "http://kanarie.example"}, "VISITLEDGER_ISSUER"),
    "an issuer with a password": ({**PRODUCTION, "ISSUER": "https://a:kanarie@id.example"}, "VISITLEDGER_ISSUER"),
    "an issuer with a query": ({**PRODUCTION, "ISSUER": f"{ISSUER}?kanarie"}, "VISITLEDGER_ISSUER"),
    "keys in plain text": ({**PRODUCTION, "JWKS": "http://kanarie.example/keys"}, "VISITLEDGER_JWKS"),
    "keys from a file": ({**PRODUCTION, "JWKS": "file:///kanarie"}, "VISITLEDGER_JWKS"),
    "a role that everybody names": ({**PRODUCTION, "ROLE_CLAIM": "sub"}, "VISITLEDGER_ROLE_CLAIM"),
    "one claim for role and unit": ({**PRODUCTION, "ROLE_CLAIM": "kanarie", "UNIT_CLAIM": "kanarie"}, "ROLE_CLAIM"),
    "people sent nowhere": ({**PRODUCTION, "CLIENT_ID": "kanarie"}, "VISITLEDGER_PUBLIC_URL"),
    "people sent back in plain text": (
        {**PRODUCTION, "PUBLIC_URL": "http://kanarie.example"},
        "VISITLEDGER_PUBLIC_URL",
    ),
    "people sent back to a path": ({**PRODUCTION, "PUBLIC_URL": "https://kanarie.example/a"}, "VISITLEDGER_PUBLIC_URL"),
    "PostgreSQL that the owner reads": (
        {**PRODUCTION, "STORE": "postgresql://kanarie@db/x"},
        "VISITLEDGER_STORE_READER",
    ),
    "a reader who is the owner": (
        {"STORE": "postgresql://kanarie@db/x", "STORE_READER": "postgresql://kanarie@db/x"},
        "VISITLEDGER_STORE_READER",
    ),
    "a reader of no store": ({"STORE_READER": "postgresql://kanarie@db/x"}, "VISITLEDGER_STORE_READER"),
    "tokens for a day": ({**PRODUCTION, "TOKEN_MINUTES_MAX": "1440"}, "VISITLEDGER_TOKEN_MINUTES_MAX"),
    "tokens for no time": ({**PRODUCTION, "TOKEN_MINUTES_MAX": "0"}, "VISITLEDGER_TOKEN_MINUTES_MAX"),
    "plain text on every address": ({**PRODUCTION, "HOST": "0.0.0.0"}, "VISITLEDGER_BEHIND_TLS=1"),
    "plain text on a name": ({**PRODUCTION, "HOST": "kanarie.example"}, "VISITLEDGER_BEHIND_TLS=1"),
    "plain text on no address": ({**PRODUCTION, "HOST": ""}, "VISITLEDGER_BEHIND_TLS=1"),
    "a proxy that is none": ({**PRODUCTION, "BEHIND_TLS": "kanarie"}, "VISITLEDGER_BEHIND_TLS"),
    "a master key in a copy of the data folder": ({**PRODUCTION, "MASTER_KEY": ""}, "VISITLEDGER_MASTER_KEY"),
    "proofs for any address": ({**PRODUCTION, "DPOP": "required"}, "VISITLEDGER_PUBLIC_URL"),
    "proofs now and then": ({**PRODUCTION, "DPOP": "kanarie"}, "VISITLEDGER_DPOP"),
    "a way of signing in without an issuer": ({"ACR": "kanarie"}, "VISITLEDGER_ISSUER"),
    "a way of signing in beyond ASCII": ({**PRODUCTION, "ACR": SECRET}, "VISITLEDGER_ACR"),
    "another mode": ({"MODE": "kanarie"}, "VISITLEDGER_MODE"),
    "metrics for whom": ({**PRODUCTION, "METRICS": "kanarie"}, "VISITLEDGER_METRICS"),
    "a setting that is none": ({**PRODUCTION, "ISSUER_URL": "kanarie"}, "VISITLEDGER_ISSUER_URL"),
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Run":
    return Run(tmp_path, monkeypatch)


class Run:
    """Commands over a folder that is not there yet, and no settings but those given."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder / "ledger", monkeypatch

        monkeypatch.setattr(cli, "run_server", _serve_nobody)
        monkeypatch.setenv("LEDGER_MASTER_KEY", "0f" * 32)

    def __call__(self, settings: dict[str, str], *arguments: str) -> Result:
        for name, value in settings.items():
            self._monkeypatch.setenv(f"VISITLEDGER_{name}", value)
        return CliRunner().invoke(app, [*arguments, "--data", str(self.folder)])


def _serve_nobody(*_: object, **__: object) -> None:
    """In the place of serving, which would not end."""
    raise AssertionError("It would have served.")


@pytest.mark.parametrize(("settings", "named"), UNSAFE.values(), ids=UNSAFE)
def test_an_unsafe_setting_stops_the_server_before_it_makes_anything(
    run: Run, settings: dict[str, str], named: str
) -> None:
    done = run(settings, "serve", "--port", "0")
    assert done.exit_code == 2
    [line] = done.output.splitlines()
    assert line.startswith("visitledger cannot start: ")
    assert named in line
    assert not re.search("kanarie|Traceback", line)
    assert not run.folder.exists()


@pytest.mark.parametrize("more", [{}, {"host": "::1"}, {"host": "localhost"}, {"host": "0.0.0.0", "behind_tls": True}])
def test_production_starts_within_the_machine_or_behind_tls(more: dict[str, Any]) -> None:
    check_servable(
        replace(
            Settings(mode="production", issuer=ISSUER, audience="ledger", master_key="env:LEDGER_MASTER_KEY"), **more
        )
    )


def test_the_demo_is_not_loaded_in_production(run: Run) -> None:
    done = run(PRODUCTION, "serve", "--demo")
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "leave out --demo" in done.output
    assert not run.folder.exists()


@pytest.mark.parametrize("settings", [PRODUCTION, {"MODE": "production"}, {"ISSUER": ISSUER, "AUDIENCE": "ledger"}])
def test_no_token_is_given_where_an_identity_provider_gives_them(run: Run, settings: dict[str, str]) -> None:
    done = run(settings, "token", "--role", "admin", "--subject", "ada")
    assert done.exit_code == 2
    [line] = done.output.splitlines()
    assert "there is no development issuer here" in line


def test_a_port_that_another_program_has_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISITLEDGER_DATA", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = CliRunner().invoke(cli.app, ["serve", "--port", str(taken.getsockname()[1])])
    assert done.exit_code == 2
    assert "visitledger cannot serve: VISITLEDGER_HOST and VISITLEDGER_PORT" in " ".join(done.output.split())
    assert "Traceback" not in done.output
