"""Proofs that a call comes from the phone whose key its token names (DPoP, RFC 9449): what one must be.

A proof brings its own key along. That is believed of no token; here the token has said which key it must be.
"""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

from infra.issuer_keys import imported
from infra.tokens import REFUSED_HEADERS, JwsRegistry, PublicKey, TokenRefusedError, json_object, printable, seconds

TYPE = "dpop+jwt"
ALGORITHMS = ("ES256", "EdDSA", "Ed25519", "PS256")
PROOF_BYTES_MAX = 4_096
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""The members of a key that nobody else should see (RFC 7518, 6)."""
CLOCK_S_MAX = 60
NONCE_WINDOW_S = 60
NONCE_BYTES = 16
KEPT_S = 3 * CLOCK_S_MAX
"""How long a proof is remembered. It is good for two minutes at most: one from a minute ahead, or with a nonce."""
PORTS = {"http": ":80", "https": ":443"}


class ProofRefusedError(TokenRefusedError):
    """A token for one key, without a good proof of it. `wants_nonce`: one with our nonce might do."""

    def __init__(self, *, wants_nonce: bool = False) -> None:
        super().__init__()
        self.wants_nonce = wants_nonce


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """The call that a proof must be for. `key` is the thumbprint in the token, `path` is decoded."""

    token: str
    key: str
    method: str
    origin: str
    path: str


class Proof(NamedTuple):
    """What is asked of a proof after its signature: `digest` tells it from every other one."""

    digest: bytes
    made_at: float
    nonce: str


class Nonces:
    """What phones are given to sign, so that their clocks need not be trusted: made of the time, and remembered nowhere."""

    def __init__(self, key: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._key, self._clock = key, clock

    def give(self) -> str:
        """The nonce of this minute."""
        return self._of(self._window)

    def is_good(self, nonce: str) -> bool:
        """Whether it is of this minute or the one before."""
        given = nonce.encode()
        return any(hmac.compare_digest(given, self._of(self._window - ago).encode()) for ago in (0, 1))

    @property
    def _window(self) -> int:
        return int(self._clock() // NONCE_WINDOW_S)

    def _of(self, window: int) -> str:
        return _b64(hmac.digest(self._key, window.to_bytes(8, "big"), "sha256")[:NONCE_BYTES])


def read_proof(proof: str, use: Use) -> Proof:
    """Verify that a proof is by the key and for the call. Raises `ProofRefusedError`. When it was made, and whether it came
    before, is still to be asked."""
    try:
        return _read(proof, use)
    except (JoseError, KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise ProofRefusedError from error


def is_in_time(proof: Proof, nonces: Nonces, now: float) -> bool:
    """Whether a proof was made just now: its nonce says so, else the phone's clock."""
    return nonces.is_good(proof.nonce) if proof.nonce else abs(proof.made_at - now) <= CLOCK_S_MAX


def origin_of(url: str) -> str:
    """Scheme and host of an address, in one spelling. Raises `ValueError` for one that has a name or password in it."""
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    if "@" in host or not host:
        raise ValueError
    return f"{scheme}://{host.removesuffix(PORTS.get(scheme, ''))}"


def thumbprint_of(content: bytes) -> str:
    """The thumbprint (RFC 7638) of a key in a file, public or private: PEM or a JWK. Raises `ValueError` for anything else."""
    try:
        if content.lstrip().startswith(b"{"):
            written = json_object(content)
            return imported({name: value for name, value in written.items() if name not in PRIVATE})[0].thumbprint()
        found = [key for kind in (ECKey, OKPKey, RSAKey) if (key := _from_pem(kind, content))]
        return imported(dict(found[0].as_dict(private=False)))[0].thumbprint()
    except (JoseError, KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise ValueError("There is no key for ES256, PS256 or Ed25519 in it.") from error


def _from_pem(kind: type[PublicKey], content: bytes) -> PublicKey | None:
    try:
        return kind.import_key(content)
    except (JoseError, ValueError, TypeError, AttributeError):
        return None


def _read(proof: str, use: Use) -> Proof:
    if len(proof) > PROOF_BYTES_MAX:
        raise ValueError
    header, content, _ = proof.encode("ascii").split(b".")
    key, thumbprint = _key_in(header)
    if thumbprint != use.key:
        raise ValueError
    jws.deserialize_compact(proof, key, registry=_REGISTRY)
    claims = json_object(urlsafe_b64decode(content))
    address = urlsplit(claims["htu"])
    asked = (claims["htm"], origin_of(claims["htu"]), unquote(address.path), claims["ath"])
    if asked != (use.method, use.origin, use.path, _b64(sha256(use.token.encode()).digest())):
        raise ValueError
    digest = sha256(f"{use.key}.{printable(claims['jti'])}".encode()).digest()
    return Proof(digest, seconds(claims["iat"]), printable(nonce) if (nonce := claims.get("nonce", "")) != "" else "")


@lru_cache(maxsize=4_096)
def _key_in(header: bytes) -> tuple[PublicKey, str]:
    """The key in a proof's header and its thumbprint: a phone's header is the same each time. Raises what `_read` does."""
    said = json_object(urlsafe_b64decode(header))
    written = said["jwk"]
    if said["typ"].lower() != TYPE or (REFUSED_HEADERS - {"jwk"}) & said.keys() or PRIVATE & written.keys():
        raise ValueError
    key, algorithms = imported(written)
    if said["alg"] not in algorithms:
        raise ValueError
    return key, key.thumbprint()


class _Registry(JwsRegistry):
    """Takes headers with a key in them."""

    max_header_length = PROOF_BYTES_MAX


_REGISTRY = _Registry(strict_check_header=False)


def _b64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
