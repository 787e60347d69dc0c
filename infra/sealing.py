"""Closes personal values into envelopes and opens them: AES-256-GCM under the key of the person and class.

An envelope is `1.<key id>.<nonce and ciphertext>` in base64url. It opens only in the ledger and at the place it was
sealed for, so a value cannot be moved to another person's event. One form for each envelope: no second text opens.
"""

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.ids import PersonId
from domain.ports import ERASED, Clock, EnvelopeTamperedError, Erased, SealClass, Sealed
from infra.keys import KeyStore

VERSION = "1"
NONCE_BYTES = 12
QUARANTINE = "quarantine"
SEPARATOR = "\x1f"
ENVELOPE = re.compile(r"1\.([A-Za-z0-9_-]{21}[AQgw])\.([A-Za-z0-9_-]{38,})", re.ASCII)
"""The key id is 16 bytes, so its last character has four bits to spare, which are zero."""
_STORED = re.compile(rb'"%s"' % ENVELOPE.pattern.encode())


def is_envelope(value: str) -> bool:
    """Say whether a text has the form of an envelope, without opening it. No text a person writes has it."""
    return ENVELOPE.fullmatch(value) is not None


def keys_named(state: bytes) -> list[str]:
    """The ids of the keys that the envelopes in a stored event name."""
    return [key_id.decode() for key_id, _ in _STORED.findall(state)]


class SealingService:
    """Seals and opens for one ledger: the domain's `Sealer` and `Opener`."""

    def __init__(self, keys: KeyStore, ledger_id: str, clock: Clock) -> None:
        assert SEPARATOR not in ledger_id
        self._keys = keys
        self._ledger_id = ledger_id
        self._clock = clock

    def seal(self, clear: str, *, person_id: PersonId, seal_class: SealClass, place: str) -> Sealed:
        """Close a value under the key that the person has now."""
        key = self._keys.key_for(person_id, seal_class, self._clock())
        closed = _close(key.cipher, clear.encode(), self._binding(key.key_id, place))
        return Sealed(f"{VERSION}.{key.key_id}.{_to_text(closed)}")

    def open(self, envelope: Sealed, *, place: str) -> str | Erased:
        """Give the clear text, or ERASED when its key is gone. Raises `EnvelopeTamperedError`."""
        key_id, closed = _parts(envelope, place)
        key = self._keys.find(key_id)
        if key is None:
            return ERASED
        return _disclose(key.cipher, closed, self._binding(key_id, place), place).decode()

    def seal_bytes(self, clear: bytes, *, place: str) -> bytes:
        """Close what could not be understood, and so may be anybody's, under the ledger's key for quarantine."""
        return VERSION.encode() + _close(self._quarantine, clear, self._binding(QUARANTINE, place))

    def open_bytes(self, sealed: bytes, *, place: str) -> bytes:
        """Give back what `seal_bytes` closed. Raises `EnvelopeTamperedError`."""
        if sealed[:1] != VERSION.encode():
            raise EnvelopeTamperedError(place)
        return _disclose(self._quarantine, sealed[1:], self._binding(QUARANTINE, place), place)

    @cached_property
    def _quarantine(self) -> AESGCM:
        return AESGCM(self._keys.ledger_key(QUARANTINE))

    def _binding(self, key_id: str, place: str) -> bytes:
        """Name all that an envelope is bound to. The place comes last, since it alone may hold any character."""
        return SEPARATOR.join((VERSION, self._ledger_id, key_id, place)).encode()


def _close(cipher: AESGCM, clear: bytes, binding: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, clear, binding)


def _disclose(cipher: AESGCM, closed: bytes, binding: bytes, place: str) -> bytes:
    try:
        return cipher.decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], binding)
    except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce and a tag
        raise EnvelopeTamperedError(place) from None


def _parts(envelope: str, place: str) -> tuple[str, bytes]:
    """Split into key id and ciphertext. Raises `EnvelopeTamperedError` unless the form is the one we write."""
    form = ENVELOPE.fullmatch(envelope)
    if form is None:
        raise EnvelopeTamperedError(place)
    key_id, text = form.groups()
    with suppress(ValueError):  # a length that no bytes have
        closed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if _to_text(closed) == text:
            return key_id, closed
    raise EnvelopeTamperedError(place)


def _to_text(closed: bytes) -> str:
    return urlsafe_b64encode(closed).rstrip(b"=").decode()
