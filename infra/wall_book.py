"""The book that the wall looks into: which client, worker, visit and order a unit may have to do with, as PostgreSQL keeps it.

It is kept by triggers on the tables of facts and grows only. So it says what ever belonged where, whichever build of a read
model told it, and may be wider than the truth, never narrower. No figure is computed from it.

How near something is to a unit stands in `level`, the least that holds:

0. its clients, and who shares a visit or a home with them: their figures are computed together
1. their visits and orders, and the visits that the unit itself was to make
2. its workers, and those lent to it
3. all their visits: their time elsewhere is the unit's time too
4. the clients of those, who say which law and unit the time was for; whoever else was at a visit of 1, or has a shift there
5. all visits of those: an alarm may be a part of another visit, and somebody may have been in two places at once
6. whoever else was at a visit of 3 or 5: who nothing is known of would be taken for everybody's
"""

from collections.abc import Mapping
from types import MappingProxyType

SUBJECT_TABLE, TIE_TABLE = "reach_subject", "reach_tie"
BOOK_TABLES = (SUBJECT_TABLE, TIE_TABLE)
# A tie is of a visit, an order or a household, to a client or a worker. In `unit_id` nothing stands for whoever and whatever no
# unit has: it is every office's to sort out.
BOOK = """
CREATE TABLE IF NOT EXISTS reach_subject (
    subject_id text COLLATE "C" NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    level smallint NOT NULL,
    directly boolean NOT NULL,
    PRIMARY KEY (subject_id, unit_id));

CREATE TABLE IF NOT EXISTS reach_tie (
    of_id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    is_worker boolean NOT NULL,
    PRIMARY KEY (of_id, person_id, is_worker));

CREATE INDEX IF NOT EXISTS reach_tie_by_person ON reach_tie (person_id, is_worker);
"""

LEVEL_AT = """
CREATE OR REPLACE FUNCTION level_at(visit_level integer, is_worker boolean)
RETURNS integer LANGUAGE sql IMMUTABLE AS $body$
    SELECT CASE WHEN is_worker THEN least(visit_level + 3, 6) WHEN visit_level = 1 THEN 0 ELSE visit_level + 1 END
$body$;
"""

# A function's plans are kept for as long as its connection lives. Made while the book was empty they would read all of it for
# each row ever after, so they are made to use its indexes.
# Each turn writes what is nearer than the book has it, and finds what that is tied to; levels only fall, so it ends. What the
# book has already is not touched, since whoever fills another build would wait for it.
SPREAD = """
CREATE OR REPLACE FUNCTION spread_reach(subjects text[], units text[], levels smallint[], is_direct boolean)
RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $body$
BEGIN
    WHILE cardinality(subjects) > 0 LOOP
        WITH given AS (
            SELECT each.subject_id, each.unit_id, min(each.level) AS level
            FROM unnest(subjects, units, levels) AS each (subject_id, unit_id, level)
            GROUP BY each.subject_id, each.unit_id),
        nearer AS (
            INSERT INTO reach_subject AS book (subject_id, unit_id, level, directly)
            SELECT given.subject_id, given.unit_id, given.level, is_direct
            FROM given LEFT JOIN reach_subject AS known USING (subject_id, unit_id)
            WHERE known.level IS NULL OR known.level > given.level OR (is_direct AND NOT known.directly)
            ORDER BY given.subject_id, given.unit_id
            ON CONFLICT (subject_id, unit_id) DO UPDATE
            SET level = least(book.level, excluded.level), directly = book.directly OR excluded.directly
            WHERE book.level > excluded.level OR (excluded.directly AND NOT book.directly)
            RETURNING subject_id, unit_id, level),
        next AS (
            SELECT tie.of_id AS subject_id, nearer.unit_id, nearer.level + 1 AS level
            FROM nearer JOIN reach_tie AS tie ON tie.person_id = nearer.subject_id
            WHERE nearer.level IN (0, 2, 4)
            UNION ALL
            SELECT tie.person_id, nearer.unit_id, level_at(nearer.level, tie.is_worker)
            FROM nearer JOIN reach_tie AS tie ON tie.of_id = nearer.subject_id
            WHERE nearer.level IN (1, 3, 5))
        SELECT array_agg(next.subject_id), array_agg(next.unit_id), array_agg(next.level::smallint)
        INTO subjects, units, levels
        FROM next LEFT JOIN reach_subject AS book USING (subject_id, unit_id)
        WHERE book.level IS NULL OR book.level > next.level;
        is_direct := false;
    END LOOP;
END
$body$;
"""

TIE = """
CREATE OR REPLACE FUNCTION tie_reach(ofs text[], persons text[], workers boolean[])
RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $body$
DECLARE
    subjects text[]; units text[]; levels smallint[];
BEGIN
    WITH given AS (
        SELECT DISTINCT each.of_id, each.person_id, each.is_worker
        FROM unnest(ofs, persons, workers) AS each (of_id, person_id, is_worker)),
    fresh AS (
        INSERT INTO reach_tie SELECT * FROM given ON CONFLICT DO NOTHING RETURNING of_id, person_id, is_worker),
    next AS (
        SELECT fresh.of_id AS subject_id, book.unit_id, book.level + 1 AS level
        FROM fresh JOIN reach_subject AS book ON book.subject_id = fresh.person_id
        WHERE book.unit_id <> '' AND book.level IN (0, 2, 4)
        UNION ALL
        SELECT fresh.person_id, book.unit_id, level_at(book.level, fresh.is_worker)
        FROM fresh JOIN reach_subject AS book ON book.subject_id = fresh.of_id
        WHERE book.unit_id <> '' AND book.level IN (1, 3, 5))
    SELECT array_agg(next.subject_id), array_agg(next.unit_id), array_agg(next.level::smallint)
    INTO subjects, units, levels FROM next;
    PERFORM spread_reach(subjects, units, levels, false);
END
$body$;
"""

