"""Who calls: bearer tokens, signed by the development issuer of the embedded default.

An identity provider takes the issuer's place in production; what is verified stays the same.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from domain.access.values import Role

ISSUER = "urn:visitledger:development"
AUDIENCE = "visitledger"
TYPE = "at+jwt"
ALGORITHM = "Ed25519"
LEEWAY_S = 30
LIFETIME_S = 12 * 3600
"""[A] A shift: the development issuer has no refresh. An identity provider gives minutes."""
ROLES = tuple(map(str, Role))


class TokenRefusedError(Exception):
    """The token is missing, altered, expired, or meant for somebody else. Nobody is told which."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: `subject` is the worker's id for a care worker, and a name of the person's choosing for the office.
    `unit_ids` are the units that somebody of the office works for."""

    subject: str
    role: str
    unit_ids: frozenset[str]
    expires_at: int

    @property
    def actor(self) -> str:
        """How events name the caller."""
        return f"{self.role}/{self.subject}"


class TokenService:
    """Issues and verifies tokens with one Ed25519 key. Verified tokens are remembered until they expire."""

    def __init__(self, seed: bytes, *, clock: Callable[[], float] = time.time) -> None:
        private = Ed25519PrivateKey.from_private_bytes(seed)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._key = OKPKey.import_key(pem)
        self._clock = clock
        self._verified = lru_cache(maxsize=4096)(self._verify)

    def issue(self, *, subject: str, role: str, unit_ids: Iterable[str] = (), lifetime_s: int = LIFETIME_S) -> str:
        """Sign a token for a person. Raises `ValueError` for a role that does not exist."""
        if role not in ROLES:
            raise ValueError(f"role must be one of {', '.join(ROLES)}")
        now = int(self._clock())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "role": role,
            "unit": " ".join(unit_ids),
            "iat": now,
            "exp": now + lifetime_s,
        }
        return jwt.encode({"alg": ALGORITHM, "typ": TYPE}, claims, self._key, algorithms=[ALGORITHM])

    def verify(self, token: str) -> Caller:
        """Give who calls. Raises `TokenRefusedError`, always the same."""
        caller = self._verified(token)
        if caller.expires_at + LEEWAY_S <= self._clock():
            raise TokenRefusedError
        return caller

    def _verify(self, token: str) -> Caller:
        try:
            decoded = jwt.decode(token, self._key, algorithms=[ALGORITHM])
            claims = decoded.claims
            genuine = decoded.header.get("typ") == TYPE and claims["iss"] == ISSUER and claims["aud"] == AUDIENCE
            units = units_in(claims.get("unit", ""))
            caller = Caller(str(claims["sub"]), str(claims["role"]), units, int(claims["exp"]))
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise TokenRefusedError from error
        if not genuine or caller.role not in ROLES:
            raise TokenRefusedError
        return caller


def units_in(claim: object) -> frozenset[str]:
    """The units of the claim `unit`: one id, several with spaces between them, or a list. Raises `TypeError` otherwise."""
    named = claim.split() if isinstance(claim, str) else claim
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise TypeError("unit")
    return frozenset(each.lower() for each in named)
