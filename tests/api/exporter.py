"""A planning system whose files the tests send, and what its files say."""

from typing import Any

from api.bootstrap import House
from domain.ids import derived_id, stream_of
from domain.visit.events import (
    VisitEvent,
)
from tests.api.calls import Answer, Caller, Json
from tests.api.town import ANNA, ASTRID, BO, BRACKE, BROR, CENTRE, JANUARY, TOWN_UNITS, Town, fresh

PLANS = "key,client,start,end,unit,services,workers\n"
MORNING = f"m1,{ASTRID},2026-03-02T06:00+01:00,2026-03-02T06:40+01:00,{CENTRE},SHOWER:40,{ANNA}\n"
NOON = f"m2,{ASTRID},2026-03-02T12:00+01:00,2026-03-02T12:30+01:00,{CENTRE},,{BO}\n"
COMPLETE = {"complete": "true", "unit": CENTRE, "from": "2026-03-02", "to": "2026-03-02"}
STAYS = "key,visit_key,client,worker,arrived,departed,services,source,reason\n"
STAY = f"r1,,{ASTRID},{ANNA},2026-03-02T06:05+01:00,2026-03-02T06:41+01:00,SHOWER:30,,\n"


class Exporter:
    """A planning system's files, sent by a coordinator, with clients and a unit of the test's own in Astrid's, Bror's
    and the centre's place: all tests share a ledger, and none sees another's visits."""

    def __init__(self, town: Town, house: House) -> None:
        self.town, self.house = town, house
        self.source = fresh("exporter")
        self.unit, self.client, self.partner = fresh("unit"), fresh("client"), fresh("client")
        self.units: tuple[str, ...] = (*TOWN_UNITS, self.unit)
        town.call("admin").decide(f"/v1/units/{self.unit}/open", {"name": "Kälarne", "provider_id": BRACKE})
        registered = {"unit_id": self.unit, "registered_on": JANUARY}
        for client_id in (self.client, self.partner):
            town.call("unit_manager", units=(self.unit,)).decide(f"/v1/clients/{client_id}/register", registered)

    @property
    def coordinator(self) -> Caller:
        """Who sends them: of the town's units and the test's own, unless the test says otherwise."""
        return self.town.call("coordinator", units=self.units)

    def own(self, text: str) -> str:
        """A text with the test's own clients and unit."""
        return text.replace(ASTRID, self.client).replace(BROR, self.partner).replace(CENTRE, self.unit)

    def send(self, kind: str, text: str | bytes, **params: str) -> Answer:
        """Send a file and give the answer, whatever it is."""
        content = self.own(text).encode() if isinstance(text, str) else text
        caller = self.coordinator
        wanted = {"source": self.source, "file": "week10.csv"} | params
        wanted = {name: self.own(value) for name, value in wanted.items()}
        headers = {"Content-Type": "text/csv"} | caller._headers()
        return caller.client.post(f"/v1/imports/{kind}", content=content, params=wanted, headers=headers)

    def plans(self, text: str, **params: str) -> Json:
        """Send plans that can be read."""
        return self._read(self.send("plans", text, **params))

    def stays(self, text: str, **params: str) -> Json:
        """Send registrations that can be read."""
        return self._read(self.send("registrations", text, **params))

    def visit_id(self, *key: str) -> str:
        """The visit of a key."""
        return derived_id("import", self.house.log.identity().ledger_id, self.source, *key)

    def events(self, visit_id: str) -> list[Any]:
        """What is stored of a visit."""
        rows = self.house.log.read_stream(stream_of("visit", visit_id))
        return [recorded.event for recorded in self.house.codec.decode_rows(rows)]

    def head(self) -> int:
        """Where the log ends."""
        return self.house.log.head()[0]

    @staticmethod
    def _read(answer: Answer) -> Json:
        assert answer.status_code == 200, answer.text
        report: Json = answer.json()
        return report


def told(report: Json) -> list[tuple[int, str, str, str]]:
    """Line, status, column and code of each row."""
    return [(row["line"], row["status"], row.get("column", ""), row.get("code", "")) for row in report["results"]]


def kinds(events: list[VisitEvent]) -> list[str]:
    """The events' kinds, in order."""
    return [event.TOPIC.removeprefix("visit.") for event in events]
