"""Every answer that holds somebody's data is entered in the access log, for exactly those whose data it holds."""

import random
import re
from collections.abc import Iterator

import pytest

from api.bootstrap import NOW, House
from domain.access.entry import Entry
from domain.facts import Attendance, OrderLine
from domain.visit.concerned import ClientVisit
from infra.access_reading import entries_of_request
from projections.fact_reader import FactReader
from tests.access.cast import Cast, Relation
from tests.access.matrix import Cell, ask, cells_of, may_ask
from tests.access.questions import QUESTIONS
from tests.api.calls import Answer

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SEED = 2026
READS = tuple(each for each in QUESTIONS if each.method == "GET" and Relation.OWN in each.relations)
Someone = tuple[str, str]


class Known:
    """Who is who, as the read models know it."""

    def __init__(self, house: House) -> None:
        assert house.projector.wait_until(house.log.head()[0], 5)
        with house.read_database.connect() as db:
            facts = FactReader(db, NOW)
            self.people = {person.person_id: person.kind for person in facts.people()}
            self.people |= {each.worker_id: "worker" for each in facts.facts(Attendance)}
            visits = [(each.visit_id, each.client_id) for each in facts.facts(ClientVisit)]
            orders = [(each.order_id, each.client_id) for each in facts.facts(OrderLine)]
        self.clients_of: dict[str, set[str]] = {}
        for thing, client_id in (*visits, *orders):
            self.clients_of.setdefault(thing, set()).add(client_id)

    def told_of(self, text: str) -> set[Someone]:
        """The people whose ids stand in a question and its answer, and the clients of the visits and orders whose do."""
        ids = set(_ID.findall(text))
        named = {(self.people[each], each) for each in ids & self.people.keys()}
        return named | {("client", client) for each in ids for client in self.clients_of.get(each, ())}


@pytest.fixture(scope="module")
def known(house: House) -> Known:
    return Known(house)


def entered(house: House, answer: Answer) -> list[Entry]:
    """What was entered for an answer."""
    return entries_of_request(house.access_log.engine, answer.headers["x-request-id"])


def streams_told(house: House, answer: Answer) -> list[str]:
    """The streams whose events an audit trail tells: whose they are does not always stand in their words."""
    if "/v1/audit/" not in str(answer.url) or "json" not in answer.headers["content-type"]:
        return []
    return [row.stream for told in answer.json()["rows"] for row in house.log.read(told["position"] - 1, 1)]


def reads(cast: Cast) -> Iterator[Cell]:
    """Every way of reading, by two drawn of those who may, of what is theirs."""
    drawn = random.Random(SEED)
    for question in READS:
        cells = [cell for cell in cells_of(cast, (question,)) if cell.asker.caller is not None and may_ask(cell)]
        yield from drawn.sample([cell for cell in cells if cell.relation is Relation.OWN], min(2, len(cells)))


def test_every_answer_with_somebodys_data_is_entered_for_exactly_those(cast: Cast, house: House, known: Known) -> None:
    wrong, held = [], 0
    for cell in reads(cast):
        answer = ask(cast, cell)
        if answer.status_code != 200:
            continue
        told = {someone for entry in entered(house, answer) for someone in entry.whose}
        holds = known.told_of(f"{answer.url} {answer.text} {streams_told(house, answer)}")
        held += bool(holds)
        if told != holds:
            wrong.append(f"{cell}: not entered {holds - told}, not told {told - holds}")
    assert not wrong, "\n".join(wrong)
    assert held > 100
