"""Who may do and see what, over every route: a spread sample of the matrix that `make matrix` asks in full."""

from dataclasses import replace

from fastapi.routing import APIRoute
from typer.testing import CliRunner

from api.cli import app
from tests.access.cast import Cast, Relation
from tests.access.matrix import Cell, ask, cells_of, sample, wrong
from tests.access.question import Question
from tests.access.questions import QUESTIONS
from tests.api.test_office_routes import OURS, actions, routes
from tests.api.town import CENTRE, GALLO

SAMPLE = 420
SEED = 2026


def asked(questions: tuple[Question, ...]) -> set[tuple[str, str, str]]:
    """The routes that questions are about, with the action that each is asked for."""
    return {(question.method, question.route, question.action) for question in questions}


def declared(route: APIRoute) -> set[tuple[str, str, str]]:
    """A route with the action that it declares."""
    return {(method, route.path, next(actions(route.dependant), "")) for method in route.methods or ()}


def test_every_route_is_asked_for_the_action_that_it_declares() -> None:
    assert asked(QUESTIONS) == set().union(*map(declared, routes(OURS)))


def test_what_each_caller_reaches_follows_from_the_table_and_the_relation(cast: Cast) -> None:
    found = [f"{cell}: {fault}" for cell in sample(cast, QUESTIONS, SAMPLE, SEED) if (fault := wrong(cast, cell))]
    assert found == []


def test_the_matrix_notices_an_answer_that_the_table_does_not_give(cast: Cast) -> None:
    [read] = [each for each in QUESTIONS if each.route == "/v1/visits/{visit_id}"]
    neighbour = next(each for each in cast.askers if each.name.startswith("a neighbouring"))
    denied = Cell(neighbour, read, Relation.OWN)
    assert wrong(cast, denied) == ""
    believed_theirs = replace(denied, asker=replace(neighbour, units=frozenset({cast.things[Relation.OWN].unit})))
    assert wrong(cast, believed_theirs).startswith("reached expected")
    as_admin = replace(denied, asker=replace(neighbour, role="admin"))
    assert wrong(cast, as_admin).startswith("403 expected")


def test_an_office_token_without_a_unit_reaches_nothing(cast: Cast) -> None:
    coordinator = next(each for each in cast.askers if each.role == "coordinator")
    assert coordinator.caller is not None
    nowhere = replace(coordinator, units=frozenset(), caller=coordinator.caller.with_units(()))
    few = [each for each in QUESTIONS if each.where in {"path", "list"} and each.method == "GET"]
    cells = [cell for cell in cells_of(replace(cast, askers=(nowhere,)), tuple(few)) if cell.relation is Relation.OWN]
    assert [f"{cell}: {fault}" for cell in cells if (fault := wrong(cast, cell))] == []


def test_rows_of_a_list_go_on_where_the_caller_left_off_and_only_within_reach(cast: Cast) -> None:
    question = next(each for each in QUESTIONS if each.where == "cursor" and each.route == "/v1/performed-time")
    coordinator = next(each for each in cast.askers if each.role == "coordinator")
    cell = Cell(coordinator, question, Relation.OWN)
    first = ask(cast, cell).json()
    second = ask(cast, cell, cursor=first["next_cursor"]).json()
    third = ask(cast, cell, cursor=second["next_cursor"]).json()
    told = {row["client_id"] for page in (first, second, third) for row in page["rows"]}
    reached = (Relation.OWN, Relation.COLLEAGUES, Relation.NAMED)
    assert told == {cast.things[relation].client for relation in reached}
    assert "next_cursor" not in third


def of_a_named_client() -> list[Question]:
    """Reads that name one client."""
    return [
        each
        for each in QUESTIONS
        if each.kind == "client" and each.method == "GET" and each.where in {"path", "filter", "cell"}
    ]


