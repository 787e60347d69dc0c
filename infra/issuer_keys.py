"""The public keys of a pinned issuer: fetched aside, so that no caller waits for them, and kept over its outages.

What comes from the issuer is taken whole or not at all. A key is used only if it is plainly meant for what we verify.
"""

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from infra import telemetry
from infra.fetching import FetchError, fetch_json
from infra.pinned_url import is_pinnable
from infra.tokens import PublicKey

FETCH_EVERY_S = 600.0
UNKNOWN_EVERY_S = 300.0
"""A token that names an unknown key has them fetched before their time, once in so long: callers may name what they like."""
AGAIN_FIRST_S, AGAIN_LONGEST_S = 5.0, 60.0
KEPT_S = 24 * 3600.0
"""How long keys are used that could not be fetched again. Then the issuer may have withdrawn them long ago."""
TICK_S = 1.0
KEYS_MAX = 64
KEY_ID_MAX = 255
RSA_BITS = range(2048, 8193)
"""Shorter ones can be broken; longer ones keep everybody waiting."""

log = structlog.get_logger(__name__)
Document = dict[str, Any]


class IssuerKey(NamedTuple):
    """A key, what it may verify, and how it was written."""

    key: PublicKey
    algorithms: frozenset[str]
    written: Document


Fetch = Callable[[], Mapping[str, IssuerKey]]


class IssuerKeys:
    """Keys by name. `clock` counts seconds from anywhere."""

    def __init__(self, fetch: Fetch, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._guard = threading.Lock()
        self._wanted = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="issuer-keys", daemon=True)
        self._keys: Mapping[str, IssuerKey] = MappingProxyType({})
        self._good_until_s = self._due_s = self._wanted_again_s = clock()
        self._again_after_s = AGAIN_FIRST_S
        self.generation = 0
        """One more each time that the keys have changed."""

    def start(self) -> None:
        """Begin to fetch, in a thread."""
        self._thread.start()

    def close(self) -> None:
        """End the thread. One that is fetching is not waited for."""
        self._stopping = True
        self._wanted.set()

    @property
    def are_good(self) -> bool:
        """Whether there are keys, fetched not too long ago."""
        return bool(self._keys) and self._clock() < self._good_until_s

    def find(self, key_id: str, algorithm: str) -> PublicKey | None:
        """Give the key of a name if it is for that algorithm. One that is not known is fetched for callers to come."""
        found = self._keys.get(key_id)
        if found is None:
            self._want()
            return None
        return found.key if algorithm in found.algorithms else None

    def look(self) -> None:
        """Fetch if it is time to; what was known stays known where that fails."""
        with self._guard:
            if self._clock() < self._due_s:
                return
            self._due_s = self._clock() + FETCH_EVERY_S
        try:
            keys = self._fetch()
        except FetchError as error:
            telemetry.thread_error("issuer-keys", error)
            self._fetch_again(error)
        else:
            self._take(keys)

    def _want(self) -> None:
        with self._guard:
            if self._clock() < self._wanted_again_s:
                return
            self._wanted_again_s = self._clock() + UNKNOWN_EVERY_S
            self._due_s = self._clock()
        self._wanted.set()

    def _take(self, keys: Mapping[str, IssuerKey]) -> None:
        if (changed := _written(keys) != _written(self._keys)) or not self.are_good:
            log.info("issuer_keys_fetched", found=len(keys))
        self._good_until_s = self._clock() + KEPT_S
        self._again_after_s = AGAIN_FIRST_S
        self._keys = MappingProxyType(dict(keys))
        self.generation += changed

    def _fetch_again(self, error: FetchError) -> None:
        log.warning("issuer_keys_unavailable", seconds=self._again_after_s, why=str(error))
        with self._guard:
            self._due_s = self._clock() + self._again_after_s
        self._again_after_s = min(2 * self._again_after_s, AGAIN_LONGEST_S)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self.look()
            except Exception as error:  # a fault of ours must not end it: callers would be refused a day later
                log.error("issuer_keys_failed", exc_info=error)
            self._wanted.wait(TICK_S)
            self._wanted.clear()


def keys_of(issuer: str, jwks_url: str = "") -> Fetch:
    """A function that fetches the keys of an issuer: from the pinned address, else from where its own document says."""
    return partial(fetch_keys, issuer, jwks_url)


def fetch_keys(issuer: str, jwks_url: str) -> Mapping[str, IssuerKey]:
    """Fetch them once. Raises `FetchError`."""
    keys = usable_keys(fetch_json(jwks_url or _discovered(issuer)))
    if not keys:
        raise FetchError("There is no key that can be used.")
    return keys


def usable_keys(document: Document) -> dict[str, IssuerKey]:
    """The keys of a JWK set (RFC 7517) that verify what we take, by name. Two of one name are neither of them used."""
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > KEYS_MAX:
        raise FetchError("It is no set of keys.")
    written = [each for each in listed if isinstance(each, dict) and _is_name(each.get("kid"))]
    names = [each["kid"] for each in written]
    found = {each["kid"]: _usable(each) for each in written if names.count(each["kid"]) == 1}
    return {name: key for name, key in found.items() if key is not None}


def fetch_document(issuer: str) -> Document:
    """What the issuer says of itself. Raises `FetchError`."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    try:
        document = fetch_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    except FetchError:
        document = fetch_json(f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{path}")
    if document.get("issuer") != issuer:
        raise FetchError("Its document is of another issuer.")
    return document


def address_in(document: Document, name: str) -> str:
    """An address that the issuer names. Raises `FetchError` for one that is not https."""
    address = document.get(name)
    if not isinstance(address, str) or not is_pinnable(address):
        raise FetchError(f"Its document names no {name} that can be used.")
    return address


def _discovered(issuer: str) -> str:
    """Where the issuer says that its keys are (OpenID Connect Discovery 1.0, 4; RFC 8414, 3)."""
    return address_in(fetch_document(issuer), "jwks_uri")


def _usable(written: Document) -> IssuerKey | None:
    """A key that is public, meant for signatures, long enough and of a kind that we take; None for any other."""
    is_private, use = "d" in written, written.get("use", "sig")
    try:
        if is_private or use != "sig" or "verify" not in written.get("key_ops", ["verify"]):
            return None
        key, algorithms = imported(written)
        algorithms &= {written.get("alg", each) for each in algorithms}
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return IssuerKey(key, algorithms, written) if algorithms else None


def imported(written: Document) -> tuple[PublicKey, frozenset[str]]:
    """The key and the algorithms of its kind. Raises what the library does, and `ValueError` for any other kind."""
    match written:
        case {"kty": "EC", "crv": "P-256"}:
            return ECKey.import_key(written), frozenset({"ES256"})
        case {"kty": "OKP", "crv": "Ed25519"}:
            return OKPKey.import_key(written), frozenset({"Ed25519", "EdDSA"})
        case {"kty": "RSA", "n": str(modulus)} if len(modulus) * 6 // 8 * 8 in RSA_BITS:
            return _rsa(written)
        case _:
            raise ValueError


def _rsa(written: Document) -> tuple[PublicKey, frozenset[str]]:
    key = RSAKey.import_key(written)
    if key.raw_value.key_size not in RSA_BITS:
        raise ValueError
    return key, frozenset({"PS256"})


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= KEY_ID_MAX


def _written(keys: Mapping[str, IssuerKey]) -> dict[str, Document]:
    return {name: key.written for name, key in keys.items()}