# Placed is who belongs to a unit, and what a unit was to do or anybody who is placed had to do with.
SETTLE = """
CREATE OR REPLACE FUNCTION settle_reach(subjects text[])
RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $body$
BEGIN
    WITH given AS (
        SELECT DISTINCT each.subject_id FROM unnest(subjects) AS each (subject_id) WHERE each.subject_id <> ''),
    judged AS (
        SELECT given.subject_id,
            EXISTS (SELECT FROM reach_subject AS own WHERE own.subject_id = given.subject_id AND own.directly)
            OR EXISTS (
                SELECT FROM reach_tie AS tie JOIN reach_subject AS held ON held.subject_id = tie.person_id
                WHERE tie.of_id = given.subject_id AND held.directly) AS is_placed
        FROM given),
    removed AS (
        DELETE FROM reach_subject AS book USING judged
        WHERE judged.is_placed AND book.subject_id = judged.subject_id AND book.unit_id = '')
    INSERT INTO reach_subject (subject_id, unit_id, level, directly)
    SELECT judged.subject_id, '', 0, false FROM judged WHERE NOT judged.is_placed
    ON CONFLICT DO NOTHING;
END
$body$;
"""

TOLD = "told"
"""The rows that a statement has added, as its trigger sees them."""
_OF_WORKER = "SELECT visit_id, worker_id, true FROM {} WHERE worker_id <> ''"
_OF_ORDER = "SELECT order_id, client_id, false FROM {}"
_OF_UNIT = "SELECT visit_id, unit_id, 1 FROM {} WHERE unit_id <> ''"
TIES: Mapping[str, str] = MappingProxyType(
    {
        "membership": "SELECT group_id, person_id, false FROM {} WHERE kind = 'household'",
        "planned_visit": "SELECT visit_id, jsonb_array_elements_text(worker_ids::jsonb), true FROM {}",
        "attendance": _OF_WORKER,
        "service_registered": _OF_WORKER,
        "visit_failed": _OF_WORKER,
        "client_visit": "SELECT visit_id, client_id, false FROM {} WHERE client_id <> ''",
        "order_line": _OF_ORDER,
        "time_frame": _OF_ORDER,
        "need_change": _OF_ORDER,
    }
)
"""What rows of a table say is tied to whom."""
BELONGS: Mapping[str, str] = MappingProxyType(
    {
        "membership": "SELECT person_id, group_id, CASE kind WHEN 'client_unit' THEN 0 ELSE 2 END FROM {}"
        " WHERE kind <> 'household'",
        "planned_visit": _OF_UNIT,
        "attendance": _OF_UNIT,
        "shift": "SELECT worker_id, unit_id, 4 FROM {} WHERE unit_id <> ''",
    }
)
"""What rows of a table say a unit has to do with, and at which level."""
TELLS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("planned_visit", "attendance", "service_registered", "visit_failed"), "visit_id"),
        **dict.fromkeys(("approval_given", "excess_approved", "client_visit"), "visit_id"),
        **dict.fromkeys(("order_line", "time_frame", "need_change", "care_contact", "tag"), "client_id"),
        **dict.fromkeys(("person", "absence", "membership"), "person_id"),
        **dict.fromkeys(("delegation", "title_held", "shift", "indirect_time"), "worker_id"),
        **dict.fromkeys(("device_contact", "quarantined_fact"), "worker_id"),
    }
)
"""The tables whose new rows are written into the book, each with the column of whom or what they are about."""


def functions() -> list[str]:
    """The statements that make the book's functions, those of the triggers among them."""
    return [LEVEL_AT, SPREAD, TIE, SETTLE, *(_trigger(table) for table in TELLS)]


def told_by(table: str, source: str) -> str:
    """What writes the rows of a source, which has the columns of the table, into the book."""
    steps = []
    if table in TIES:
        ties = f"({TIES[table].format(source)}) AS tie (of_id, person_id, is_worker)"
        tied = "tie_reach(array_agg(of_id), array_agg(person_id), array_agg(is_worker))"
        steps += [f"PERFORM {tied} FROM {ties}", f"PERFORM settle_reach(array_agg(person_id)) FROM {ties}"]
    if table in BELONGS:
        held = f"({BELONGS[table].format(source)}) AS held (subject_id, unit_id, level)"
        is_direct = "false" if table == "shift" else "true"
        spread = f"spread_reach(array_agg(subject_id), array_agg(unit_id), array_agg(level::smallint), {is_direct})"
        steps.append(f"PERFORM {spread} FROM {held}")
    steps.append(f"PERFORM settle_reach(array_agg({TELLS[table]})) FROM {source}")
    if table == "membership":
        theirs = f"SELECT of_id FROM {TIE_TABLE} WHERE person_id IN (SELECT person_id FROM {source})"
        steps.append(f"PERFORM settle_reach(array_agg(of_id)) FROM ({theirs}) AS tied")
    return "".join(f"{step}; " for step in steps)


def _trigger(table: str) -> str:
    body = f"BEGIN {told_by(table, TOLD)} RETURN NULL; END"
    return f"CREATE OR REPLACE FUNCTION {table}_reach() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$"
