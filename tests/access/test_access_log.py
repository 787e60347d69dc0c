"""Who saw whose data is entered before they see it: what was denied too, nothing on a sync, and no log means no answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from api.bootstrap import House
from domain.access.entry import Doing, Entry
from infra.access_reading import entries_of_request
from tests.access.cast import Asker, Cast, Relation
from tests.access.matrix import Cell, ask, cells_of, may_ask
from tests.access.question import Question
from tests.access.questions import QUESTIONS
from tests.api.calls import Answer, Json
from tests.api.town import fact, fresh

FIRST = {each.name: each for each in reversed(QUESTIONS)}
READS = tuple(each for each in FIRST.values() if each.method == "GET" and Relation.OWN in each.relations)


def asker(cast: Cast, name: str) -> Asker:
    """Somebody of the cast."""
    return next(each for each in cast.askers if each.name == name)


def question(route: str, where: str = "path", kind: str = "") -> Question:
    """The first way of asking a route."""
    return next(each for each in READS if each.route == route and each.where == where and kind in {"", each.kind})


def entered(house: House, answer: Answer) -> list[Entry]:
    """What was entered for an answer."""
    return entries_of_request(house.access_log.engine, answer.headers["x-request-id"])


def arrival(cast: Cast) -> Json:
    """A phone's batch of one arrival, at a visit that nobody planned."""
    thing = cast.things[Relation.OWN]
    return {
        "device_id": thing.device,
        "device_time": "2026-03-02T08:00:00+01:00",
        "facts": [fact("check_in", fresh("visit"), "05:00", client_ids=[thing.client])],
    }


def test_an_entry_says_who_read_whom_what_for_and_by_which_rule(cast: Cast, house: House) -> None:
    cell = Cell(asker(cast, "auditor"), question("/v1/clients/{client_id}"), Relation.OWN)
    [entry] = entered(house, ask(cast, cell))
    client = cast.things[Relation.OWN].client
    assert entry.reader == "auditor/auditor"
    assert (entry.doing, entry.action, entry.record_class) == (Doing.READ, "read.people", "care")
    assert (entry.purpose, entry.rule, entry.form) == ("audit", "auditor.follows", "json")
    assert ("client", client) in entry.whose
    assert entry.recorded_at == house.clock()


def test_a_list_enters_everybody_in_it_under_one_request_and_a_table_as_an_export(cast: Cast, house: House) -> None:
    coordinator = asker(cast, "coordinator")
    in_list, in_table = (
        entered(house, ask(cast, Cell(coordinator, question("/v1/performed-time", where), Relation.OWN)))
        for where in ("list", "export")
    )
    assert [(entry.doing, entry.unit_ids) for entry in (*in_list, *in_table)] == [
        (Doing.LIST, tuple(coordinator.units)),
        (Doing.EXPORT, tuple(coordinator.units)),
    ]
    clients = {cast.things[each].client for each in (Relation.OWN, Relation.COLLEAGUES, Relation.NAMED)}
    assert {thing_id for kind, thing_id in in_list[0].whose if kind == "client"} == clients
    assert in_table[0].whose == in_list[0].whose


@pytest.mark.faults
def test_row_47_what_lies_outside_of_reach_is_entered_as_denied_by_the_id_asked_for(cast: Cast, house: House) -> None:
    neighbour = asker(cast, "a neighbouring unit's coordinator")
    of_one = [each for each in READS if each.where in {"path", "filter"} and each.kind in {"client", "visit", "order"}]
    asked = [Cell(neighbour, each, Relation.OWN) for each in of_one]
    denied = [(cell, ask(cast, cell)) for cell in asked if may_ask(cell)]
    assert len(denied) > 5
    for cell, answer in denied:
        assert answer.status_code == 404, str(cell)
        [entry] = entered(house, answer)
        wanted = getattr(cast.things[Relation.OWN], cell.question.kind)
        assert (entry.doing, list(entry.whose)) == (Doing.DENIED, [(cell.question.kind, wanted)]), str(cell)


