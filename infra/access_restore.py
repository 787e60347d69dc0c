"""Copies the access log into a backup, and brings back from one what is missing here. Nothing entered since is taken away."""

from collections.abc import Iterator
from heapq import merge
from itertools import chain

import sqlalchemy as sa

from infra.access_tables import ACCESS_TABLES, ANSWER, PERSON, open_access_database
from infra.backup_files import BackupError, BackupFolder, Manifest, Row
from infra.migrate import found_at
from infra.schema import ACCESS
from infra.settings import Settings
from projections import bulk

NOBODYS = "The access log names people in answers that it does not have."


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
    answers = ((row[0], 0) for row in _rows(backup, ANSWER))
    people = ((row[0], 1) for row in _rows(backup, PERSON))
    has_answer = 0
    for number, is_person in merge(answers, people):
        if is_person and number != has_answer:
            return [NOBODYS]
        has_answer = number
    return []


def restore_access(url: str, backup: BackupFolder, manifest: Manifest) -> int:
    """Add the answers that are not here, with whom they were about, in one transaction; and give how many. Safe to repeat."""
    if not manifest.access:
        return 0
    engine = open_access_database(url)
    try:
        with engine.begin() as db:
            for page in backup.pages(PERSON.name):  # before their answers, by which those that are here are told
                bulk.insert(db, PERSON, _missing(db, page))
            added = 0
            for page in backup.pages(ANSWER.name):
                missing = _missing(db, page)
                bulk.insert(db, ANSWER, missing)
                added += len(missing)
    finally:
        engine.dispose()
    return added


def _missing(db: sa.Connection, page: list[Row]) -> list[Row]:
    first, last = page[0][0], page[-1][0]
    here = set(db.scalars(sa.select(ANSWER.c.answer_id).where(ANSWER.c.answer_id.between(first, last))))
    return [row for row in page if row[0] not in here]


def _rows(backup: BackupFolder, table: sa.Table) -> Iterator[Row]:
    assert table in ACCESS_TABLES
    return chain.from_iterable(backup.pages(table.name))
