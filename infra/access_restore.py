"""Copies the access log into a backup, and brings back from one what is missing here. Nothing entered since is taken away."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

import sqlalchemy as sa
from msgspec.structs import replace

from domain.access.entry import Access
from infra.access_chain import Head, Link, Linked, Row, chained, head_of, linked
from infra.access_check import check_rows
from infra.access_entering import insert
from infra.access_tables import ACCESS_TABLES, ANSWER, ENTERED, LINK, PRUNING, open_access_database
from infra.backup_files import BackupError, BackupFolder, Manifest
from infra.migrate import found_at
from infra.schema import ACCESS
from infra.settings import Settings
from projections import bulk

LINKS_AT_ONCE = 1_000


def access_form(settings: Settings) -> str:
    """The number of the form of the access log's tables; empty where there are none. Raises `SchemaError` for another
    release's."""
    found = found_at(settings.access_url, ACCESS)
    if found is None:
        return ""
    ACCESS.check(found)
    return found


def access_faults(backup: BackupFolder, manifest: Manifest) -> list[str]:
    """Read a backup's access log from end to end, and say what is wrong. Raises `BackupError` for another release's."""
    if not manifest.access:
        return []
    if manifest.access != ACCESS.head:
        raise BackupError(f"The backup's access log has tables {manifest.access}; this release reads {ACCESS.head}.")
    tables = [_rows(backup, table) for table in ENTERED]
    check = check_rows(_rows(backup, LINK), tables, list(_rows(backup, PRUNING)))
    return [f"{each.table} {each.key[0]}: {each.kind}" for each in check.found]


def restore_access(url: str, backup: BackupFolder, manifest: Manifest, by: Access, *, at_us: int) -> int:
    """Add the answers that are not here, with whom they were about, in one transaction, and enter by whom; and give how
    many. Safe to repeat. What was pruned here stays away."""
    if not manifest.access:
        return 0
    engine = open_access_database(url)
    try:
        with engine.begin() as db:
            head = head_of(db)
            added, end = _add_missing(db, backup, head) if head.link_id else _copy(db, backup)
            if added:
                insert(db, [replace(by, purpose=f"backup {manifest.backup_id}")], end, at_us=at_us)
    finally:
        engine.dispose()
    return added


def _copy(db: sa.Connection, backup: BackupFolder) -> tuple[int, Head]:
    """The log as it was, where none is: its chain goes on."""
    added = 0
    for table in ACCESS_TABLES:
        for page in backup.pages(table.name):
            bulk.insert(db, table, page)
            added += len(page) if table is ANSWER else 0
    return added, head_of(db)


def _add_missing(db: sa.Connection, backup: BackupFolder, head: Head) -> tuple[int, Head]:
    """What is missing, as the next links of the chain here. Numbers go on above all of both."""
    pruned = db.scalar(sa.select(sa.func.max(PRUNING.c.before))) or 0
    links = (Link._make(row) for row in _rows(backup, LINK))
    pieces = chained(head, _missing(db, linked(links, [_rows(backup, table) for table in ENTERED]), pruned))
    added = 0
    while page := list(islice(pieces, LINKS_AT_ONCE)):
        for number, table in enumerate(ENTERED):
            bulk.insert(db, table, list(chain.from_iterable(each.rows[number] for each in page)))
        bulk.insert(db, LINK, [tuple(each.link) for each in page if each.link])
        added += sum(len(each.rows[0]) for each in page)
        for each in page:
            if each.link is not None:
                head = each.link.head._replace(last_answer_id=max(head.last_answer_id, each.link.last_answer_id))
    return added, head


def _missing(db: sa.Connection, pieces: Iterable[Linked], pruned: int) -> Iterator[Linked]:
    for each in pieces:
        if each.link is not None and each.link.first_answer_id >= pruned and not _is_here(db, each.link):
            yield each


def _is_here(db: sa.Connection, link: Link) -> bool:
    here = sa.select(LINK.c.link_id).where(LINK.c.first_answer_id == link.first_answer_id)
    return db.scalar(here) is not None


def _rows(backup: BackupFolder, table: sa.Table) -> Iterator[Row]:
    return chain.from_iterable(backup.pages(table.name))
