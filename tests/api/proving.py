"""A phone with a key, and proofs of it: good ones, and each in which one thing is wrong."""

import hmac
import json
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.issuer import Json, b64, without_none

SYNC = "http://testserver/v1/sync"
PRIVATE_KEY = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Prover:
    """A key, and what it signs."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self.algorithm = algorithm
        self.private: PRIVATE_KEY
        match algorithm:
            case "ES256":
                self.private = ec.generate_private_key(ec.SECP256R1())
                self.key: ECKey | OKPKey | RSAKey = ECKey.import_key(self.private)
            case "PS256":
                self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
                self.key = RSAKey.import_key(self.private)
            case _:
                self.private = ed25519.Ed25519PrivateKey.generate()
                self.key = OKPKey.import_key(self.private)

    @property
    def thumbprint(self) -> str:
        """What a token names it by."""
        return self.key.thumbprint()

    def jwk(self) -> Json:
        """Its public half."""
        return dict(self.key.as_dict(private=False))

    def proof(self, token: str, *, header: Json | None = None, by: "Prover | None" = None, **changes: object) -> str:
        """A proof for a sync with a token, with changes. None takes a claim away. `by` signs it in truth."""
        said = without_none(
            {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.jwk()} | (header or {}),
        )
        claims = {"jti": str(uuid4()), "htm": "POST", "htu": SYNC, "iat": int(time.time()), "ath": ath(token)}
        content = f"{b64(json.dumps(said).encode())}.{b64(json.dumps(without_none(claims | changes)).encode())}"
        return f"{content}.{b64((by or self).sign(said['alg'], content.encode()))}"

    def sign(self, algorithm: str, content: bytes) -> bytes:
        """Sign as its kind does, or as the header says where that needs no private key."""
        if algorithm == "HS256":
            return hmac.digest(json.dumps(self.jwk()).encode(), content, "sha256")
        if algorithm == "none":
            return b""
        match self.private:
            case ec.EllipticCurvePrivateKey():
                r, s = decode_dss_signature(self.private.sign(content, ec.ECDSA(hashes.SHA256())))
                return r.to_bytes(32, "big") + s.to_bytes(32, "big")
            case rsa.RSAPrivateKey():
                pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
                return self.private.sign(content, pss, hashes.SHA256())
            case _:
                return self.private.sign(content)


def ath(token: str) -> str:
    """What ties a proof to a token."""
    return b64(sha256(token.encode()).digest())


Wrong = Callable[[Prover, str], str]


def claiming(**changes: Any) -> Wrong:
    """Signed as it should be, with other claims."""
    return lambda phone, token: phone.proof(token, **changes)


def headed(**changes: Any) -> Wrong:
    """Signed as it should be, with another header."""
    return lambda phone, token: phone.proof(token, header=changes)


def from_now(later_s: int) -> Wrong:
    """Made then."""
    return lambda phone, token: phone.proof(token, iat=int(time.time()) + later_s)


WRONG: dict[str, Wrong] = {
    "another method": claiming(htm="GET"),
    "another path": claiming(htu="http://testserver/v1/events"),
    "another server": claiming(htu="http://other.example/v1/sync"),
    "another scheme": claiming(htu="https://testserver/v1/sync"),
    "a password in the address": claiming(htu="http://a:b@testserver/v1/sync"),
    "made 61 s ago": from_now(-62),
    "made in 61 s": from_now(62),
    "made at no time": claiming(iat=None),
    "made at a time that is no number": claiming(iat="now"),
    "another phone's": lambda _, token: Prover().proof(token),
    "signed by another key": lambda phone, token: phone.proof(token, by=Prover()),
    "of no token": claiming(ath=None),
    "of another token": lambda phone, token: phone.proof(token, ath=ath(f"{token}x")),
    "without a name": claiming(jti=None),
    "with an empty name": claiming(jti=""),
    "none": headed(alg="none"),
    "HS256": headed(alg="HS256"),
    "the algorithm of another kind of key": headed(alg="PS256"),
    "the private key in it": lambda phone, token: phone.proof(
        token, header={"jwk": dict(phone.key.as_dict(private=True))}
    ),
    "no key in it": headed(jwk=None),
    "a key's place": headed(jku="https://testserver/keys"),
    "another type": headed(typ="JWT"),
    "a critical header": headed(crit=["exp"]),
    "a nonce that is not ours": claiming(nonce="AAAAAAAAAAAAAAAAAAAAAA"),
    "a nonce that is no text": claiming(nonce=5),
    "the token itself": lambda _, token: token,
    "huge": claiming(note="a" * 4_096),
    "empty": lambda _phone, _token: "",
}
"""None of which is a proof of the call."""
