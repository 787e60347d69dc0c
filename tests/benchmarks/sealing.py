"""`seal` and `open`: fields of many persons on one core; and AES-256-GCM alone over the same bytes, one key for each person."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.ids import PersonId
from domain.ports import SealClass
from infra.sealing import NONCE_BYTES
from tests.benchmarks.bench import Bench
from tests.benchmarks.measuring import Contest, Slice, speed

FIELDS = "fields/s"
PERSONS = 200
AT = datetime(2026, 10, 5, tzinfo=UTC)
TEXT = "Fågelvägen 17, 843 31 Bräcke"
Field = tuple[PersonId, str]
"""Whose it is, and its place in the log."""


@contextmanager
def seal(bench: Bench) -> Iterator[Contest]:
    """What a registered client or a note costs for each text of it, its key known."""
    fields = _fields(bench.sizes.sealed_fields)
    with bench.stores.house(bench.store) as house:
        house.keys.keys_for([(person, SealClass.IDENTITY) for person, _ in fields], AT)

        def work() -> None:
            for person, place in fields:
                house.sealing.seal(TEXT, person_id=person, seal_class=SealClass.IDENTITY, place=place)

        yield Contest(FIELDS, lambda: speed(len(fields), work), _raw_seal(fields))


@contextmanager
def unseal(bench: Bench) -> Iterator[Contest]:
    """What a page that shows people costs for each text on it."""
    fields = _fields(bench.sizes.sealed_fields)
    with bench.stores.house(bench.store) as house:
        sealed = [
            (house.sealing.seal(TEXT, person_id=person, seal_class=SealClass.IDENTITY, place=place), place)
            for person, place in fields
        ]

        def work() -> None:
            for envelope, place in sealed:
                assert house.sealing.open(envelope, place=place) == TEXT

        yield Contest(FIELDS, lambda: speed(len(fields), work), _raw_open(fields))


def _fields(count: int) -> list[Field]:
    persons = [PersonId(f"6b1f0a52-9a0e-4a34-8f0e-{number:012}") for number in range(PERSONS)]
    names = (persons[number % PERSONS] for number in range(count))
    return [(person, f"client/{person}@1#client.registered#address") for person in names]


def _ciphers(fields: list[Field]) -> dict[PersonId, AESGCM]:
    return {person: AESGCM(AESGCM.generate_key(256)) for person, _ in fields}


def _raw_seal(fields: list[Field]) -> Slice:
    ciphers = _ciphers(fields)

    def work() -> None:
        for person, place in fields:
            ciphers[person].encrypt(os.urandom(NONCE_BYTES), TEXT.encode(), place.encode())

    return lambda: speed(len(fields), work)


def _raw_open(fields: list[Field]) -> Slice:
    ciphers, nonce = _ciphers(fields), bytes(NONCE_BYTES)
    closed = [
        (person, place, ciphers[person].encrypt(nonce, TEXT.encode(), place.encode())) for person, place in fields
    ]

    def work() -> None:
        for person, place, each in closed:
            assert ciphers[person].decrypt(nonce, each, place.encode()).decode() == TEXT

    return lambda: speed(len(fields), work)
