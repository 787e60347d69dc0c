"""The same app without what security adds to a call, for `sync40_http_secured` and `read_http_secured` to be held against.

Wired in the bench's process only: the product has no setting for any of it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import Future
from dataclasses import replace

from api import bootstrap, dependencies
from api.bootstrap import House, build
from domain.access.decision import Decision
from domain.access.entry import Access
from domain.access.values import Extent
from domain.ports import Erased, Sealed
from infra.access_log import AccessLog
from infra.sealing import NONCE_BYTES, SealingService
from infra.settings import Settings
from infra.tokens import Caller

TAG_BYTES = 16
PREFIX = f"1.{'A' * 22}."
"""The form of an envelope, under a key that nobody has."""
NONCE, TAG = bytes(NONCE_BYTES), bytes(TAG_BYTES)
NEVER = 2**40


def unsecured(settings: Settings) -> House:
    """Wire a house that believes every caller, lets all of them reach everything, seals nothing and enters nothing. The
    process is good for nothing else afterwards."""
    vars(bootstrap).update(SealingService=OnlyEncodes)
    vars(dependencies).update(decision_for=everything)
    house = build(settings)
    house.access_log.close()
    return replace(house, callers=Believes(), access_log=Nowhere())


def caller_named(subject: str, role: str) -> str:
    """What stands where a token would: who calls."""
    return f"{role}/{subject}"


class Believes:
    """Takes the caller for whom they say that they are."""

    is_ready = True

    def verify(self, token: str) -> Caller:
        """Look at nothing."""
        role, _, subject = token.partition("/")
        return Caller(subject=subject, role=role, unit_ids=frozenset(), expires_at=NEVER)

    def start(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class OnlyEncodes(SealingService):
    """Writes what the form of an envelope asks for, and hides nothing. What was sealed before is opened."""

    def seal(self, clear: str, **_: object) -> Sealed:
        """Encode."""
        return Sealed(PREFIX + urlsafe_b64encode(NONCE + clear.encode() + TAG).rstrip(b"=").decode())

    def open(self, envelope: Sealed, *, place: str) -> str | Erased:
        """Decode."""
        if not envelope.startswith(PREFIX):
            return super().open(envelope, place=place)
        text = envelope.removeprefix(PREFIX)
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))[NONCE_BYTES:-TAG_BYTES].decode()

    def seal_bytes(self, clear: bytes, **_: object) -> bytes:
        """Leave it as it is."""
        return clear

    def open_bytes(self, sealed: bytes, **_: object) -> bytes:
        """Give it back."""
        return sealed


class Nowhere(AccessLog):
    """Takes everything and keeps nothing: what reads cost without a log."""

    def __init__(self) -> None:
        """Nothing is opened."""
        self.underway = 0

    def start(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""

    def submit(self, _access: Access) -> "Future[None]":
        """Done at once."""
        done: Future[None] = Future()
        done.set_result(None)
        return done


def everything(_caller: Caller, _action: str, _purpose: str = "") -> Decision:
    """Whoever does whatever reaches all, and nothing is looked up."""
    return Decision("unsecured", Extent.ALL, unnamed=True)
