"""How the threads of one process learn at once that the log has grown."""

import threading


class HeadSignal:
    """The last position this process knows of, and those who wait for it to rise."""

    def __init__(self) -> None:
        self._risen = threading.Condition()
        self._calls = 0
        self.position = 0

    def advance(self, position: int) -> None:
        """Tell of a committed position. One that is known already changes nothing."""
        if position <= self.position:
            return
        with self._risen:
            self.position = max(self.position, position)
            self._risen.notify_all()

    def call(self) -> None:
        """Have everybody who waits look around, because one of them is to end."""
        with self._risen:
            self._calls += 1
            self._risen.notify_all()

    def wait(self, after: int, timeout: float) -> bool:
        """Block until a position past `after` is known or somebody calls, at most `timeout` seconds; says whether it was so."""
        with self._risen:
            before = self._calls
            return self._risen.wait_for(lambda: self.position > after or self._calls != before, timeout)
