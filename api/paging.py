"""Pages of computed rows. The rows are the same each time, for the cursor stays at the first page's position."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from fastapi import Request, Response

from api.reading import View, cursor_of
from api.rendering import Row, answer

NOTHING: Mapping[str, object] = MappingProxyType({})


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
    start = int(view.after or 0)
    shown = rows[start : start + limit]
    end = start + len(shown)
    following = cursor_of(view.house, request, view.position, str(end)) if end < len(rows) else None
    return answer({**view.about(days), **also}, shown, form, next_cursor=following)
