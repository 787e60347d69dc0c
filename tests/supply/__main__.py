"""`make supply`: what the ledger is made of. Vulnerabilities that are known, licences, a list of parts, secrets left behind.

Each part prints what it found, and the command ends with 1 where anything is wrong. That known vulnerabilities cannot be
looked up, for want of the service, is said and is no fault.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.supply.licences import licence_faults, locked
from tests.supply.secrets import secret_faults

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PARTS_LIST = Path("build/sbom.json")
BIN = Path(sys.executable).parent


def main(asked: Sequence[str]) -> int:
    """Run the parts that are asked for, or all."""
    return max([PARTS[name]() for name in asked or PARTS])


def audit() -> int:
    """Look up the vulnerabilities of both lock files."""
    return max([_audited(lock) for lock in LOCKS])


def _audited(lock: str) -> int:
    command = [str(BIN / "pip-audit"), "-r", lock, *["--disable-pip", "--require-hashes"]]
    form = ["--format", "json", "--progress-spinner", "off"]
    done = subprocess.run([*command, *form], cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:  # it could not begin: there is no network at all
        answer = {"dependencies": [{"name": package.name, "skip_reason": ""} for package in locked(ROOT / lock)]}
    faults, looked_up, missing = audited(answer)
    if missing:
        print(f"AUDIT NOT DONE for {missing} of {missing + looked_up} packages of {lock}: no service answers for them.")
        print(f"Where one can be reached: {' '.join(['.venv/bin/pip-audit', *command[1:]])}")
    return _told(f"audit of {lock}, {looked_up} packages looked up", faults) if looked_up else 0


def audited(answer: Mapping[str, Any]) -> tuple[list[str], int, int]:
    """What pip-audit told: known vulnerabilities, how many packages were looked up, how many could not be."""
    looked_up = [each for each in answer["dependencies"] if "skip_reason" not in each]
    faults = [f"{each['name']} {each['version']}: {known['id']}" for each in looked_up for known in each["vulns"]]
    return faults, len(looked_up), len(answer["dependencies"]) - len(looked_up)


def sbom() -> int:
    """List the parts of the product as CycloneDX, in build/sbom.json."""
    (ROOT / PARTS_LIST).parent.mkdir(exist_ok=True)
    command = [str(BIN / "cyclonedx-py"), "requirements", LOCKS[0], "--pyproject", "pyproject.toml"]
    form = ["--output-reproducible", "--of", "JSON", "-o", str(PARTS_LIST)]
    done = subprocess.run([*command, *form], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        return _told("sbom", [done.stderr])
    listed = {each["name"] for each in json.loads((ROOT / PARTS_LIST).read_text(encoding="utf-8"))["components"]}
    lacking = [package.name for package in locked(ROOT / LOCKS[0]) if package.name not in listed]
    return _told(f"sbom of {len(listed)} packages in {PARTS_LIST}", lacking)


def licences() -> int:
    """Hold the licence of every locked package against those that are allowed."""
    return _told("licences", licence_faults(*(ROOT / lock for lock in LOCKS)))


def secrets() -> int:
    """Look for secrets in the repository's files."""
    return _told("secrets", secret_faults(ROOT))


def _told(what: str, faults: Iterable[str]) -> int:
    listed = list(faults)
    print(f"{what}: {'FAILED' if listed else 'ok'}")
    for fault in listed:
        print(f"  {fault}")
    return 1 if listed else 0


PARTS: Mapping[str, Callable[[], int]] = {"audit": audit, "sbom": sbom, "licences": licences, "secrets": secrets}

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
