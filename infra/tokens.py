"""Who calls: what a bearer token must be, and what is read of it (RFC 7519, 8725, 9068).

Whoever has issued it, it is read here. What it says of keys (`jwk`, `jku`, `x5u`) is never believed: keys are found by
their name among those that are known before it came.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

from domain.access.values import Role

TYPES = frozenset({"at+jwt", "application/at+jwt"})
"""What a token says that it is: one to call with, and not the proof of a sign-in (RFC 9068)."""
REFUSED_HEADERS = frozenset({"crit", "b64", "jku", "jwk", "x5u", "x5c", "zip"})
TOKEN_BYTES_MAX = 8_192
NAME_MAX = 255
SHA256_BYTES = 32
LEEWAY_S = 30
DEVICE_CLAIM = "device_id"
KEY_CLAIM, THUMBPRINT = "cnf", "jkt"
ROLES = tuple(map(str, Role))

PublicKey = ECKey | OKPKey | RSAKey
FindKey = Callable[[str, str], PublicKey | None]
"""Gives the key of a name, if it is for an algorithm."""
Claims = dict[str, Any]
Clock = Callable[[], float]
"""Gives seconds since 1970."""


class TokenRefusedError(Exception):
    """The token is missing, altered, expired, or meant for somebody else. Nobody is told which."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: `subject` is the worker's id for a care worker, and the identity provider's name of a person of the office.
    `unit_ids` are the units that somebody of the office works for."""

    subject: str
    role: str
    unit_ids: frozenset[str]
    expires_at: int
    device_id: str = ""
    """The phone that the token is bound to; empty where it is bound to none."""
    key: str = ""
    """The thumbprint (RFC 7638) of the key that must prove each call; empty where the token alone will do."""

    @property
    def actor(self) -> str:
        """How events name the caller."""
        return f"{self.role}/{self.subject}"

    def has_expired(self, now: float) -> bool:
        """Whether the token holds no longer, at a time in seconds since 1970."""
        return self.expires_at + LEEWAY_S <= now


class TokenVerifier(Protocol):
    """Tells callers by their tokens."""

    @property
    def is_ready(self) -> bool:
        """Whether it knows any key."""
        ...

    def verify(self, token: str) -> Caller:
        """Give who calls. Raises `TokenRefusedError`, always the same. Never waits."""
        ...

    def start(self) -> None:
        """Begin to look after the keys."""
        ...

    def close(self) -> None:
        """End it."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What a token must say."""

    issuer: str
    audience: str
    types: frozenset[str] = TYPES
    life_s_max: float = math.inf
    role_claim: str = "role"
    unit_claim: str = "unit"
    sign_in: frozenset[str] = frozenset()
    """How people must have signed in (`acr`), one of these; empty: however the issuer lets them."""


def read_token(token: str, find_key: FindKey, expected: Expected, now: float) -> Caller:
    """Verify a token at a time, in seconds since 1970, and give who calls. Raises `TokenRefusedError`, always the same.

    Whether it has expired is to be asked of the caller, each time that it comes.
    """
    return read_claims(token, find_key, expected, now)[0]


def read_claims(token: str, find_key: FindKey, expected: Expected, now: float) -> tuple[Caller, Claims]:
    """The same, with all that the token says."""
    try:
        claims = _verified(token, find_key, expected.types)
        return _caller(claims, expected, now), claims
    except (JoseError, KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise TokenRefusedError from error


class JwsRegistry(jws.JWSRegistry):
    """Algorithms by name, for the key has decided already which it may be. The library warns whoever says `EdDSA`, as most
    providers still call Ed25519."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


_REGISTRY = JwsRegistry(strict_check_header=False)


def _verified(token: str, find_key: FindKey, types: frozenset[str]) -> Claims:
    """The claims of a token that is signed with a known key."""
    if len(token) > TOKEN_BYTES_MAX:
        raise TokenRefusedError
    header, claims, _ = map(urlsafe_b64decode, token.encode("ascii").split(b"."))  # of which there is one spelling
    said = json_object(header)
    if REFUSED_HEADERS & said.keys() or str(said.get("typ")).lower() not in types:
        raise TokenRefusedError
    key = find_key(said["kid"], said["alg"])
    if key is None:
        raise TokenRefusedError
    jws.deserialize_compact(token, key, registry=_REGISTRY)
    return json_object(claims)


def _caller(claims: Claims, expected: Expected, now: float) -> Caller:
    issued_at, expires_at = seconds(claims["iat"]), seconds(claims["exp"])
    from_ = seconds(claims.get("nbf", issued_at))
    has_begun = max(issued_at, from_) <= now + LEEWAY_S
    is_short = issued_at <= expires_at <= issued_at + expected.life_s_max
    audience = claims["aud"]
    is_ours = claims["iss"] == expected.issuer and expected.audience in (
        audience if isinstance(audience, list) else [audience]
    )
    is_strong = not expected.sign_in or claims["acr"] in expected.sign_in
    if not (has_begun and is_short and is_ours and is_strong):
        raise TokenRefusedError
    role = _role(claims[expected.role_claim])
    return Caller(
        subject=_worker(claims["sub"]) if role == Role.CARE_WORKER else printable(claims["sub"]),
        role=role,
        unit_ids=_units(claims.get(expected.unit_claim, "")),
        expires_at=int(expires_at),
        device_id=str(UUID(printable(device))) if (device := claims.get(DEVICE_CLAIM, "")) != "" else "",
        key=_thumbprint(claims[KEY_CLAIM]) if KEY_CLAIM in claims else "",
    )


def _worker(value: object) -> str:
    """The id of a worker, in the one spelling that the ledger has of it."""
    if str(UUID(written := printable(value))) != written:
        raise ValueError
    return written


def _thumbprint(confirmation: Claims) -> str:
    """The key that a token is bound to. One that is bound in another way (a certificate) would be believed unproved."""
    (thumbprint,) = confirmation.values()
    content = urlsafe_b64decode(printable(thumbprint).encode("ascii"))
    if confirmation.keys() != {THUMBPRINT} or len(content) != SHA256_BYTES:
        raise ValueError
    return str(thumbprint)


def _units(value: object) -> frozenset[str]:
    """One id, several with spaces between them, or a list."""
    named = value.split() if isinstance(value, str) else value
    if not isinstance(named, list):
        raise TypeError
    return frozenset(printable(each).lower() for each in named)


def json_object(content: bytes) -> Claims:
    """Read a JSON object in which no name comes twice."""
    found = json.loads(content.decode("utf-8"), object_pairs_hook=_once)
    if not isinstance(found, dict):
        raise TypeError
    return found


def _once(pairs: list[tuple[str, Any]]) -> Claims:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def seconds(value: object) -> float:
    """A number. Raises `TypeError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return value


def printable(value: object) -> str:
    """A text of one line. Raises `TypeError` for anything else."""
    if not isinstance(value, str) or not 0 < len(value) <= NAME_MAX or not value.isprintable():
        raise TypeError
    return value


def _role(value: object) -> str:
    """The one role of ours that a token names, alone or among others of other programs."""
    (role,) = {role for role in (value if isinstance(value, list) else [value]) if role in ROLES}
    return str(role)
