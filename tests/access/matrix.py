"""Every caller asks every question about a thing of every relation. What must come of it follows from the table of access
and the relation alone."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.access.decision import Asked, decide
from domain.access.values import Extent
from tests.access.cast import UNIT_OF, Asker, Cast, Relation, Things
from tests.access.question import Question
from tests.access.questions import NO_VERSION
from tests.access.reads import UNNAMED
from tests.api.calls import Answer, fresh_key

REFUSED = {401, 403}
UNKNOWN = re.compile(r"(?:client|worker|visit|order|device|supervision|unit|accountable)_unknown|not_found")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")
OF_ONE = {"path", "body", "batch", "file", "filter", "cell"}
"""Where a thing is asked for by its id."""


@dataclass(frozen=True)
class Cell:
    """One caller, one question, one relation."""

    asker: Asker
    question: Question
    relation: Relation

    def __str__(self) -> str:
        return f"{self.asker.name} | {self.question.name} | {self.relation}"


def cells_of(cast: Cast, questions: tuple[Question, ...]) -> Iterator[Cell]:
    """All of them. What names no thing is asked once."""
    for question in questions:
        relations = question.relations if question.kind else (Relation.OWN,)
        for asker in cast.askers:
            yield from (Cell(asker, question, relation) for relation in relations)


def may_ask(cell: Cell) -> bool:
    """Whether the caller's role may ever do what is asked."""
    asker = cell.asker
    return decide(Asked(role=asker.role, action=cell.question.action, unit_ids=asker.units)).is_allowed


def sample(cast: Cast, questions: tuple[Question, ...], number: int, seed: int) -> list[Cell]:
    """Some of them, drawn by a seed: every question is among them, also asked by a unit's office of what is not its."""
    drawn = random.Random(seed)
    by_question: dict[str, list[Cell]] = {}
    for cell in cells_of(cast, questions):
        by_question.setdefault(cell.question.name, []).append(cell)
    one_each = [drawn.choice(cells) for cells in by_question.values()]
    for cells in by_question.values():
        offices = [cell for cell in cells if cell.asker.units and may_ask(cell)]
        not_theirs = [cell for cell in offices if UNIT_OF.get(cell.relation) not in {None, *cell.asker.units}]
        one_each += [drawn.choice(some) for some in (not_theirs or offices,) if some]
    everything = [cell for cells in by_question.values() for cell in cells]
    return one_each + drawn.sample(everything, max(0, number - len(one_each)))


def is_hidden(asker: Asker, action: str, kind: str, relation: Relation) -> bool:
    """Whether a thing is of a client with protected identity, for whom whoever asks is not named."""
    is_theirs = relation is Relation.PROTECTED and kind in {"client", "visit", "order"}
    return is_theirs and not decide(Asked(role=asker.role, action=action, unit_ids=asker.units)).unnamed


def reaches(asker: Asker, action: str, kind: str, relation: Relation) -> bool:
    """What the table and the relation say of a thing that is there."""
    if is_hidden(asker, action, kind, relation):
        return False
    extent = decide(Asked(role=asker.role, action=action, unit_ids=asker.units)).extent
    match extent:
        case Extent.ALL | Extent.SELF:
            return True
        case Extent.UNIT:
            return UNIT_OF.get(relation) in asker.units
        case Extent.OWN:
            of_visit = relation in {Relation.OWN, Relation.NAMED}
            of_person = of_visit or relation is Relation.LONG_AGO
            return {"visit": of_visit, "unit": False}.get(kind, of_person)
        case None:
            return False


def wrong(cast: Cast, cell: Cell) -> str:
    """What is wrong with the answer to a cell; empty where nothing is."""
    asker, question = cell.asker, cell.question
    answer = ask(cast, cell)
    if asker.caller is None:
        return "" if answer.status_code == 401 else f"401 expected, not {answer.status_code}"
    if not may_ask(cell):
        return "" if answer.status_code == 403 else f"403 expected, not {answer.status_code}"
    if answer.status_code in REFUSED or answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if question.where == "cursor":
        return _wrong_cursor(cast, cell, answer)
    if question.where not in OF_ONE or not question.kind:
        return _shown(cast, asker, question, answer)
    return _wrong_of_one(cast, cell, answer)


def _wrong_of_one(cast: Cast, cell: Cell, answer: Answer) -> str:
    asker, question, relation = cell.asker, cell.question, cell.relation
    needs = not question.needs_own or reaches(asker, question.action, question.needs_own, Relation.OWN)
    units = not question.also_unit or question.also_unit in asker.units or _is_all(asker, question)
    is_free = question.creates and relation is Relation.ABSENT
    if relation is Relation.ABSENT and not is_free:
        return ""  # what is not there is what others are held against
    expected = needs and units and (is_free or reaches(asker, question.action, question.kind, relation))
    tells_nothing = not expected and _is_all(asker, question) and question.is_list
    if not tells_nothing and is_denial(question, answer) == expected:
        return f"{'reached' if expected else 'denied'} expected, not {answer.status_code} {answer.text[:200]}"
    if expected and question.method == "GET" and (shown := _hidden_in(cast, asker, question, answer)):
        return shown
    if question.creates or reaches(asker, question.action, question.kind, relation):
        return ""
    absent = ask(cast, Cell(asker, question, Relation.ABSENT))
    same = settled(answer) == settled(absent)
    return "" if same else f"denied is not as absent: {answer.text[:200]} / {absent.text[:200]}"


