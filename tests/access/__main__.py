"""The whole matrix of access: `make matrix`. Prints what is wrong, and counts; ends with 1 where anything is."""

import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.progress import track
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import build
from infra.logs import configure_logs
from infra.settings import UNLIMITED, Settings
from tests.access.cast import cast_of
from tests.access.matrix import cells_of, wrong
from tests.access.questions import QUESTIONS
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.town import Town


def main() -> int:
    """Ask everything."""
    configure_logs("critical")
    with TemporaryDirectory() as folder:
        house = build(Settings(data_dir=Path(folder), rates=UNLIMITED), clock=StillClock(MORNING))
        with TestClient(create_app(house)) as client:
            cast = cast_of(Town(people_of(house, client)), Path(folder))
            cells, began_s, faults = list(cells_of(cast, QUESTIONS)), time.monotonic(), Counter[str]()
            for cell in track(cells, description="asking"):
                if fault := wrong(cast, cell):
                    faults[cell.question.route] += 1
                    print(f"{cell}: {fault}")
    routes = {(question.method, question.route) for question in QUESTIONS}
    seconds = time.monotonic() - began_s
    print(
        f"{len(cells)} cells, {len(cast.askers)} callers, {len(routes)} routes: {faults.total()} wrong, in {seconds:.0f} s"
    )
    return min(1, faults.total())


if __name__ == "__main__":
    sys.exit(main())
