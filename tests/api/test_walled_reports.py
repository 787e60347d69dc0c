"""Every report says the same behind the wall as before it: to the office of each unit, to one of two, and to workers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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
    """Where the demo lies, as those see it who read behind the wall; who asks, and the visits that are asked for."""

    behind: Settings
    asking: list[Who]
    visits: Sequence[str]


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
        asking: list[Who] = [("unit_manager", "boss", (unit,)) for unit in units]
        asking += [("coordinator", "eva", tuple(units[:2])), ("care_worker", lent[0], ())]
        yield Demo(behind, asking, visits[::40])


def answers(settings: Settings, demo: Demo) -> Answers:
    """All that is asked, with what is told; refusals without the name of the call."""
    house = build(settings, clock=lambda: LATER)
    found: Answers = {}
    with TestClient(create_app(house)) as client:
        for who in demo.asking:
            role, subject, units = who
            caller = Caller(client, house.tokens, role=role, units=units, subject=subject)
            asked: list[tuple[str, dict[str, str]]] = [(f"/v1/visits/{visit}", {}) for visit in demo.visits]
            for route, _, params in LISTED:
                asked.append((route, {name: OF_DEMO.get(str(value), str(value)) for name, value in params.items()}))
            for route, params in asked:
                told = caller.get(route, **params).json()
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
    for _, _, units in demo.asking[:3]:
        with house.readers.open(Reach(extent=Extent.UNIT, unit_ids=frozenset(units))) as db:
            near_stays, near_orders = db.execute(counted).one()
        assert 0 < near_stays < 0.6 * stays
        assert 0 < near_orders < 0.5 * orders
    house.close()
