"""The development issuer of the embedded default: tokens for trying things out. There is none in production."""

import time
from collections.abc import Callable, Iterable
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import OKPKey

from infra.tokens import (
    DEVICE_CLAIM,
    KEY_CLAIM,
    ROLES,
    THUMBPRINT,
    Caller,
    Expected,
    PublicKey,
    TokenRefusedError,
    read_token,
)

ISSUER = "urn:visitledger:development"
AUDIENCE = "visitledger"
KEY_ID = "development"
ALGORITHM = "Ed25519"
LIFETIME_S = 12 * 3600
"""[A] A shift: the development issuer has no refresh. An identity provider gives minutes."""


class DevelopmentIssuer:
    """Issues and verifies tokens with one Ed25519 key. Verified tokens are remembered until they expire."""

    is_ready = True

    def __init__(self, seed: bytes, *, clock: Callable[[], float] = time.time) -> None:
        private = Ed25519PrivateKey.from_private_bytes(seed)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._key = OKPKey.import_key(pem)
        self._clock = clock
        self._expected = Expected(issuer=ISSUER, audience=AUDIENCE)
        self._verified = lru_cache(maxsize=4096)(self._read)

    def issue(
        self,
        *,
        subject: str,
        role: str,
        unit_ids: Iterable[str] = (),
        device_id: str = "",
        key: str = "",
        lifetime_s: int = LIFETIME_S,
    ) -> str:
        """Sign a token for a person, bound to a phone and to the thumbprint of a key if they are named. Raises `ValueError` for
        a role that does not exist."""
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
            **({DEVICE_CLAIM: device_id} if device_id else {}),
            **({KEY_CLAIM: {THUMBPRINT: key}} if key else {}),
        }
        header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": KEY_ID}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])

    def verify(self, token: str) -> Caller:
        """Give who calls. Raises `TokenRefusedError`, always the same."""
        caller = self._verified(token)
        if caller.has_expired(self._clock()):
            raise TokenRefusedError
        return caller

    def start(self) -> None:
        """Nothing: its key is here."""

    def close(self) -> None:
        """Nothing."""

    def _read(self, token: str) -> Caller:
        return read_token(token, self._find, self._expected, self._clock())

    def _find(self, key_id: str, algorithm: str) -> PublicKey | None:
        return self._key if (key_id, algorithm) == (KEY_ID, ALGORITHM) else None
