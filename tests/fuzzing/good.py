"""Good calls made to fit the ledger: what Schemathesis makes of the description, with what is laid out named in it."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from api.app_version import HEADER
from tests.api.calls import PURPOSES, Answer, Json
from tests.api.town import BO, BRACKE, BROR, CENTRE, NILS
from tests.fuzzing.laid_out import Fitting, LaidOut

FITTING, MADE_UP, ADDED, STATED, KEYED, UNVERSIONED, AGAIN = 0.5, 0.15, 0.3, 0.9, 0.9, 0.9, 0.1
"""How many calls after the first fit; of what fits, how much is made up all the same, and of what else was made, how much is
sent; how many calls say in a header what fits, bring a good key, name no version of an app, and are the last one again (or
bring its key with something else)."""
KEY = "idempotency-key"
NAMED: Mapping[str, Any] = {
    "client_id": BROR,
    "client_ids": [BROR],
    "worker_id": BO,
    "worker_ids": [BO],
    "unit_id": CENTRE,
    "client_unit_id": CENTRE,
    "worker_unit_id": CENTRE,
    "accountable_id": CENTRE,
    "provider_id": BRACKE,
    "service_code": "CLEAN",
    "supervisor_id": NILS,
    "delegated_by": NILS,
    "month": "2026-03",
    "day": "2026-03-02",
}
"""What a field of this name may name, that is there. Astrid and Anna are not named: what is laid out is about them, and
counts on how they stand."""
PLACES = {"cursor", "as_of", "min_position", "position", "from", "to", "digest", "confirm"}
"""Parameters that make sense only with what an earlier answer said, or with one another."""


class GoodCalls:
    """The good calls of one operation. The first says only what fits, so that it is let through."""

    def __init__(self, label: str, laid_out: LaidOut, chance: random.Random) -> None:
        self._label, self._laid_out, self._chance = label, laid_out, chance
        self._calls = 0
        self.let_through = 0
        """How many were answered as good."""
        self._fitting: Fitting | None = None
        self._last: Json = {}

    def make_fit(self, case: Any) -> None:
        """Name in a case what there is; in most of them, everything that the call needs."""
        self._calls += 1
        if self._calls > 1 and self._chance.random() >= FITTING:
            self._fitting = None
            case.path_parameters = {**(case.path_parameters or {}), **self._known(case.path_parameters)}
            case.query, case.body = self._with_names(case.query), self._with_names(case.body)
            return
        self._fitting = fitting = self._laid_out.fitting(self._label)
        case.path_parameters = {**(case.path_parameters or {}), **fitting.path}
        case.query = self._mixed(fitting.query, self._with_names(case.query or {}))
        if isinstance(fitting.body, dict):
            made = case.body if isinstance(case.body, dict) else {}
            case.body = self._mixed(fitting.body, self._with_names(made))

    def role(self, drawn: str, may: Sequence[str]) -> str:
        """Who calls: most often whoever is let through, else who was drawn."""
        if self._fitting is None or not self._is_stated():
            return drawn
        return self._fitting.role or self._chance.choice(may)

    def sent(self, named: Json, role: str) -> Json:
        """The call as it is sent; now and then the last one again, for its next page where there is one."""
        if self._last and self._chance.random() < AGAIN:
            return self._last
        if self._fitting and self._fitting.content:
            named = {**named, "content": self._fitting.content.encode()}
        self._last = {**named, "headers": self._headers(named["headers"], role, named["method"])}
        return self._last

    def answered(self, answer: Answer) -> None:
        """Something was decided, or stands otherwise than it did: the next call is about something else."""
        self.let_through += answer.is_success
        if self._fitting and (answer.is_success or answer.status_code in {409, 412}):
            self._laid_out.spend(self._label)
        cursor = answer.json().get("next_cursor") if answer.is_success and _is_object(answer) else None
        if cursor:
            self._last = {**self._last, "params": {**(self._last.get("params") or {}), "cursor": cursor}}

    def _headers(self, made: Json, role: str, method: str) -> Json:
        headers = {name.lower(): value for name, value in made.items()}
        if self._calls == 1:
            headers = {name: headers[name] for name in ("authorization", "content-type") if name in headers}
        if self._is_stated(UNVERSIONED):
            headers.pop(HEADER.lower(), None)
        if self._is_stated():
            headers.pop("purpose", None)
            headers |= {"purpose": PURPOSES[role]} if role in PURPOSES else {}
        if method != "GET" and self._is_stated(KEYED):
            fresh_key, last_key = f"key-{self._chance.getrandbits(32):08x}", self._last.get("headers", {}).get(KEY)
            headers[KEY] = last_key if last_key and self._draws(AGAIN) else fresh_key
        if method != "GET" and self._fitting and self._is_stated():
            version = self._fitting.version
            headers.pop("if-match", None)
            headers |= {} if version is None else {"if-match": f'"{version}"'}
        return headers

    def _mixed(self, fitting: Json, made: Json) -> Json:
        """What fits, with some of it as it was made, and some of what else was."""
        if self._calls == 1:
            return dict(fitting)
        told = {name: made[name] if name in made and self._draws(MADE_UP) else value for name, value in fitting.items()}
        more = {name: value for name, value in made.items() if name not in fitting and name not in PLACES}
        return told | {name: value for name, value in more.items() if self._draws(ADDED)}

    def _with_names(self, made: Any) -> Any:
        if isinstance(made, list):
            return [self._with_names(each) for each in made]
        if not isinstance(made, dict):
            return made
        return {name: self._with_names(value) for name, value in made.items()} | self._known(made)

    def _known(self, made: Json | None) -> Json:
        return {name: NAMED[name] for name in made or () if name in NAMED and self._is_stated()}

    def _is_stated(self, share: float = STATED) -> bool:
        return self._calls == 1 or self._draws(share)

    def _draws(self, share: float) -> bool:
        return self._chance.random() < share


def _is_object(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").startswith("application/json") and isinstance(answer.json(), dict)
