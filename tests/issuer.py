"""A small identity provider on a real socket: it serves its keys, signs what it is told to, and can be down."""

import hmac
import json
import threading
import time
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey, OKPKey, RSAKey

Json = dict[str, Any]
AUDIENCE = "https://ledger.example"
DISCOVERY = "/.well-known/openid-configuration"
OLDER_DISCOVERY = "/.well-known/oauth-authorization-server"
KEYS = "/keys"
WORKER = "0b9f1c3e-5a55-4b7e-8d0a-3f6a1c2d4e5f"
CLIENT, SECRET = "ledger-pages", "hemlig"


class Issuer:
    """Its keys, what it answers at each path, and what it was asked for. `clock` gives seconds since 1970."""

    def __init__(self) -> None:
        self.ed, self.other = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.asked: list[str] = []
        self.codes: dict[str, tuple[dict[str, str], Json]] = {}
        self.clock = time.time
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    @cached_property
    def rsa(self) -> rsa.RSAPrivateKey:
        """Made when it is first asked for, since that takes long."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def url(self) -> str:
        """Its name, and where it is."""
        return f"http://127.0.0.1:{self._port}"

    def public(self) -> list[Json]:
        """Its public keys, as it publishes them."""
        found: list[tuple[str, Any]] = [
            ("ed", OKPKey.import_key(self.ed.public_key())),
            ("ec", ECKey.import_key(self.ec.public_key())),
            ("rsa", RSAKey.import_key(self.rsa.public_key())),
        ]
        return [{**key.as_dict(), "kid": kid, "use": "sig"} for kid, key in found]

    def publish(self, keys: list[Json] | None = None, **document: object) -> None:
        """Answer with these keys, and with a document about itself."""
        self.answer(KEYS, {"keys": self.public() if keys is None else keys})
        places = {"jwks_uri": KEYS, "authorization_endpoint": "/authorize", "token_endpoint": "/token"}
        named = {name: f"{self.url}{path}" for name, path in places.items()}
        self.answer(DISCOVERY, {"issuer": self.url, **named, **document})

    def begin_again(self) -> None:
        """Forget what was asked and answered, and publish."""
        self.answers.clear()
        self.publish()
        self.asked.clear()

    def answer(self, path: str, document: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Say what is answered at a path: a document, or bytes as they are. A header without a value is left out."""
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.answers[path] = status, content, headers or {}

    def up(self) -> None:
        """Answer from now on, always at the same port."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), _handler_of(self))
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def down(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def claims(self, **changes: object) -> Json:
        """What a good token of a care worker says, with changes. None takes a claim away."""
        now = int(self.clock())
        said = {"iss": self.url, "aud": AUDIENCE, "sub": WORKER, "role": "care_worker", "unit": "centre"}
        return without_none(said | {"iat": now, "exp": now + 600} | changes)

    def token(
        self, algorithm: str = "Ed25519", kid: str | None = "ed", *, typ: str | None = "at+jwt", **changes: object
    ) -> str:
        """A token that is signed as its header says, with other claims than the good one's."""
        return self.signed({"alg": algorithm, "typ": typ, "kid": kid}, self.claims(**changes))

    def signed(self, header: Json | bytes, claims: Json | bytes, algorithm: str = "", key: Any = None) -> str:
        """A token of any header and content. `algorithm` says how it is signed in truth."""
        told = header if isinstance(header, bytes) else json.dumps(without_none(header)).encode()
        content = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        signed = f"{b64(told)}.{b64(content)}"
        how = algorithm or json.loads(told)["alg"]
        return f"{signed}.{b64(self._signature(how, signed.encode(), key))}"

    def sign_in(self, address: str, **changes: object) -> dict[str, str]:
        """What a browser comes back with that was sent to sign in; `changes` are for the proof of it."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked, changes
        return {"code": code, "state": asked["state"], "iss": self.url}

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, Json]:
        """Give the proof of a sign-in for a code, once, to whom it was meant for."""
        asked, changes = self.codes.pop(form["code"], ({}, {}))
        challenge = b64(sha256(form["code_verifier"].encode()).digest())
        pair = f"Basic {b64encode(f'{CLIENT}:{SECRET}'.encode()).decode()}"
        if (challenge, form["redirect_uri"], authorization) != (
            asked.get("code_challenge"),
            asked.get("redirect_uri"),
            pair,
        ):
            return 400, {"error": "invalid_grant"}
        header = {"alg": "ES256", "typ": "JWT", "kid": "ec"} | dict(changes.pop("header", {}))
        said = {"aud": CLIENT, "sub": "eva", "role": "auditor", "nonce": asked["nonce"]} | changes
        return 200, {"id_token": self.signed(header, self.claims(**said), "ES256"), "token_type": "Bearer"}

    def _signature(self, how: str, content: bytes, key: Any) -> bytes:
        match how:
            case "Ed25519" | "EdDSA":
                return bytes((key or self.ed).sign(content))
            case "ES256":
                r, s = decode_dss_signature((key or self.ec).sign(content, ec.ECDSA(hashes.SHA256())))
                return r.to_bytes(32, "big") + s.to_bytes(32, "big")
            case "PS256":
                pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
                return self.rsa.sign(content, pss, hashes.SHA256())
            case "RS256":
                return self.rsa.sign(content, padding.PKCS1v15(), hashes.SHA256())
            case "HS256":
                return hmac.digest(key, content, "sha256")
            case _:
                return b""


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """One that is up, and has published its keys."""
    issuer = Issuer()
    issuer.up()
    issuer.publish()
    try:
        yield issuer
    finally:
        issuer.down()


def without_none(said: Json) -> Json:
    """What is left where None takes away."""
    return {name: value for name, value in said.items() if value is not None}


def b64(content: bytes) -> str:
    """Base64 as tokens have it."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unb64(segment: str) -> bytes:
    """And back."""
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _handler_of(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            status, content, headers = issuer.answers.get(self.path, (404, b"", {}))
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            status, given = issuer.exchange(form, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(given).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