def test_who_must_say_what_a_client_is_read_for_reads_none_without(cast: Cast) -> None:
    wanted = {"auditor": "audit, incident.", "care_manager": "assess, follow_up."}
    for asker in (each for each in cast.askers if each.role in wanted and each.caller):
        assert asker.caller is not None
        for stated in ("", "curiosity", "curiosity " * 9):
            unstated = replace(asker, caller=asker.caller.for_purpose(stated))
            answers = [ask(cast, Cell(unstated, question, Relation.OWN)) for question in of_a_named_client()]
            assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "purpose_required")}
            assert {answer.json()["detail"].endswith(wanted[asker.role]) for answer in answers} == {True}


def test_a_units_office_and_a_worker_need_not_say_what_for(cast: Cast) -> None:
    question = next(each for each in of_a_named_client() if each.route == "/v1/performed-time")
    asking = [each for each in cast.askers if each.name in {"care_worker", "coordinator", "unit_manager"}]
    assert [ask(cast, Cell(each, question, Relation.OWN)).status_code for each in asking] == [200, 200, 200]


def test_a_workers_trail_and_day_tell_no_visit_at_another_units_client(cast: Cast) -> None:
    helper = cast.things[Relation.COLLEAGUES].worker
    by_name = {each.name: each.caller for each in cast.askers}
    coordinator, auditor = by_name["coordinator"], by_name["auditor"]
    assert coordinator is not None
    assert auditor is not None
    for path, hidden in ((f"/v1/audit/worker/{helper}", 2), (f"/v1/workers/{helper}/schedule", 1)):
        ours, all_rows = (caller.get(path).json()["rows"] for caller in (coordinator, auditor))
        assert len(all_rows) - len(ours) == hidden, path
        assert ours


def test_no_event_of_other_units_is_told_as_a_cause(cast: Cast) -> None:
    asked = {"report": "exceptions", "month": "2026-03", "from": "1"}
    by_name = {each.name: each.caller for each in cast.askers}
    for name, is_told in (("coordinator", False), ("auditor", True)):
        caller = by_name[name]
        assert caller is not None
        rows = caller.get("/v1/reports/compare", **asked).json()["rows"]
        topics = {cause["topic"] for row in rows for cause in row["causes"]}
        assert ("period.closed" in topics, "visit.checked_in" in topics) == (is_told, True)


def test_row_50_an_exception_taken_apart_is_its_clients_record_too(cast: Cast) -> None:
    cell = {"month": "2026-03", "key": cast.things[Relation.OWN].key}
    auditor = next(each.caller for each in cast.askers if each.name == "auditor")
    assert auditor is not None
    answers = [caller.get("/v1/reports/exceptions/explain", **cell) for caller in (auditor, auditor.for_purpose(""))]
    assert [answer.status_code for answer in answers] == [200, 403]
    assert answers[1].json()["code"] == "purpose_required"


def test_the_command_line_says_what_holds_for_somebody_by_which_rule_and_why(cast: Cast) -> None:
    astrid, folder = cast.things[Relation.OWN].client, str(cast.folder)
    asked = ("--role", "coordinator", "--action", "read.people", "--client", astrid, "--data", folder)
    told = {unit: CliRunner().invoke(app, ["access", "explain", *asked, "--unit", unit]) for unit in (CENTRE, GALLO)}
    assert all(each.output.startswith("read.people: unit (coordinator.reads). Clients,") for each in told.values())
    assert f"client {astrid}: reached" in told[CENTRE].output
    assert f"client {astrid}: answered as not there" in told[GALLO].output
    assert f"client {astrid}: unit {CENTRE} from 2026-01-01" in told[GALLO].output
    denied = CliRunner().invoke(
        app, ["access", "explain", "--role", "admin", "--action", "read.people", "--data", folder]
    )
    assert denied.output.startswith("read.people: no (no_rule).")


def test_the_command_line_says_who_reaches_somebody_with_protected_identity(cast: Cast) -> None:
    hidden, folder = cast.things[Relation.PROTECTED].client, str(cast.folder)
    asked = ("--role", "coordinator", "--unit", CENTRE, "--action", "read.people", "--client", hidden, "--data", folder)
    told = [CliRunner().invoke(app, ["access", "explain", *asked, "--subject", name]) for name in ("boss", "eva")]
    assert f"client {hidden}: reached" in told[0].output
    assert f"client {hidden}: answered as not there" in told[1].output
