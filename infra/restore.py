"""Puts a backup in the place of a log: checked first, whole or not at all, and under a new epoch.

Whoever has stored a position of the log that stood there before (a read model, a publisher) sees by the epoch that it is not
this log's. The replaced log is kept beside, under a name of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.access.entry import Access
from domain.log import Restoration
from infra.access_restore import restore_access
from infra.backup_files import BackupError, BackupFolder
from infra.codec import EventCodec
from infra.key_restore import KeysRestored, restore_keys
from infra.log_site import site_of_log
from infra.master_key_place import master_key_at
from infra.projector import Progress
from infra.read_database import open_engine
from infra.replaced_log import ReplacedLog, epoch_above, log_there
from infra.restore_check import Examined, examine
from infra.settings import Settings
from projections.fact_columns import microseconds


@dataclass(frozen=True)
class Restored:
    """What a restore came to."""

    restoration: Restoration
    there: ReplacedLog | None
    kept_as: str
    """What the replaced log is called now; empty where nothing was worth keeping."""
    keys: KeysRestored
    entries: int
    """How many answers were added to the access log here."""


@contextmanager
def examined(
    settings: Settings, log: Path, keys: Path, codec: EventCodec, step: Progress, *, beside: Path | None = None
) -> Iterator[tuple[Examined, ReplacedLog | None]]:
    """A backup read from end to end, for the length of a block, and what stands in its place. Changes nothing, but needs
    room for the log `beside`, or where the system keeps what is passing.

    Raises `BackupError` when it cannot be read, `MasterKeyError` when the master key of its time is not in its place.
    """
    master_keys = [master_key_at(place) for place in settings.master_key_places]
    with TemporaryDirectory(prefix=".restoring-", dir=beside) as folder:
        found = examine(BackupFolder(log), BackupFolder(keys), Path(folder), codec, master_keys, step)
        staged = open_engine(found.staged.log_url)
        try:
            there = log_there(settings, staged)
        finally:
            staged.dispose()
        yield found, there


def restore(
    settings: Settings,
    log: Path,
    keys: Path,
    codec: EventCodec,
    *,
    replace: bool,
    by: Access,
    at: datetime,
    step: Progress,
) -> tuple[Examined, Restored]:
    """Restore a backup; `by` is entered where it brings entries of the access log back. Raises `BackupError` when it has a
    fault, when its place is taken and `replace` is not given, or when somebody uses what stands there; nothing is changed
    then, but keys of the backup may have been added by the time that the log cannot be put in its place."""
    site = site_of_log(settings)
    site.check_unused()
    with examined(settings, log, keys, codec, step, beside=settings.data_dir) as (found, there):
        if found.faults:
            raise BackupError("The backup has faults: " + " ".join(found.faults))
        _check_place(found, there, replace=replace)
        restoration = _restoration(settings, found, there, at)
        site.check_unused()
        # Before the log: one whose keys are not there yet would say that everybody was erased.
        restored_keys = restore_keys(settings.keys_url, BackupFolder(keys), found.master_keys)
        entries = restore_access(settings.access_url, BackupFolder(log), found.manifest, by, at_us=microseconds(at))
        kept_as = site.put(found, restoration, keep=there is not None and (not there.readable or there.events > 0))
    return found, Restored(restoration, there, kept_as, restored_keys, entries)


def _check_place(found: Examined, there: ReplacedLog | None, *, replace: bool) -> None:
    if there is None or (there.readable and there.events == 0):
        return
    if there.readable and there.ledger_id != found.manifest.ledger_id:
        raise BackupError(f"Another ledger stands here, with {there.events} events. Restore into a folder of its own.")
    if not replace:
        what = f"a log of {there.events} events" if there.readable else "a log that cannot be read"
        raise BackupError(f"There is {what} here. Give --replace to put the backup in its place; it is kept beside.")


def _restoration(settings: Settings, found: Examined, there: ReplacedLog | None, at: datetime) -> Restoration:
    return Restoration(
        epoch=epoch_above(settings, found.manifest, there),
        restored_at=microseconds(at),
        backup_id=found.manifest.backup_id,
        position=found.manifest.position,
        lost_events=None if there is None else there.lost_events,
        lost_from=None if there is None else there.lost_from,
        lost_until=None if there is None else there.lost_until,
    )
