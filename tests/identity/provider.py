"""A real identity provider for the tests: a process of its own, from packages that npm brings once.

`python -m tests.identity.provider` brings them, so that the first test need not wait for them.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory

from platformdirs import user_cache_path

from infra.settings import Settings
from tests.issuer import AUDIENCE, CLIENT, SECRET
from tests.servers import ServerMissingError

HERE = Path(__file__).parent
LOCK, PROGRAM = HERE / "package-lock.json", HERE / "provider.mjs"
UP_WITHIN_S, FETCHED_WITHIN_S = 20.0, 120
INSTALL = "apt-get install nodejs npm"


@contextmanager
def running_provider(site: str) -> Iterator[str]:
    """Start it for the pages at `site`, give its address, and end it afterwards. Raises `ServerMissingError`."""
    with TemporaryDirectory(prefix="ledger-identity-") as folder:
        shutil.copy(PROGRAM, folder)
        (Path(folder) / "node_modules").symlink_to(fetch_packages())
        process = subprocess.Popen(
            ["node", str(Path(folder) / PROGRAM.name), CLIENT, SECRET, f"{site}/sign-in/done", AUDIENCE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with process:
            try:
                yield _address_of(process)
            finally:
                process.kill()


def signing_in_by(provider: str, data_dir: Path, secret: Path, site: str) -> Settings:
    """Settings of production at `site`: the provider is known by its address alone. Writes the client's secret."""
    secret.write_text(SECRET)
    return Settings(
        data_dir=data_dir,
        mode="production",
        issuer=provider,
        audience=AUDIENCE,
        client_id=CLIENT,
        client_secret_file=secret,
        public_url=site,
    )


def fetch_packages() -> Path:
    """Bring what the lock file names, once for each user and lock, and give its folder. Raises `ServerMissingError`."""
    digest = sha256(LOCK.read_bytes()).hexdigest()[:16]
    packages = user_cache_path("visit-ledger") / f"identity-{digest}" / "node_modules"
    if packages.exists():
        return packages
    packages.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=packages.parents[1], ignore_cleanup_errors=True) as fetched:
        for file in (LOCK, HERE / "package.json"):
            shutil.copy(file, fetched)
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", fetched)
        if not packages.exists():
            (Path(fetched) / "node_modules").rename(packages)
    return packages


def _address_of(process: "subprocess.Popen[str]") -> str:
    """What it says first, of several lines that may come before."""
    assert process.stdout is not None
    while select([process.stdout], [], [], UP_WITHIN_S)[0] and (line := process.stdout.readline()):
        if line.startswith("http://"):
            return line.strip()
    raise ServerMissingError(f"The identity provider did not start, status {process.poll()}: {INSTALL}")


def _run(*command: str) -> None:
    """Run a command to its end. Raises `ServerMissingError`."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=FETCHED_WITHIN_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerMissingError(f"{command[0]}: {INSTALL}") from error
    if done.returncode:
        raise ServerMissingError(f"{command[0]} failed: {done.stderr[-1000:]}")


if __name__ == "__main__":
    fetch_packages()
