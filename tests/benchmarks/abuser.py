"""Somebody who calls a thousand times a second, as far as its connections are free: a process of its own, that prints its
answers by status, and the calls that there was no time for.

python -m tests.benchmarks.abuser <port> <token> <phone's number> <calls in a second> <seconds> <connections>
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.benchmarks.load import HEAD_END, LENGTH, request
from tests.benchmarks.phones import Phone
from tests.benchmarks.server import HOST

UNSENT = "not sent"
HANGS_UP = b"connection: close"


def main(port: str, token: str, number: str, per_second: str, seconds: str, connections: str) -> None:
    """Call, and print what came of it."""
    phone = Phone(int(number))
    bodies = [request("/v1/sync", token, phone.sync(1)) for _ in range(int(per_second) * int(seconds))]
    os.nice(10)  # an abuser has a machine of its own, and does not take the server's
    print("ready", flush=True)
    queues = [bodies[each :: int(connections)] for each in range(int(connections))]
    print(json.dumps(asyncio.run(_abuse(int(port), queues, float(per_second), float(seconds)))), flush=True)


async def _abuse(port: int, queues: Sequence[Sequence[bytes]], per_second: float, seconds: float) -> Counter[str]:
    answers, began = Counter[str](), time.perf_counter()
    await asyncio.gather(
        *(
            _connection(port, queue, began + number / per_second, len(queues) / per_second, began + seconds, answers)
            for number, queue in enumerate(queues)
        )
    )
    return answers


async def _connection(
    port: int, queue: Sequence[bytes], first: float, step: float, until: float, answers: Counter[str]
) -> None:
    """Send when it is time, on a connection that is made anew when the server has hung up. Ends when the time is over."""
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    for turn, body in enumerate(queue):
        await asyncio.sleep(max(0.0, first + turn * step - time.perf_counter()))
        if time.perf_counter() > until:
            answers[UNSENT] += len(queue) - turn
            return
        try:
            reader, writer = streams = streams or await asyncio.open_connection(HOST, port)
            writer.write(body)
            head = await reader.readuntil(HEAD_END)
            await reader.readexactly(int(head.partition(LENGTH)[2].partition(b"\r\n")[0]))
        except (OSError, asyncio.IncompleteReadError):
            answers["none"] += 1
            streams = None
            continue
        answers[head[9:12].decode("ascii")] += 1
        if HANGS_UP in head.lower():
            writer.close()
            streams = None


if __name__ == "__main__":
    main(*sys.argv[1:])
