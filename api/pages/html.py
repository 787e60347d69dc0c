"""HTML made of elements: whatever is not an element already is escaped, so nothing stored can become markup."""

from html import escape

VOID = frozenset({"meta", "link", "img", "rect"})
"""Elements without content."""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Node = str | None
Attribute = str | int | float | bool | None


def tag(element: str, /, *content: Node, **attributes: Attribute) -> Html:
    """Make an element. `class_` is written `class`, `aria_label` as `aria-label`; None and False leave out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if element in VOID:
        return Html(f"<{element}{written}/>")
    return Html(f"<{element}{written}>{join(*content)}</{element}>")


def join(*content: Node) -> Html:
    """Put elements and texts after one another."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in content if part is not None))


def with_code(text: str) -> Html:
    """Show what stands between backticks as code."""
    parts = text.split("`")
    return join(*(tag("code", part) if index % 2 else part for index, part in enumerate(parts)))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
