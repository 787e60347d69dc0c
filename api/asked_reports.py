"""The reports whose cells can be compared and explained, as a query names them."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from api import pay_reports, reports
from api.problems import Problem
from api.strict_route import FieldError
from domain.compared_reports import EVERYBODYS, Narrowed, PayCells, PerformedCells, ReconciledCells
from domain.reconciliation import Level, RowKey
from domain.report_cells import CellReport, Key


class ReportName(StrEnum):
    """A report, by its path."""

    PERFORMED_TIME = "performed-time"
    RECONCILIATION = "reconciliation"
    REIMBURSEMENT = "reimbursement"
    EXCEPTIONS = "exceptions"


PAY_LINE = ("client", "service", "day", "visit", "kind", "band")
"""What lines are told apart by where no other grouping is asked for."""
NAMES = {
    ReportName.PERFORMED_TIME: {str(group): name for group, (name, _) in reports.KEYS.items()},
    ReportName.REIMBURSEMENT: {str(group): name for group, (name, _) in pay_reports.KEYS.items()},
}

NARROWED_BY: Mapping[ReportName, frozenset[str]] = {
    ReportName.PERFORMED_TIME: frozenset({"client_id", "worker_id", "unit_id"}),
    ReportName.RECONCILIATION: frozenset({"client_id", "unit_id"}),
    ReportName.REIMBURSEMENT: frozenset({"client_id", "provider_id", "unit_id"}),
    ReportName.EXCEPTIONS: frozenset({"client_id", "worker_id", "unit_id"}),
}
"""Whose cells each report can be asked for."""
FILTERS = ("client_id", "worker_id", "unit_id", "provider_id")


def refuse_ignored(name: ReportName, of: Narrowed) -> None:
    """Raises 422 for a filter that the report has not, rather than tell everybody's cells as one's."""
    given = [each for each in FILTERS if getattr(of, each) is not None]
    ignored = [FieldError(f"/query/{each}", "invalid") for each in given if each not in NARROWED_BY[name]]
    if ignored:
        raise Problem("invalid", errors=ignored)


def grouped(
    name: ReportName, group_by: Sequence[str] = (), level: Level = Level.SERVICE, of: Narrowed = EVERYBODYS
) -> CellReport:
    """The report with the cells that a query asks for. Raises 422 for a grouping that it does not have."""
    match name:
        case ReportName.PERFORMED_TIME:
            return PerformedCells(_keys(reports.KEYS, group_by or ("day",)), of)
        case ReportName.REIMBURSEMENT:
            return PayCells(_keys(pay_reports.KEYS, group_by or PAY_LINE), of)
        case ReportName.RECONCILIATION:
            return ReconciledCells(level, of)
        case ReportName.EXCEPTIONS:
            raise Problem("invalid", errors=[FieldError("/query/report", "invalid")])


def named(name: ReportName, cell: Mapping[str, str], of: Narrowed) -> tuple[CellReport, Key]:
    """The report added up by what names one cell, and the cell's key as text. Raises 422 for a name that its cells have not,
    and for a reconciliation of no one client: a unit's or provider's cell has hundreds of clients' parts."""
    if name is ReportName.RECONCILIATION:
        _refuse_others(cell, RowKey._fields)
        if "client_id" not in cell:
            raise Problem("too_wide")
        report: CellReport = ReconciledCells(Level.SERVICE if "service_code" in cell else Level.CLIENT, of)
    else:
        groups = {told: group for group, told in NAMES[name].items()}
        _refuse_others(cell, groups)
        report = grouped(name, [groups[each] for each in cell], of=of)
    return report, tuple(cell.get(each, "") for each in report.key_names)


def as_text(key: Key) -> Key:
    """A key as a query writes it."""
    return tuple("" if part is None else str(part) for part in key)


def _keys(known: Mapping[Any, tuple[str, Any]], group_by: Sequence[str]) -> dict[str, Any]:
    by_name = {str(group): named for group, named in known.items()}
    if not by_name.keys() >= set(group_by):
        raise Problem("invalid", errors=[FieldError("/query/group_by", "invalid")])
    return dict(by_name[each] for each in group_by)


def _refuse_others(cell: Mapping[str, str], known: Collection[str]) -> None:
    unknown = [FieldError(f"/query/{each}", "unknown_field") for each in cell if each not in known]
    if unknown:
        raise Problem("unknown_field", errors=unknown)
