"""Ids that are looked up in one go are found by an index, not by reading the table."""

import sqlalchemy as sa

from domain.facts import Attendance
from projections.among import among
from projections.believed import believed, columns
from projections.fact_tables import FACT_TABLES


def test_sqlite_looks_visits_up_by_an_index() -> None:
    table = FACT_TABLES[Attendance].table
    wanted = sa.select(table).where(believed(Attendance, 5), among(columns(Attendance).visit_id, ["v1", "v2"]))
    engine = sa.create_engine("sqlite://")
    with engine.connect() as db:
        table.create(db)
        compiled = wanted.compile(engine)
        values = tuple(compiled.params[name] for name in compiled.positiontup or ())
        plan = [row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", (*values[:2], '["v1"]'))]
    engine.dispose()

    assert "(visit_id=?)" in plan[0], plan
