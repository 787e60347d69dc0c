"""Whether log and keys of a ledger are both where they should be, before a server begins new ones."""

import sqlalchemy as sa

from infra.key_tables import LEDGER_KEY
from infra.migrate import found_at
from infra.read_database import open_engine
from infra.schema import KEYS, STORE, Schema
from infra.setting_values import SettingError
from infra.settings import Settings
from infra.store_tables import EVENT


def check_not_left_alone(settings: Settings) -> None:
    """Raise `SettingError` where one is there without the other: all would look new, or everybody erased. Creates nothing."""
    has_log = _holds(settings.log_url, STORE, EVENT)
    has_keys = _holds(settings.keys_url, KEYS, LEDGER_KEY)
    if has_keys and found_at(settings.log_url, STORE) is None:
        raise SettingError(
            f"There are keys of a ledger in {settings.data_dir}, and no log. Bring the log back (visitledger restore), or name "
            "another folder for a new ledger."
        )
    if has_log and not has_keys:
        raise SettingError(
            f"There is a log, and its keys are not in {settings.data_dir}: everybody would look erased. Bring them back "
            "(visitledger restore). Where they are lost for good, visitledger verify makes new ones for what is yet to come."
        )


def _holds(url: str, schema: Schema, table: sa.Table) -> bool:
    """Whether there is a row. What an earlier release has left counts as one."""
    if (found := found_at(url, schema)) is None or found != schema.head:
        return found is not None
    engine = open_engine(url)
    try:
        with engine.connect() as db:
            return db.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None
    finally:
        engine.dispose()
