"""Room for a build beside the one that serves, before it is begun: phones need the same disk."""

import shutil
from pathlib import Path

import sqlalchemy as sa

TIMES = 2
"""[A] Of what the read models' file holds: a build may be as large, and SQLite's own log beside the file once more."""
MEBIBYTE = 2**20


class NoRoomError(Exception):
    """The disk would be full before the build is whole, and then nothing could be recorded any more."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(
            f"A build may take {needed / MEBIBYTE:,.0f} MiB, and the disk has {free / MEBIBYTE:,.0f}: once it is full nothing "
            "can be recorded. Make room; --drop-prior gives back what does not serve."
        )


def check_room(engine: sa.Engine) -> None:
    """Raise `NoRoomError` where the disk of a file has too little. Of PostgreSQL's disk nothing is known here."""
    if engine.dialect.name == "postgresql" or not engine.url.database:
        return
    with engine.connect() as db:
        pages, unused, size = (
            int(db.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
    needed = max(0, TIMES * (pages - unused) - unused) * size
    free = shutil.disk_usage(Path(engine.url.database).parent).free
    if needed > free:
        raise NoRoomError(needed, free)
