"""Phones that send when their time has come, whether or not the server keeps up: what waits to be sent has waited too."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain.registration_quality import percentile
from tests.benchmarks.load import HEAD_END, LENGTH
from tests.benchmarks.server import HOST

MS = 1_000


@dataclass
class Answers:
    """How long each answer took since the request was due, in ms, and what came instead of one."""

    waits_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    bodies: list[tuple[float, bytes]] = field(default_factory=list)
    """What was answered, and when: an instant of `time.perf_counter`."""

    def percentile(self, percent: int) -> float:
        """So many ms at most, of so many percent of the answers."""
        return at_most(self.waits_ms, percent)


def at_most(figures: Iterable[float], percent: int) -> float:
    """What so many percent of some figures are not above."""
    found = percentile(sorted(figures), percent)
    assert found is not None, "nothing was measured"
    return found


def send_in_time(port: int, queues: Sequence[Sequence[bytes]], per_second: float) -> Answers:
    """Send prepared requests, each queue on a connection of its own, evenly spread in turns, at a rate of all together."""
    return asyncio.run(_send(port, queues, per_second))


async def _send(port: int, queues: Sequence[Sequence[bytes]], per_second: float) -> Answers:
    answers, began = Answers(), time.perf_counter()
    step = 1 / per_second
    await asyncio.gather(
        *(
            _phone(port, queue, began + number * step, len(queues) * step, answers)
            for number, queue in enumerate(queues)
        )
    )
    return answers


async def _phone(port: int, queue: Sequence[bytes], first: float, step: float, answers: Answers) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    for turn, request in enumerate(queue):
        due = first + turn * step
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        writer.write(request)
        head = await reader.readuntil(HEAD_END)
        body = await reader.readexactly(_length(head))
        answered = time.perf_counter()
        answers.waits_ms.append(MS * (answered - due))
        answers.bodies.append((answered, body))
        if not head.startswith(b"HTTP/1.1 200") or b'"rejected"' in body:
            answers.failures.append(head.partition(b"\r\n")[0].decode("ascii", "replace"))
    writer.close()
    await writer.wait_closed()


def _length(head: bytes) -> int:
    return int(head.partition(LENGTH)[2].partition(b"\r\n")[0])
