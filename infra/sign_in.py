"""Signing in on the pages, by the identity provider: OpenID Connect, the code flow with PKCE.

Between its two steps, and for as long as somebody is signed in, all that is known stands sealed in the browser's cookies:
any server can go on where another has begun.
"""

import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any, NamedTuple
from urllib.parse import urlencode

from infra.fetching import FetchError, post_form
from infra.issuer_keys import address_in, fetch_document
from infra.sealed_cookies import CookieSealer
from infra.tokens import Caller, Expected, FindKey, TokenRefusedError, read_claims

DONE = "/sign-in/done"
BEGUN_S, SIGNED_IN_S = 600, 3_600
"""How long somebody may take at the provider; how long until it is asked again who it is [A]."""
DOCUMENT_S = 600.0
AT_ONCE = 4
"""So many may wait for the provider: the others are told to come back, for they would keep readers waiting."""
ID_TOKEN = frozenset({"jwt", "none"})
"""What the proof of a sign-in says that it is, where it says so."""


class SignInFailedError(Exception):
    """Nobody is signed in. The person is not told why."""


class Begun(NamedTuple):
    """Where to send the browser, and what it keeps until it comes back."""

    address: str
    kept: str


class SignedIn(NamedTuple):
    """What the browser of somebody who has signed in keeps, and the language chosen before, or ""."""

    kept: str
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """What this server is to the provider."""

    client_id: str
    secret: str
    public_url: str

    @property
    def done_url(self) -> str:
        """Where the provider sends the browser back to."""
        return f"{self.public_url}{DONE}"


class SignIn:
    """Signs people in and knows them by what their browser keeps. `expected` is what the proof of a sign-in must say."""

    def __init__(
        self,
        client: Client,
        expected: Expected,
        find_key: FindKey,
        sealer: CookieSealer,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client, self._expected, self._find_key = client, expected, find_key
        self._sealer, self._clock = sealer, clock
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._document: dict[str, Any] = {}
        self._document_until_s = 0.0

    def begin(self, language: str = "") -> Begun:
        """Send somebody to the provider, who chose a language or none. May wait for it. Raises `SignInFailedError`."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._client.done_url,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        with self._provider():
            address = address_in(self._described(), "authorization_endpoint")
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "language": language}
        begun = self._sealer.seal("begun", kept, until=self._clock() + BEGUN_S)
        return Begun(f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", begun)

    def finish(self, *, code: str, state: str, issuer: str, begun: str) -> SignedIn:
        """Take somebody in who comes back with a code. May wait for the provider.

        Raises `SignInFailedError`.
        """
        kept = self._sealer.open("begun", begun, now=self._clock())
        if kept is None or not compare_digest(state.encode(), kept["state"].encode()):
            raise SignInFailedError
        if issuer not in {"", self._expected.issuer}:  # RFC 9207
            raise SignInFailedError
        caller = self._proved(self._exchanged(code, kept["verifier"]), kept["nonce"])
        signed_in = {"subject": caller.subject, "role": caller.role, "units": sorted(caller.unit_ids)}
        sealed = self._sealer.seal("signed in", signed_in, until=self._clock() + SIGNED_IN_S)
        return SignedIn(sealed, kept.get("language", ""))

    def who(self, signed_in: str) -> Caller | None:
        """Who a browser is signed in as; None where nobody is, or it is too long ago."""
        kept = self._sealer.open("signed in", signed_in, now=self._clock())
        if kept is None:
            return None
        return Caller(kept["subject"], kept["role"], frozenset(kept["units"]), int(kept["until"]))

    def _exchanged(self, code: str, verifier: str) -> str:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.done_url,
            "code_verifier": verifier,
            "client_id": self._client.client_id,
        }
        with self._provider():
            address = address_in(self._described(), "token_endpoint")
            given = post_form(address, fields, client_id=self._client.client_id, secret=self._client.secret)
        return str(given.get("id_token"))

    def _proved(self, id_token: str, nonce: str) -> Caller:
        now = self._clock()
        try:
            caller, claims = read_claims(id_token, self._find_key, self._expected, now)
        except TokenRefusedError as error:
            raise SignInFailedError from error
        is_for_us = claims.get("azp", self._client.client_id) == self._client.client_id
        is_of_now = compare_digest(str(claims.get("nonce")).encode(), nonce.encode())
        if not (is_for_us and is_of_now) or caller.has_expired(now):
            raise SignInFailedError
        return caller

    def _described(self) -> dict[str, Any]:
        """What the provider says of itself, asked for each ten minutes at most."""
        if self._clock() >= self._document_until_s:
            self._document = fetch_document(self._expected.issuer)
            self._document_until_s = self._clock() + DOCUMENT_S
        return self._document

    @contextmanager
    def _provider(self) -> Iterator[None]:
        """Around what may wait for the provider."""
        if not self._places.acquire(blocking=False):
            raise SignInFailedError
        try:
            yield
        except FetchError as error:
            raise SignInFailedError from error
        finally:
            self._places.release()
