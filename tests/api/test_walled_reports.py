"""Every report says the same behind the wall as before it: to the office of a unit, to one of two, and to a worker."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

import msgspec
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import NOW, build
from domain.access.reach import EVERYTHING, Reach
from domain.access.values import Extent
from infra.readers import let_readers_read
from infra.settings import Settings
from projections.fact_reader import FactReader
from tests.access.reads import LISTS
from tests.api.calls import Caller
from tests.api.demo_house import LATER, SMALL, load
from tests.servers import PostgresServer

pytestmark = pytest.mark.stores
"""The wall is PostgreSQL's."""

OF_DEMO = {"2026-02": "2025-10", "2026-03": "2025-10", "2026-03-02": "2025-10-01"}
LISTED = [(route, action, params) for route, action, params, _ in LISTS]
Who = tuple[str, str, tuple[str, ...]]
"""A role, a subject, and units."""
Answers = dict[tuple[Who, str], object]


@dataclass(frozen=True)
class Demo:
    """Where the demo lies, as those see it who read behind the wall; who asks, and the visits that are asked for. Offices
    of one unit share the reports among them, for the wall treats all units alike; the others ask for all."""

    behind: Settings
    offices: list[Who]
    others: list[Who]
    visits: Sequence[str]

    def asked(self) -> Iterator[tuple[Who, str, Mapping[str, str]]]:
        """Who asks for what, and how."""
        yield from ((who, f"/v1/visits/{visit}", {}) for who in (*self.offices, *self.others) for visit in self.visits)
        for (route, _, params), office in zip(LISTED, cycle(self.offices), strict=False):
            of_demo = {name: OF_DEMO.get(str(value), str(value)) for name, value in params.items()}
            yield from ((who, route, of_demo) for who in (office, *self.others))


@pytest.fixture(scope="module")
def demo(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with postgres_server.fresh_database() as url:
        with load(tmp_path_factory.mktemp("walled"), SMALL, store_url=url) as loaded:
            behind = replace(loaded.house.settings, store_reader=postgres_server.as_role(url, "ledger_reader"))
            with loaded.house.read_database.connect() as db:
                facts = FactReader(db, NOW)
                units = [unit.unit_id for unit in facts.units()]
                lent = [each.person_id for each in facts.memberships() if each.kind == "lent"]
                visits = [visit.visit_id for visit in facts.visits()]
        let_readers_read(behind)
        offices: list[Who] = [("unit_manager", "boss", (unit,)) for unit in units]
        yield Demo(
            behind, offices, [("coordinator", "eva", tuple(units[:2])), ("care_worker", lent[0], ())], visits[::40]
        )


def answers(settings: Settings, demo: Demo) -> Answers:
    """All that is asked, with what is told; refusals without the name of the call."""
    house = build(settings, clock=lambda: LATER)
    found: Answers = {}
    with TestClient(create_app(house)) as client:
        callers = {
            who: Caller(client, house.tokens, role=who[0], subject=who[1], units=who[2])
            for who in (*demo.offices, *demo.others)
        }
        for who, route, params in demo.asked():
            told = callers[who].get(route, **params).json()
            told.pop("request_id", None)
            found[who, f"{route} {params}"] = told
    return found


def test_every_report_says_the_same_behind_the_wall(demo: Demo) -> None:
    before, behind = answers(replace(demo.behind, store_reader=""), demo), answers(demo.behind, demo)
    assert [asked for asked, told in before.items() if behind[asked] != told] == []
    told = msgspec.json.encode(list(before.values()))
    assert len(told) > 100_000


def test_an_office_reads_little_of_what_is_another_units(demo: Demo) -> None:
    house = build(demo.behind, clock=lambda: LATER)
    counted = sa.text("SELECT (SELECT count(*) FROM attendance), (SELECT count(*) FROM order_line)")
    with house.readers.open(EVERYTHING) as db:
        stays, orders = db.execute(counted).one()
    for _, _, units in demo.offices:
        with house.readers.open(Reach(extent=Extent.UNIT, unit_ids=frozenset(units))) as db:
            near_stays, near_orders = db.execute(counted).one()
        assert 0 < near_stays < 0.6 * stays
        assert 0 < near_orders < 0.5 * orders
    house.close()
