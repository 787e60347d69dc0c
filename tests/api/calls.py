"""Somebody who calls the real app: with a token of their role, and the headers that the office sends."""

from collections.abc import Iterable
from copy import copy
from itertools import count
from typing import Any

from starlette.testclient import TestClient

from infra.development_issuer import DevelopmentIssuer

Json = dict[str, Any]
Answer = Any
"""What the test client gives back: status_code, headers, json()."""

PURPOSES = {"auditor": "audit", "care_manager": "follow_up"}
"""What a person in the role reads a client's record for, and says so."""
_KEYS = count(1)


def fresh_key() -> str:
    """An idempotency key that no call has had."""
    return f"key-{next(_KEYS):08}"


class Caller:
    """One person at the API. `subject` is the worker's id for a care worker."""

    def __init__(
        self,
        client: TestClient,
        tokens: DevelopmentIssuer,
        *,
        role: str,
        units: Iterable[str],
        subject: str,
        device_id: str = "",
    ) -> None:
        self.client, self.subject = client, subject
        self._tokens, self._role = tokens, role
        self._purpose = PURPOSES.get(role, "")
        self._token = tokens.issue(subject=subject, role=role, unit_ids=units, device_id=device_id)

    def with_units(self, units: Iterable[str]) -> "Caller":
        """The same person with a token for other units."""
        return Caller(self.client, self._tokens, role=self._role, units=units, subject=self.subject)

    def for_purpose(self, purpose: str) -> "Caller":
        """The same person, who states another purpose; empty: none."""
        other = copy(self)
        other._purpose = purpose
        return other

    def get(self, path: str, **params: object) -> Answer:
        """Read. A parameter that is None is left out."""
        wanted = {name: str(value) for name, value in params.items() if value is not None}
        return self.client.get(path, params=wanted, headers=self._headers())

    def post(self, path: str, body: object, *, key: str | None = None, version: int | str | None = None) -> Answer:
        """Write, under a fresh key unless one is given (empty: none). `version` is sent as If-Match."""
        headers = self._headers()
        key = fresh_key() if key is None else key
        if key:
            headers["Idempotency-Key"] = key
        if version is not None:
            headers["If-Match"] = f'"{version}"' if isinstance(version, int) else version
        return self.client.post(path, json=body, headers=headers)

    def send(self, path: str, content: bytes, **headers: str) -> Answer:
        """Write bytes as they are, with headers named as Python names them."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            path, content=content, headers={"Content-Type": "application/json"} | self._headers() | named
        )

    def decide(self, path: str, body: object, *, version: int | None = None) -> Json:
        """Write what must happen, and give the answer's JSON."""
        answer = self.post(path, body, version=version)
        assert answer.status_code == 200, answer.text
        written: Json = answer.json()
        return written

    def _headers(self) -> dict[str, str]:
        purpose = {"Purpose": self._purpose} if self._purpose else {}
        return {"Authorization": f"Bearer {self._token}", **purpose}
