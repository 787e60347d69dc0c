"""Who makes a request: told once, by its token and the proof that goes with it, for whoever asks."""

import time

from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.types import Scope

from api.bootstrap import House
from api.problems import Problem
from domain.access.values import Role
from infra.proofs import ALGORITHMS, Nonces, ProofRefusedError, Use, is_in_time, origin_of, read_proof
from infra.seen_proofs import ProofsUnavailableError, SeenProofs
from infra.tokens import Caller, Clock, TokenRefusedError, TokenVerifier

_TOLD = "visitledger.caller"
BEARER, DPOP = "bearer", "dpop"


class Callers:
    """Tells the callers of one app. A token for a phone's key is good with that key's proof only, and for one call."""

    def __init__(
        self,
        tokens: TokenVerifier,
        seen: SeenProofs,
        nonces: Nonces,
        *,
        clock: Clock,
        public_url: str = "",
        must_prove: frozenset[Role] = frozenset(),
    ) -> None:
        self._tokens, self._seen, self._nonces, self._clock = tokens, seen, nonces, clock
        self._origin = origin_of(public_url) if public_url else ""
        self._must_prove = must_prove

    async def of(self, scope: Scope) -> Caller:
        """Give who calls. Raises `Problem` 401 `unauthenticated`, and 503 where it cannot be said whether a proof is new."""
        if _TOLD not in scope:
            scope[_TOLD] = await self._tell(scope)
        told: Caller | Problem = scope[_TOLD]
        if isinstance(told, Problem):
            raise told
        return told

    async def _tell(self, scope: Scope) -> Caller | Problem:
        try:
            return await self._verified(scope)
        except ProofRefusedError as error:
            name = "use_dpop_nonce" if error.wants_nonce else "invalid_dpop_proof"
            challenge = f'DPoP error="{name}", algs="{" ".join(ALGORITHMS)}"'
            return unauthenticated(challenge, {"DPoP-Nonce": self._nonces.give()})
        except TokenRefusedError:
            return unauthenticated()
        except ProofsUnavailableError:
            return Problem("store_unavailable", headers={"Retry-After": "1"})

    async def _verified(self, scope: Scope) -> Caller:
        headers = Headers(scope=scope)
        scheme, token = get_authorization_scheme_param(_only(headers, "authorization"))
        if scheme.lower() not in {BEARER, DPOP}:
            raise TokenRefusedError
        caller = self._tokens.verify(token)
        if caller.key:
            if scheme.lower() != DPOP:
                raise ProofRefusedError
            await self._check_proof(_only(headers, "dpop"), self._use(scope, headers, token, caller.key))
        elif scheme.lower() == DPOP or caller.role in self._must_prove:
            raise TokenRefusedError
        return caller

    async def _check_proof(self, proof: str, use: Use) -> None:
        read = read_proof(proof, use)
        if not is_in_time(read, self._nonces, self._clock()):
            raise ProofRefusedError(wants_nonce=True)
        if not await self._seen.is_first(read.digest):
            raise ProofRefusedError

    def _use(self, scope: Scope, headers: Headers, token: str, key: str) -> Use:
        try:
            origin = self._origin or origin_of(f"{scope['scheme']}://{headers.get('host', '')}")
        except ValueError:
            raise ProofRefusedError from None
        return Use(token=token, key=key, method=scope["method"], origin=origin, path=scope["path"])


def callers_of(house: House) -> Callers:
    """Those of a house, as its settings have it."""
    must_prove = {Role.CARE_WORKER} if house.settings.dpop == "required" else ()
    return Callers(
        house.callers,
        house.seen_proofs,
        house.nonces,
        clock=time.time,
        public_url=house.settings.public_url,
        must_prove=frozenset(must_prove),
    )


def _only(headers: Headers, name: str) -> str:
    """The one header of a name; empty where there is none, or more than one."""
    found = headers.getlist(name)
    return found[0] if len(found) == 1 else ""


def unauthenticated(challenge: str = "Bearer", more: dict[str, str] | None = None) -> Problem:
    """What everybody is told who is not let in, word for word."""
    return Problem("unauthenticated", headers={"WWW-Authenticate": challenge, **(more or {})})
