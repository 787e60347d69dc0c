"""A master key that another program holds, such as a key service's own client: it never enters this process.

The program is run with `wrap` or `unwrap` as its last argument. It reads keys, one a line, in base64, until its input ends,
writes as many lines in the same order, and ends with 0; with 3 where one of them is under another master key. One that failed
is not run again for a moment: the writer would wait for it at every command.
"""

import binascii
import subprocess
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence

from infra.master_key import KEY_BYTES, KeysUnavailableError, another_key

ANSWER_S_MAX = 5.0
PAUSE_S = 5.0
"""After a failure."""
KEYS_PER_RUN_MAX = 1_000
UNDER_ANOTHER_KEY = 3


class KeyProgram:
    """A `MasterKey` that asks a program. `command` is the program and its first arguments."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        answer_s_max: float = ANSWER_S_MAX,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command, self._answer_s_max, self._seconds = tuple(command), answer_s_max, seconds
        self._failure = ""
        self._asked_again_at = 0.0

    def wrap(self, keys: Sequence[bytes]) -> list[bytes]:
        """Have keys closed. Raises `KeysUnavailableError`."""
        return self._answers("wrap", keys)

    def unwrap(self, wrapped: Sequence[bytes]) -> list[bytes]:
        """Have them opened. Raises `MasterKeyError` or `KeysUnavailableError`."""
        keys = self._answers("unwrap", wrapped)
        if any(len(key) != KEY_BYTES for key in keys):
            raise KeysUnavailableError(f"The master key's program gave a key that has not {KEY_BYTES} bytes.")
        return keys

    def _answers(self, verb: str, given: Sequence[bytes]) -> list[bytes]:
        pages = (given[start : start + KEYS_PER_RUN_MAX] for start in range(0, len(given), KEYS_PER_RUN_MAX))
        return [answer for page in pages for answer in self._run(verb, page)]

    def _run(self, verb: str, given: Sequence[bytes]) -> list[bytes]:
        if self._failure and self._seconds() < self._asked_again_at:
            raise KeysUnavailableError(self._failure)
        try:
            answers = self._ask(verb, given)
        except KeysUnavailableError as error:
            self._failure, self._asked_again_at = str(error), self._seconds() + PAUSE_S
            raise
        self._failure = ""
        return answers

    def _ask(self, verb: str, given: Sequence[bytes]) -> list[bytes]:
        try:
            done = subprocess.run(
                [*self._command, verb],
                input=b"".join(b64encode(each) + b"\n" for each in given),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # whose text may hold anything
                timeout=self._answer_s_max,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise KeysUnavailableError(
                f"The master key's program did not answer within {self._answer_s_max:g} seconds."
            ) from None
        except OSError as error:
            raise KeysUnavailableError(
                f"The master key's program cannot be run ({type(error).__name__}). See VISITLEDGER_MASTER_KEY."
            ) from None
        if done.returncode == UNDER_ANOTHER_KEY:
            raise another_key()
        if done.returncode:
            raise KeysUnavailableError(
                f"The master key's program ended with {done.returncode} at {verb}. Run it by hand to see why."
            )
        return _decoded(done.stdout, len(given))


def _decoded(answer: bytes, count: int) -> list[bytes]:
    try:
        answers = [b64decode(line, validate=True) for line in answer.splitlines()]
    except binascii.Error:
        answers = []
    if len(answers) != count or not all(answers):
        raise KeysUnavailableError(f"The master key's program did not answer with {count} lines of base64.")
    return answers
