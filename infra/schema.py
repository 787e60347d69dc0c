"""Which form a database's tables have: a number beside them, held against the one that this program is written for.

Tables of a new database are made in today's form at once and get today's number; `infra/migrations` brings older ones here.
"""

from dataclasses import dataclass

import sqlalchemy as sa

MIGRATE = "Stop every server and run: visitledger migrate"


@dataclass(frozen=True)
class Schema:
    """One of the four sets of tables. `name` is the folder of its migrations, `head` the number of today's form."""

    name: str
    what: str
    mark: str
    """A table that was there from the first release on."""
    head: str
    first: str = "0001"
    """The form of release 0.1.0, which wrote no number."""

    @property
    def version_table(self) -> str:
        """Where the number stands. Each set has its own, since several may share one database."""
        return f"{self.name}_schema"

    @property
    def stamp(self) -> tuple[str, str]:
        """Statements that make the table of the number, as Alembic makes it, and write today's."""
        key = f"CONSTRAINT {self.version_table}_pkc PRIMARY KEY (version_num)"
        return (
            f"CREATE TABLE {self.version_table} (version_num VARCHAR(32) NOT NULL, {key})",
            f"INSERT INTO {self.version_table} (version_num) VALUES ('{self.head}')",
        )

    def check(self, found: str) -> None:
        """Raise `SchemaOldError` or `SchemaNewError` unless the tables have today's form."""
        if found < self.head:
            raise SchemaOldError(
                f"{self.what} has the tables of an earlier release ({found}, needed: {self.head}). {MIGRATE}"
            )
        if found > self.head:
            raise SchemaNewError(
                f"{self.what} has the tables of a later release ({found}, known: {self.head}). Run that release, or "
                "restore a backup that this one made: visitledger restore"
            )


STORE = Schema("store", "The log", mark="event", head="0004")
KEYS = Schema("keys", "The key database", mark="data_key", head="0004")
ACCESS = Schema("access", "The access log", mark="access_answer", head="0002")
READ = Schema("read", "The read models' database", mark="projection_position", head="0003")


class SchemaError(Exception):
    """The tables are not in the form that this program is written for. The text names the command that helps."""


class SchemaOldError(SchemaError):
    """They are those of an earlier release."""


class SchemaNewError(SchemaError):
    """They are those of a later release, of which this program knows nothing."""


def found_version(db: sa.Connection, schema: Schema) -> str | None:
    """The number of the form that the tables have; None where there are none."""
    tables = set(sa.inspect(db).get_table_names())
    if schema.version_table in tables:
        number = db.execute(sa.text(f"SELECT version_num FROM {schema.version_table}")).scalar()
        return None if number is None else str(number)
    return schema.first if schema.mark in tables else None


def stamp(db: sa.Connection, schema: Schema) -> None:
    """Write that the tables have today's form."""
    for statement in schema.stamp:
        db.exec_driver_sql(statement)
