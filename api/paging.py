"""Pages of computed rows. The rows are the same each time, for the cursor stays at the first page's position."""

from collections.abc import Collection, Sequence
from datetime import date

from fastapi import Request, Response

from api.reading import View, cursor_of
from api.rendering import Row, answer


def page(
    request: Request, view: View, rows: Sequence[Row], limit: int, form: str, *, days: Collection[date] = ()
) -> Response:
    """Answer with the rows after those of the page before, and a cursor when more follow. `days` are those they are about."""
    start = int(view.after or 0)
    shown = rows[start : start + limit]
    end = start + len(shown)
    following = cursor_of(view.house, request, view.position, str(end)) if end < len(rows) else None
    return answer(view.about(days), shown, form, next_cursor=following)
