"""The access log is added to by the database's own rule: triggers refuse to change entries, or to take away any but old ones.

A pruning is recorded first, beside the entry that says who did it, and only of what is five years old by the database's
clock. Whoever owns the database can drop a trigger: the chain is there to show what was done then.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

KEPT_S = 5 * 365 * 24 * 3600
"""What is younger is not to be pruned. Leap days are the program's to count (`domain.access.entry.require_old`)."""
NUMBERS_IN_S = 1_000_000 << 10
"""Numbers of answers that a second has."""
LAST_NUMBER: Mapping[str, str] = MappingProxyType(
    {
        "access_answer": "answer_id",
        "access_person": "answer_id",
        "access_pruning": "answer_id",
        "access_link": "last_answer_id",
    }
)
"""The tables, and the column that says how late a row is."""
CHANGED = "the access log is added to, and never changed"
TAKEN_AWAY = "entries of the access log are taken away by pruning alone"
NOT_SAID = "a pruning is entered as one, and takes away what is five years old"


def _on_sqlite() -> Iterator[str]:
    for table, number in LAST_NUMBER.items():
        yield _refusal(f"{table}_unchanged BEFORE UPDATE ON {table}", CHANGED)
        pruned = f"EXISTS (SELECT 1 FROM access_pruning WHERE before > OLD.{number})"
        yield _refusal(f"{table}_kept BEFORE DELETE ON {table} WHEN NOT {pruned}", TAKEN_AWAY)
    for table, key in (
        ("access_answer", "answer_id"),
        ("access_pruning", "answer_id"),
        ("access_link", "first_answer_id"),
    ):  # INSERT OR REPLACE takes away a row and asks no other trigger
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
        yield _refusal(f"{table}_new BEFORE INSERT ON {table} WHEN {there}", CHANGED)
    entered = "EXISTS (SELECT 1 FROM access_answer WHERE answer_id = NEW.answer_id AND doing = 'prune')"
    old = f"NEW.before <= (CAST(strftime('%s', 'now') AS INTEGER) - {KEPT_S}) * {NUMBERS_IN_S}"
    yield _refusal(f"access_pruning_said BEFORE INSERT ON access_pruning WHEN NOT ({entered} AND {old})", NOT_SAID)


def _refusal(when: str, text: str) -> str:
    return f"CREATE TRIGGER {when} BEGIN SELECT RAISE(ABORT, '{text}'); END"


def _on_postgresql() -> Iterator[str]:
    yield _function("access_unchanged", f"RAISE EXCEPTION '{CHANGED}';")
    for table, number in LAST_NUMBER.items():
        pruned = f"EXISTS (SELECT 1 FROM access_pruning WHERE before > OLD.{number})"
        refused = f"RAISE EXCEPTION '{TAKEN_AWAY}'"
        yield _function(f"{table}_kept", f"IF NOT {pruned} THEN {refused}; END IF; RETURN OLD;")
        yield _trigger(f"{table}_unchanged BEFORE UPDATE", table, "ROW", "access_unchanged")
        yield _trigger(f"{table}_whole BEFORE TRUNCATE", table, "STATEMENT", "access_unchanged")
        yield _trigger(f"{table}_kept BEFORE DELETE", table, "ROW", f"{table}_kept")
    entered = "EXISTS (SELECT 1 FROM access_answer WHERE answer_id = NEW.answer_id AND doing = 'prune')"
    old = f"NEW.before <= (extract(epoch FROM clock_timestamp())::bigint - {KEPT_S}) * {NUMBERS_IN_S}"
    refused = f"RAISE EXCEPTION '{NOT_SAID}'"
    yield _function("access_pruning_said", f"IF NOT ({entered} AND {old}) THEN {refused}; END IF; RETURN NEW;")
    yield _trigger("access_pruning_said BEFORE INSERT", "access_pruning", "ROW", "access_pruning_said")
    # The lock comes first, in a statement of its own: the next one sees what whoever had it has committed.
    yield """CREATE FUNCTION access_head(OUT last bigint, OUT link bigint, OUT head bytea)
LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM pg_advisory_xact_lock(1986618740::bigint << 32 | 'access_link'::regclass::oid::bigint);
    SELECT last_answer_id, link_id, hash INTO last, link, head
    FROM access_link ORDER BY first_answer_id DESC LIMIT 1;
END
$body$"""


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} END $body$"


def _trigger(when: str, table: str, each: str, function: str) -> str:
    return f"CREATE TRIGGER {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"


STATEMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"sqlite": tuple(_on_sqlite()), "postgresql": tuple(_on_postgresql())}
)
"""What is said to each kind of database once its tables are made."""
