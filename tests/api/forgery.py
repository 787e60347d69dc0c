"""Forged tokens, and good ones in the wrong place: each differs in one thing from what is taken."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.testclient import TestClient

from api.bootstrap import House
from infra.tokens import TOKEN_BYTES_MAX
from tests.api.calls import Answer
from tests.api.phones import EIGHT_LOCAL
from tests.api.town import ANNA, fact, fresh, uid
from tests.issuer import AUDIENCE, Issuer, Json, b64, unb64

Headers = list[tuple[str, str]]
MINUTE_S = 60


@dataclass(frozen=True)
class Site:
    """The issuer, the house that takes its tokens, and its app."""

    issuer: Issuer
    house: House
    client: TestClient

    def token(
        self, algorithm: str = "Ed25519", kid: str | None = "ed", *, typ: str | None = "at+jwt", **changes: object
    ) -> str:
        """Anna's token, with changes."""
        return self.issuer.token(algorithm, kid, typ=typ, **{"sub": ANNA, **changes})

    def sync(self, headers: Headers, query: str = "") -> Answer:
        """Send an arrival."""
        facts = [fact("check_in", fresh("visit"), "06:00")]
        body = {"device_id": uid("phone"), "device_time": EIGHT_LOCAL, "facts": facts}
        content = json.dumps(body).encode()
        sent = [("Content-Type", "application/json"), *headers]
        return self.client.post(f"/v1/sync{query}", content=content, headers=sent)

    def kept(self) -> tuple[int, int]:
        """Where the log ends, and how much is in quarantine."""
        return self.house.log.head()[0], len(self.house.log.quarantined(100))


def bearer(token: str) -> Headers:
    return [("Authorization", f"Bearer {token}")]


Forged = Callable[[Site], str]


def claiming(**changes: object) -> Forged:
    """Signed as it should be, with other claims."""
    return lambda site: site.token(**changes)  # type: ignore[arg-type]


def headed(**changes: object) -> Forged:
    """Signed as it should be, with another header."""

    def forge(site: Site) -> str:
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": "ed"} | changes
        return site.issuer.signed(header, site.issuer.claims(sub=ANNA), "Ed25519")

    return forge


def signed_by(algorithm: str, how: str, kid: str = "ed") -> Forged:
    """The header names one algorithm, and another one signs."""
    return lambda site: site.issuer.signed(
        {"alg": algorithm, "typ": "at+jwt", "kid": kid}, site.issuer.claims(sub=ANNA), how
    )


def from_now(**seconds: int) -> Forged:
    """Times told from now."""
    return lambda site: site.token(**{name: int(site.issuer.clock()) + later for name, later in seconds.items()})  # type: ignore[arg-type]


def part(number: int, change: Callable[[bytes], bytes]) -> Forged:
    """A good token of which one part is changed after it was signed."""

    def forge(site: Site) -> str:
        parts = site.token().split(".")
        parts[number] = b64(change(unb64(parts[number])))
        return ".".join(parts)

    return forge


def hs256_with(form: PublicFormat, encoding: Encoding) -> Forged:
    """Signed with the public key, as if it were a secret."""

    def forge(site: Site) -> str:
        known = site.issuer.ed.public_key().public_bytes(encoding, form)
        header = {"alg": "HS256", "typ": "at+jwt", "kid": "ed"}
        return site.issuer.signed(header, site.issuer.claims(sub=ANNA), "HS256", known)

    return forge


def with_its_own_key(name: str) -> Forged:
    """Signed by somebody else, whose key it brings along or names a place for."""

    def forge(site: Site) -> str:
        issuer = site.issuer
        own = {"kty": "OKP", "crv": "Ed25519", "x": b64(issuer.other.public_key().public_bytes_raw()), "kid": "own"}
        issuer.answer("/own", {"keys": [own]})
        brought: Json = {"jwk": own, "jku": f"{issuer.url}/own", "x5u": f"{issuer.url}/own", "x5c": ["MIIB"]}
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": "own", name: brought[name]}
        return issuer.signed(header, issuer.claims(sub=ANNA), "Ed25519", issuer.other)

    return forge


def last_bit_turned(site: Site) -> str:
    """Another spelling of the same signature: the last letter of 64 bytes has four bits that mean nothing."""
    token = site.token()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def as_json(site: Site) -> str:
    protected, payload, signature = site.token().split(".")
    return json.dumps({"protected": protected, "payload": payload, "signature": signature})


def nested(site: Site) -> str:
    header = {"alg": "Ed25519", "typ": "at+jwt", "kid": "ed", "cty": "JWT"}
    return site.issuer.signed(header, site.token().encode())


def twice_in_claims(site: Site) -> str:
    said = json.dumps(site.issuer.claims(sub=ANNA))[:-1] + ', "role": "admin"}'
    return site.issuer.signed({"alg": "Ed25519", "typ": "at+jwt", "kid": "ed"}, said.encode())


def twice_in_header(site: Site) -> str:
    header = b'{"alg": "none", "typ": "at+jwt", "kid": "ed", "alg": "Ed25519"}'
    return site.issuer.signed(header, site.issuer.claims(sub=ANNA), "Ed25519")


def upper_case(content: bytes) -> bytes:
    return content.replace(b"care_worker", b"CARE_WORKER").replace(b"Ed25519", b"ED25519")


