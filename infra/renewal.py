"""Read models that an older version of the program has filled: built anew beside, by whoever follows the log."""

import threading
from collections.abc import Callable

import sqlalchemy as sa
import structlog

from infra.build_filling import RebuildEndedError, RebuildStoppedError
from infra.codec import EventCodec
from infra.intake import TRANSIENT
from infra.rebuild import Rebuild
from infra.rebuild_lock import RebuildRunningError
from infra.recorder import LedgerRecorder
from projections.projection import Projection, place_of

LOOK_AGAIN_S = 2.0

log = structlog.get_logger(__name__)


class Renewal:
    """Rebuilds them in the caller's thread, or one after the other in a thread of its own."""

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec, engine: sa.Engine) -> None:
        self._recorder = recorder
        self._codec = codec
        self._engine = engine
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.failure: Exception | None = None
        """Why a read model cannot be built by this program; None while nothing is known to be wrong."""

    def run(self, projection: Projection, progress: Callable[[int, int], None] | None = None) -> None:
        """Rebuild, or wait a little for somebody else who does. Raises what `Rebuild.run` raises but `RebuildRunningError`."""
        rebuild = Rebuild(
            self._recorder,
            self._codec,
            self._engine,
            projection,
            told=lambda _what, done, of: progress(done, of) if progress else None,
            stopping=self._stopping,
        )
        with self._engine.connect() as db:
            if place_of(db, projection) is not None:  # it was done meanwhile
                return
        try:
            rebuilt = rebuild.run(leave_parked=True)
        except RebuildRunningError:
            self._stopping.wait(LOOK_AGAIN_S)
            return
        log.info("projection_renewed", projection=projection.name, position=rebuilt.position, events=rebuilt.events)

    def start(self, projection: Projection) -> None:
        """Begin with one in a thread, unless that is busy, or has found that it cannot be done."""
        busy = self._thread is not None and self._thread.is_alive()
        if not busy and self.failure is None and not self._stopping.is_set():
            self._thread = threading.Thread(target=self._follow, args=(projection,), name="renewal", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End after the batch in hand."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._stopping.clear()

    def _follow(self, projection: Projection) -> None:
        try:
            self.run(projection)
        except RebuildEndedError:
            pass
        except RebuildStoppedError as error:
            log.critical("renewal_stopped", projection=projection.name, position=error.position, topic=error.topic)
            self.failure = error
        except TRANSIENT as error:
            log.warning("renewal_waits", projection=projection.name, why=type(error).__name__)
            self._stopping.wait(LOOK_AGAIN_S)
        except Exception as error:
            log.critical("renewal_failed", projection=projection.name, exc_info=error)
            self.failure = error
