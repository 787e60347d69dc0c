"""A ledger some of whose persons are erased, with the backup of the day before."""

import shutil
from pathlib import Path
from typing import NamedTuple

from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import build
from domain.event import personal_fields
from infra.backup import back_up
from infra.settings import Settings
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.town import Town
from tests.canaries.run import EVENTS_MAX, person_of
from tests.canaries.told import tell


class Opened(NamedTuple):
    """How many sealed values open: of the erased, and of others."""

    erased: int
    others: int


def erase(settings: Settings, backup: Path) -> set[str]:
    """Tell the story, copy log and keys, erase its client and its worker, and copy the keys again. Gives both."""
    house = build(settings, clock=StillClock(MORNING))
    with TestClient(create_app(house)) as client:
        town = Town(people_of(house, client))
        town.settle()
        told = tell(town)
        back_up(settings, backup / "log", backup / "keys before", at=MORNING, step=lambda _done, _of: None)
        persons = {told.things.client, told.things.worker}
        asked = {"reason": "retention_over"}
        town.call("admin").decide(f"/v1/persons/worker/{told.things.worker}/request-erasure", asked)
        for path in (f"client/{told.things.client}", f"worker/{told.things.worker}"):
            town.call("admin", subject="ulla").decide(f"/v1/persons/{path}/approve-erasure", {}, version=1)
    back_up(settings, backup / "log after", backup / "keys after", at=MORNING, step=lambda _done, _of: None)
    shutil.copy(settings.master_key_path, backup / "master.key")
    return persons


def opened(settings: Settings, erased: set[str]) -> Opened:
    """Try to open all that is sealed in the log."""
    house = build(settings)
    count = {True: 0, False: 0}
    for recorded in house.codec.decode_rows(house.log.read(0, EVENTS_MAX)):
        event = recorded.event
        for name, mark in personal_fields(type(event)).items():
            if envelope := getattr(event, name):
                clear = house.sealing.open(envelope, place=event.place_of(name))
                count[person_of(event, mark) in erased] += isinstance(clear, str)
    house.close()
    return Opened(count[True], count[False])
