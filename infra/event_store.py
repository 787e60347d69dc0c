"""The log over the store that the settings name."""

from eventsourcing.postgres import PostgresDatastore
from eventsourcing.sqlite import SQLiteDatastore
from psycopg.conninfo import conninfo_to_dict

from infra.postgres_recorder import PostgresLedgerRecorder
from infra.recorder import LedgerRecorder, MicrosecondClock, system_clock
from infra.settings import Settings
from infra.sqlite_recorder import SQLiteLedgerRecorder


def open_log(settings: Settings, *, clock: MicrosecondClock = system_clock) -> LedgerRecorder:
    """Open the log, and create its tables when it is new. Raises the library's errors when the store cannot be used, and
    `SchemaError` when its tables are another release's."""
    recorder = _on_postgresql(settings, clock) if settings.on_postgresql else _on_sqlite(settings, clock)
    try:
        recorder.create_table()
    except BaseException:
        recorder.close()
        raise
    return recorder


def _on_sqlite(settings: Settings, clock: MicrosecondClock) -> SQLiteLedgerRecorder:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    datastore = SQLiteDatastore(str(settings.log_path), originator_id_type="text")
    return SQLiteLedgerRecorder(datastore, clock=clock)


def _on_postgresql(settings: Settings, clock: MicrosecondClock) -> PostgresLedgerRecorder:
    address = {name: str(value) for name, value in conninfo_to_dict(settings.store_url).items()}
    datastore = PostgresDatastore(
        dbname=address.get("dbname", ""),
        host=address.get("host", ""),
        port=address.get("port", "5432"),
        user=address.get("user", ""),
        password=address.get("password", ""),
        originator_id_type="text",
    )
    return PostgresLedgerRecorder(datastore, clock=clock)