def test_a_decision_about_what_is_not_theirs_is_entered_as_denied(cast: Cast, house: House) -> None:
    neighbour = asker(cast, "a neighbouring unit's coordinator")
    named = {"/v1/visits/{visit_id}/reschedule": "visit", "/v1/clients/{client_id}/change-details": "client"}
    for route, kind in named.items():
        decision = next(each for each in QUESTIONS if each.route == route)
        [entry] = entered(house, ask(cast, Cell(neighbour, decision, Relation.OWN)))
        assert (entry.doing, list(entry.whose)) == (Doing.DENIED, [(kind, getattr(cast.things[Relation.OWN], kind))])


def test_what_is_unknown_in_a_batch_is_entered_as_denied(cast: Cast, house: House) -> None:
    neighbour = asker(cast, "a neighbouring unit's coordinator")
    batches = [each for each in QUESTIONS if each.where == "batch" and each.kind in {"client", "visit"}]
    for decision in batches:
        [entry] = entered(house, ask(cast, Cell(neighbour, decision, Relation.OWN)))
        wanted = getattr(cast.things[Relation.OWN], decision.kind)
        assert (entry.doing, list(entry.whose)) == (Doing.DENIED, [(decision.kind, wanted)])
    assert len(batches) > 2


def test_a_role_that_may_never_read_a_client_is_entered_as_denied(cast: Cast, house: House) -> None:
    cell = Cell(asker(cast, "admin"), question("/v1/clients/{client_id}"), Relation.OWN)
    [entry] = entered(house, ask(cast, cell))
    assert (entry.doing, entry.rule) == (Doing.DENIED, "no_rule")


def test_no_purpose_that_the_table_does_not_know_is_written_down(cast: Cast, house: House) -> None:
    caller = asker(cast, "coordinator").caller
    assert caller is not None
    answer = caller.for_purpose("Anna Andersson is curious").get(f"/v1/clients/{cast.things[Relation.OWN].client}")
    assert [entry.purpose for entry in entered(house, answer)] == [""]


def test_a_sync_reads_nobodys_data_and_enters_nothing(cast: Cast, house: House) -> None:
    worker = asker(cast, "care_worker").caller
    assert worker is not None
    answer = worker.post("/v1/sync", arrival(cast), key="")
    assert answer.status_code == 200, answer.text
    assert entered(house, answer) == []


@contextmanager
def unwritable(house: House) -> Iterator[None]:
    """The log without its table, for the length of a block."""
    rename(house, "access_answer", "access_answer_elsewhere")
    try:
        yield
    finally:
        rename(house, "access_answer_elsewhere", "access_answer")


def rename(house: House, old: str, new: str) -> None:
    """Rename a table of the log."""
    with house.access_log.engine.begin() as db:
        db.execute(sa.text(f"ALTER TABLE {old} RENAME TO {new}"))


@pytest.mark.faults
def test_row_72_while_the_access_log_cannot_be_written_nothing_is_told_of_anybody(cast: Cast, house: House) -> None:
    told = []
    for each in READS:
        cells = [cell for cell in cells_of(cast, (each,)) if cell.asker.caller and may_ask(cell)]
        cell = next(cell for cell in cells if cell.relation is Relation.OWN)
        usual = ask(cast, cell)
        if usual.status_code != 200 or not entered(house, usual):
            continue
        told.append(each.route)
        with unwritable(house):
            answer = ask(cast, cell)
        assert (answer.status_code, answer.json()["code"]) == (503, "access_log_unavailable"), str(cell)
        assert answer.headers["retry-after"] == "1"
    assert len(set(told)) > 12


@pytest.mark.faults
def test_what_speaks_of_nobody_is_answered_all_the_same(cast: Cast, house: House) -> None:
    worker, office = asker(cast, "care_worker").caller, asker(cast, "coordinator").caller
    assert worker is not None
    assert office is not None
    with unwritable(house):
        taken = worker.post("/v1/sync", arrival(cast), key="").json()["results"]
        assert [each["status"] for each in taken] == ["accepted"]
        assert office.get("/v1/organisation").status_code == 200
        assert office.get("/v1/client-counts", level="unit").status_code == 200
