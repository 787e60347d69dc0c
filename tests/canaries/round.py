"""One round of the campaign, in a process of its own: store, topic and seed are in its environment. It prints what it came to.

CANARIES_SEED=7 VISITLEDGER_STORE=... VISITLEDGER_KAFKA=... python -m tests.canaries.round
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.settings import UNLIMITED, Settings
from tests.canaries.asked import READERS
from tests.canaries.fields import PERSONAL
from tests.canaries.places import CANARIES, misplaced
from tests.canaries.run import plant
from tests.canaries.topic import sent_out


def main() -> None:
    """Plant, send out, and search everything."""
    with TemporaryDirectory(prefix="ledger-canaries-") as folder:
        told = Settings.from_environment(os.environ)
        settings = replace(told, data_dir=Path(folder) / "data", rates=UNLIMITED, fold="server")
        ledger = plant(settings, Path(folder), READERS, sent_out)
        wrong = sorted(f"{place.name}: {sorted(found)}" for place in ledger.places if (found := misplaced(*place[1:])))
    verdict = {
        "planted": len(CANARIES),
        "places": len(ledger.places),
        "mb": round(sum(len(place.content) for place in ledger.places) / 1e6, 1),
        "unsealed": len(PERSONAL - ledger.sealed),
        "misplaced": len(wrong),
        "where": wrong,
    }
    json.dump(verdict, sys.stdout)


if __name__ == "__main__":
    main()