def _is_all(asker: Asker, question: Question) -> bool:
    return decide(Asked(role=asker.role, action=question.action)).extent in {Extent.ALL, Extent.SELF}


def _wrong_cursor(cast: Cast, cell: Cell, answer: Answer) -> str:
    """A cursor goes on for whoever it was given to, and for nobody else."""
    other = next(each for each in cast.askers if each.role == "auditor")
    given = other if cell.asker is not other else next(each for each in cast.askers if each.role == "care_manager")
    first = ask(cast, Cell(given, cell.question, cell.relation)).json().get("next_cursor")
    own = answer.json().get("next_cursor")
    if own and ask(cast, cell, cursor=own).status_code != 200:
        return "one's own cursor is refused"
    if first is None:
        return ""
    taken = ask(cast, cell, cursor=first)
    return "" if taken.json().get("code") == "bad_cursor" else f"another's cursor is taken: {taken.status_code}"


def _shown(cast: Cast, asker: Asker, question: Question, answer: Answer) -> str:
    """Nobody of those whom the caller does not reach stands in a list, and whoever they do reach."""
    if question.where not in {"list", "export"}:
        return ""
    if answer.status_code != 200:
        return f"200 expected, not {answer.status_code} {answer.text[:200]}"
    if shown := _hidden_in(cast, asker, question, answer):
        return shown
    own = [each for kind, each in _ids(cast.things[Relation.OWN], Relation.OWN)]
    own.append(cast.things[Relation.OWN].unit)
    is_theirs = reaches(asker, question.action, "visit", Relation.OWN) and question.route not in UNNAMED
    return "shows nothing of one's own" if is_theirs and not any(each in answer.text for each in own) else ""


def _hidden_in(cast: Cast, asker: Asker, question: Question, answer: Answer) -> str:
    """Whom an answer shows and should not."""
    hidden = [
        (relation, each)
        for relation, thing in cast.things.items()
        for kind, each in _ids(thing, relation)
        if not reaches(asker, question.action, kind, relation)
    ]
    found = {str(relation) for relation, each in hidden if each in answer.text}
    return f"shows {', '.join(sorted(found))}" if found else ""


def _ids(thing: Things, relation: Relation) -> Iterator[tuple[str, str]]:
    yield "visit", thing.visit
    if relation is not Relation.LONG_AGO:  # the rest is the same as of the visit of today
        yield from (("client", thing.client), ("worker", thing.worker), ("order", thing.order))
        yield from (("device", thing.device), ("supervision", thing.supervision))


def is_denial(question: Question, answer: Answer) -> bool:
    """Whether the answer says that the thing is unknown."""
    told = _verdict(question, answer)
    return answer.status_code == 404 or bool(UNKNOWN.fullmatch(told)) or told == "no_visit_of_client"


def _verdict(question: Question, answer: Answer) -> str:
    body: Any = answer.json() if "json" in answer.headers["content-type"] else {}
    if question.where in {"batch", "file"} and answer.status_code == 200:
        (result,) = body["results"]
        return str(result.get("code") or result.get("match", ""))
    return str(body.get("code", "")) if isinstance(body, dict) else ""


def settled(answer: Answer) -> tuple[int, str]:
    """An answer without ids, times and positions."""
    text = _INSTANT.sub("<at>", _ID.sub("<id>", answer.text))
    return answer.status_code, re.sub(r"sha256:\w+|\"digest\":\"\w+\"|key-\d+", "<digest>", text)


def ask(cast: Cast, cell: Cell, cursor: str | None = None) -> Answer:
    """Ask over the real app."""
    question, thing, mine = cell.question, cast.things[cell.relation], cast.things[Relation.OWN]
    path = question.route.format_map({**_path_of(mine), **question.path(mine if question.is_of_own else thing)})
    client = next(each.caller.client for each in cast.askers if each.caller)
    caller = cell.asker.caller
    headers = caller._headers() if caller else {}
    params = {**question.params(thing), **({"cursor": cursor} if cursor else {})}
    if question.csv is not None:
        content = question.csv(thing).replace("OWN", mine.client).encode()
        return client.post(path, content=content, params=params, headers={**headers, "Content-Type": "text/csv"})
    if question.body is None:
        return client.get(path, params=params, headers=headers)
    headers |= {"Idempotency-Key": fresh_key(), "If-Match": f'"{NO_VERSION}"', "Content-Type": "application/json"}
    return client.post(path, content=json.dumps(question.body(thing)).encode(), params=params, headers=headers)


def _path_of(mine: Things) -> dict[str, str]:
    return {
        "visit_id": mine.visit,
        "client_id": mine.client,
        "worker_id": mine.worker,
        "order_id": mine.order,
        "device_id": mine.device,
        "occasion_id": mine.supervision,
        "accountable_id": mine.unit,
        "month": "2026-02",
    }