FORGED: dict[str, Forged] = {
    "none, unsigned": lambda site: f"{site.token('none').rpartition('.')[0]}.",
    "none, with a signature": signed_by("none", "Ed25519"),
    "None": signed_by("None", "Ed25519"),
    "HS256 with the public key as bytes": hs256_with(PublicFormat.Raw, Encoding.Raw),
    "HS256 with the public key as a file": hs256_with(PublicFormat.SubjectPublicKeyInfo, Encoding.PEM),
    "RS256, which is weaker": signed_by("RS256", "RS256", "rsa"),
    "a key of another algorithm": signed_by("ES256", "Ed25519", "ed"),
    "a key's name for another key's signature": signed_by("ES256", "ES256", "ed"),
    "another's signature under a known name": lambda site: site.issuer.signed(
        {"alg": "Ed25519", "typ": "at+jwt", "kid": "ed"}, site.issuer.claims(sub=ANNA), "Ed25519", site.issuer.other
    ),
    "another issuer": claiming(iss="https://evil.example"),
    "the issuer with a slash more": lambda site: site.token(iss=f"{site.issuer.url}/"),
    "no issuer": claiming(iss=None),
    "another audience": claiming(aud="https://payroll.example"),
    "audiences without us": claiming(aud=["https://payroll.example", f"{AUDIENCE}.evil.example"]),
    "no audience": claiming(aud=None),
    "an id token": claiming(typ="JWT"),
    "of no type": claiming(typ=None),
    "no key's name": claiming(kid=None),
    "an unknown key": claiming(kid="unknown"),
    "a key's name that is a path": claiming(kid="../../etc/passwd"),
    "a key's name that is no text": headed(kid=5),
    "an altered payload": part(1, upper_case),
    "an altered header": part(0, upper_case),
    "an altered signature": part(2, lambda content: content[:-1] + bytes([content[-1] ^ 1])),
    "another spelling of the signature": last_bit_turned,
    "a shortened signature": part(2, lambda content: content[:-1]),
    "expired": from_now(iat=-600, exp=-MINUTE_S),
    "not yet valid": from_now(nbf=MINUTE_S),
    "issued in the future": from_now(nbf=0, iat=MINUTE_S, exp=2 * MINUTE_S),
    "too long a life": from_now(iat=0, exp=16 * MINUTE_S),
    "no end": claiming(exp=None),
    "an end that is no number": claiming(exp="2099-01-01"),
    "an end beyond numbers": lambda site: site.issuer.signed(
        {"alg": "Ed25519", "typ": "at+jwt", "kid": "ed"},
        json.dumps(site.issuer.claims(sub=ANNA) | {"exp": float("inf")}).encode(),
    ),
    "no time of issue": claiming(iat=None),
    "nobody": claiming(sub=None),
    "an empty name": claiming(sub=""),
    "a name with a line break": claiming(sub=f"{ANNA}\nadmin"),
    "a worker whose name is no id": claiming(sub="anna"),
    "a worker's id in another spelling": claiming(sub=ANNA.upper()),
    "bound to nothing": claiming(cnf={}),
    "bound to a certificate": claiming(cnf={"x5t#S256": "a" * 43}),
    "bound to a key and a certificate": claiming(cnf={"jkt": "a" * 43, "x5t#S256": "a" * 43}),
    "bound to no key's thumbprint": claiming(cnf={"jkt": "a"}),
    "bound to a text": claiming(cnf="a" * 43),
    "no role": claiming(role=None),
    "an unknown role": claiming(role="king"),
    "two roles": claiming(role=["care_worker", "admin"]),
    "a phone that is none": claiming(device_id="no phone"),
    "a critical header": headed(crit=["exp"], exp=1),
    "a payload that is not encoded": headed(crit=["b64"], b64=False),
    "b64 by itself": headed(b64=False),
    "compressed": headed(zip="DEF"),
    "its own key": with_its_own_key("jwk"),
    "a place for its own keys": with_its_own_key("jku"),
    "a place for its own certificate": with_its_own_key("x5u"),
    "its own certificate": with_its_own_key("x5c"),
    "a token in a token": nested,
    "an encrypted token": lambda site: ".".join([*site.token().split("."), b64(b"text"), b64(b"tag")]),
    "as JSON": as_json,
    "a claim twice": twice_in_claims,
    "a header's name twice": twice_in_header,
    "a line break within": lambda site: site.token().replace(".", ".%0a", 1),
    "a space within": lambda site: site.token().replace(".", ". ", 1),
    "padded": lambda site: f"{site.token()}==",
    "huge": lambda site: site.token(note="a" * TOKEN_BYTES_MAX),
    "empty": lambda _: "",
    "no token at all": lambda _: "letmein",
}

MISUSED: dict[str, Callable[[Site], Headers]] = {
    "none": lambda _: [],
    "another scheme": lambda site: [("Authorization", f"DPoP {site.token()}")],
    "no scheme": lambda site: [("Authorization", site.token())],
    "two tokens": lambda site: bearer(site.token()) + bearer(site.token("none")),
    "the same twice": lambda site: bearer(site.token()) * 2,
    "two in one": lambda site: bearer(f"{site.token()}, Bearer {site.token()}"),
    "in a cookie": lambda site: [("Cookie", f"access_token={site.token()}")],
    "in a header of its own": lambda site: [("X-Access-Token", site.token())],
}
