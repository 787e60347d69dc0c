"""Where the keys of an identity provider come from, and which of them are used."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from joserfc.jwk import ECKey, OKPKey

from infra.fetching import BYTES_MAX, FetchError, fetch_json
from infra.issuer_keys import fetch_keys, usable_keys
from infra.pinned_url import is_pinnable
from tests.issuer import DISCOVERY, KEYS, OLDER_DISCOVERY, Issuer, Json, b64, running_issuer


@pytest.fixture(scope="module")
def shared() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture
def issuer(shared: Issuer) -> Issuer:
    """As it was in the beginning."""
    shared.begin_again()
    return shared


def test_keys_are_where_the_issuers_own_document_says_in_either_place_for_it(issuer: Issuer) -> None:
    assert set(fetch_keys(issuer.url, "")) == {"ed", "ec", "rsa"}
    issuer.answers[OLDER_DISCOVERY] = issuer.answers.pop(DISCOVERY)
    assert set(fetch_keys(issuer.url, "")) == {"ed", "ec", "rsa"}


def test_pinned_keys_are_fetched_without_asking_the_issuer_where_they_are(issuer: Issuer) -> None:
    assert set(fetch_keys(issuer.url, f"{issuer.url}{KEYS}")) == {"ed", "ec", "rsa"}
    assert issuer.asked == [KEYS]


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"jwks_uri": "http://evil.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 5},
    ],
    ids=str,
)
def test_a_document_that_leads_elsewhere_is_not_followed(issuer: Issuer, document: Json) -> None:
    issuer.publish(**document)
    with pytest.raises(FetchError):
        fetch_keys(issuer.url, "")
    assert KEYS not in issuer.asked


@pytest.mark.parametrize(
    ("content", "status", "headers"),
    [
        (b"", 302, {"Location": KEYS}),
        (b"{}", 500, {}),
        (b"[]", 200, {}),
        (b"<html>", 200, {}),
        (b"\xff\xfe", 200, {}),
        (b"[" * 100_000, 200, {}),
        (b"{}" + b" " * BYTES_MAX, 200, {"Content-Length": ""}),
        (b"{}", 200, {"Content-Length": "3"}),
    ],
    ids=["a redirect", "an error", "a list", "a page", "no UTF-8", "too deep", "too large", "cut off"],
)
def test_what_is_no_small_document_is_not_taken(
    issuer: Issuer, content: bytes, status: int, headers: dict[str, str]
) -> None:
    issuer.answer("/odd", content, status, headers)
    with pytest.raises(FetchError):
        fetch_json(f"{issuer.url}/odd", seconds_max=0.5)
    assert issuer.asked == ["/odd"]


@pytest.mark.parametrize(
    "address",
    [
        "http://anybody@127.0.0.1:{}/keys",
        "http://127.0.0.1:{}/keys#1",
        "http://127.0.0.1:{}/a key",
        "HTTP:127.0.0.1:{}",
    ],
)
def test_only_a_plain_address_is_fetched_from(issuer: Issuer, address: str) -> None:
    with pytest.raises(FetchError, match="not https"):
        fetch_json(address.format(issuer.url.rpartition(":")[2]))
    assert issuer.asked == []


@pytest.mark.parametrize(
    ("address", "can_be_pinned"),
    [
        ("https://id.example/keys?policy=care", True),
        ("http://localhost:8080/", True),
        ("http://[::1]/", True),
        ("http://127.0.0.1.evil.example/", False),
        ("http://localhost.evil.example/", False),
        ("http://192.168.0.1/", False),
        ("https://id.example@evil.example/", False),
        ("https://id.example:port/", False),
        ("https:///keys", False),
        ("https://id.example/\nkeys", False),
        ("https://id.éxample/", False),
        ("ftp://id.example/", False),
        ("", False),
    ],
)
def test_keys_come_over_https_or_from_this_machine(address: str, *, can_be_pinned: bool) -> None:
    assert is_pinnable(address) is can_be_pinned


def test_whoever_answers_byte_by_byte_is_hung_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=[listening], daemon=True).start()
        began = time.monotonic()
        with pytest.raises(FetchError):
            fetch_json(f"http://127.0.0.1:{listening.getsockname()[1]}/", seconds_max=0.3)
        assert time.monotonic() - began < 2


def drip(listening: socket.socket) -> None:
    """Answer with a header that never ends."""
    connection, _ = listening.accept()
    with connection:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(100):
                connection.sendall(b"a")
                time.sleep(0.1)
        except OSError:
            return


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
        {"key_ops": 5},
        {"alg": "RS256"},
        {"alg": ["Ed25519"]},
        {"d": b64(bytes(32))},
        {"kid": None},
        {"kid": ""},
        {"kid": 5},
        {"x": b64(bytes(31))},
        {"x": None},
        {"kty": "oct", "k": b64(bytes(32))},
        {"kty": "EC"},
        {"crv": "X25519"},
    ],
    ids=str,
)
def test_a_key_that_is_not_plainly_for_signatures_of_ours_is_not_used(issuer: Issuer, change: Json) -> None:
    assert usable_keys({"keys": [{**issuer.public()[0], **change}]}) == {}


def test_short_keys_and_those_on_other_curves_are_not_used() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key().public_numbers()
    written: list[Json] = [
        {"kty": "RSA", "n": b64(short.n.to_bytes(128, "big")), "e": "AQAB"},
        ECKey.import_key(ec.generate_private_key(ec.SECP384R1()).public_key()).as_dict(),
        OKPKey.import_key(ed448.Ed448PrivateKey.generate().public_key()).as_dict(),
    ]
    assert usable_keys({"keys": [{**key, "kid": str(number)} for number, key in enumerate(written)]}) == {}


def test_of_two_keys_by_one_name_neither_is_used(issuer: Issuer) -> None:
    first, second, third = issuer.public()
    assert set(usable_keys({"keys": [first, {**second, "kid": "ed"}, third]})) == {"rsa"}


@pytest.mark.parametrize("document", [{}, {"keys": {}}, {"keys": [{}] * 65}], ids=["none", "an object", "too many"])
def test_what_is_no_set_of_keys_is_not_taken(document: Json) -> None:
    with pytest.raises(FetchError):
        usable_keys(document)
