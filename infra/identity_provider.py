"""The tokens of one pinned issuer: an identity provider, whose keys are known before a token comes."""

import time
from collections.abc import Callable
from functools import lru_cache

from infra.issuer_keys import IssuerKeys
from infra.tokens import Caller, Expected, TokenRefusedError, read_token


class IdentityProvider:
    """Verifies tokens. What was verified is remembered until it expires, or the issuer's keys change."""

    def __init__(self, expected: Expected, keys: IssuerKeys, *, clock: Callable[[], float] = time.time) -> None:
        self.keys = keys
        self._expected, self._clock = expected, clock
        self._verified = lru_cache(maxsize=4096)(self._read)

    @property
    def is_ready(self) -> bool:
        """Whether it knows any key."""
        return self.keys.are_good

    def verify(self, token: str) -> Caller:
        """Give who calls. Raises `TokenRefusedError`, always the same."""
        caller = self._verified(token, self.keys.generation)
        if not self.keys.are_good or caller.has_expired(self._clock()):
            raise TokenRefusedError
        return caller

    def start(self) -> None:
        """Begin to fetch the keys."""
        self.keys.start()

    def close(self) -> None:
        """Fetch no more."""
        self.keys.close()

    def _read(self, token: str, _generation: int) -> Caller:
        return read_token(token, self.keys.find, self._expected, self._clock())


class NobodyCalls:
    """In the place of an issuer where none is named and the development issuer may not stand in: every token is refused."""

    is_ready = False

    def verify(self, _token: str) -> Caller:
        """Raises `TokenRefusedError`."""
        raise TokenRefusedError

    def start(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""
