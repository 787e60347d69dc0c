"""What a browser keeps for us: sealed, so that it can neither be read nor made up, and good for a time."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
UNTIL = "until"
Kept = dict[str, Any]


class CookieSealer:
    """Seals with AES-256-GCM under one key; each purpose for itself."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, purpose: str, kept: Kept, *, until: float) -> str:
        """Write down what is good until a time, in seconds since 1970."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        content = json.dumps(kept | {UNTIL: until}).encode()
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, content, purpose.encode())).decode()

    def open(self, purpose: str, sealed: str, *, now: float) -> Kept | None:
        """Read it; None for what we have not sealed for that purpose, or what is good no longer."""
        try:
            content = urlsafe_b64decode(sealed.encode("ascii"))
            nonce, encrypted = content[:NONCE_BYTES], content[NONCE_BYTES:]
            kept: Kept = json.loads(self._cipher.decrypt(nonce, encrypted, purpose.encode()))
        except (InvalidTag, ValueError):
            return None
        return kept if now < kept[UNTIL] else None
