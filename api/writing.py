"""Handing wishes to the writer from the event loop, and what to tell a caller when it cannot take them."""

import asyncio
from collections.abc import Sequence

from api.problems import Problem
from api.seen import seen
from domain.command import Accepted, Known, Outcome, Wish
from infra.writer import GroupWriter, StoreUnavailableError, WriterBusyError

RETRY_AFTER = {"Retry-After": "1"}


async def submit(writer: GroupWriter, wishes: Sequence[Wish]) -> list[Outcome]:
    """Wait until the wishes are decided and durable. Raises `Problem` 503 `busy` or `store_unavailable`.

    Shielded: a caller that goes away does not take back what it sent.
    """
    try:
        outcomes = await asyncio.shield(asyncio.wrap_future(writer.submit(wishes)))
    except WriterBusyError as error:
        raise Problem("busy", headers={"Retry-After": str(error.retry_after_s)}) from None
    except StoreUnavailableError:
        raise Problem("store_unavailable", headers=RETRY_AFTER) from None
    seen().position = max(
        (outcome.position for outcome in outcomes if isinstance(outcome, Accepted | Known)), default=0
    )
    return outcomes
