"""Pages of computed rows. The rows are the same each time, for the cursor stays at the first page's position."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from fastapi import Request, Response

from api.access import tell_protected
from api.cursors import cursor_of
from api.reading import View
from api.rendering import Row, answer
from api.whose import people_in
from domain.access.whose import named_in

Item = TypeVar("Item")
NOTHING: Mapping[str, object] = MappingProxyType({})


def page_of(
    request: Request,
    view: View,
    items: Sequence[Item],
    limit: int,
    form: str,
    *,
    tell: Callable[[Item], Row],
    days: Collection[date] = (),
    also: Mapping[str, object] = NOTHING,
) -> Response:
    """Answer with the items after those of the page before, each told as a row only where it is shown; otherwise as `page`."""
    start = int(view.after or 0)
    shown = items[start : start + limit]
    end = start + len(shown)
    following = cursor_of(view.house, request, view.position, str(end)) if end < len(items) else None
    rows = list(map(tell, shown))
    for row in rows if view.reach.entrusted else ():
        tell_protected(view.reach, row.get("client_id"))
    return answer(
        {**view.about(days), **also}, rows, form, whose=people_in(view.db, named_in(rows)), next_cursor=following
    )


def page(
    request: Request,
    view: View,
    rows: Sequence[Row],
    limit: int,
    form: str,
    *,
    days: Collection[date] = (),
    also: Mapping[str, object] = NOTHING,
) -> Response:
    """Answer with the rows after those of the page before, and a cursor when more follow. `days` are those they are about;
    `also` is said of the whole."""
    return page_of(request, view, rows, limit, form, tell=lambda row: row, days=days, also=also)
