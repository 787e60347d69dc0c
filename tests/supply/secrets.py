"""Keys and passwords that were left in the repository, apart from those that tests made up: .ci/known-secrets.json."""

from collections.abc import Iterator
from pathlib import Path

from detect_secrets.core import baseline
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from tests.architecture.tree import files

KNOWN = Path(".ci/known-secrets.json")
NOT_LOOKED_AT = (".lock", ".sql")
"""Lock files are full of digests; the stores of earlier releases hold what they held."""


def secret_faults(root: Path) -> Iterator[str]:
    """Where something stands that looks like a secret and is not known: never what it is."""
    told = baseline.load_from_file(str(root / KNOWN))
    known = {(name, each["hashed_secret"]) for name, listed in told["results"].items() for each in listed}
    names = [str(path) for path in files(root) if path.suffix not in NOT_LOOKED_AT and path != KNOWN]
    with transient_settings({"plugins_used": told["plugins_used"], "filters_used": told["filters_used"]}):
        found = SecretsCollection(root=str(root))
        found.scan_files(*names)
        for name, secret in found:
            if (name, secret.secret_hash) not in known:
                yield f"{name}:{secret.line_number}: {secret.type}"
