"""YAML as rulebooks are written in: a small part of it, in which a text means what it says, and every value knows its line.

Plain scalars are read by YAML 1.2's core schema: `no` is a text, `22:00` too, and 414.80 is that decimal exactly. There are
no anchors, no aliases and no tags, so a document is a tree no larger than its text; its size and depth are limited.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, TypeAlias

import yaml

from domain.rulebook.checks.found import Steps

BYTES_MAX = 65_536
VALUES_MAX = 10_000
DEPTH_MAX = 16
DIGITS_MAX = 18
"""Of a number. Nobody pays or counts so much."""
TEXT_MAX = 200

YamlValue: TypeAlias = "bool | int | Decimal | str | list[YamlValue] | dict[str, YamlValue] | None"

_NULL = re.compile("|~|null|Null|NULL")
_TRUE, _FALSE = re.compile("true|True|TRUE"), re.compile("false|False|FALSE")
_WHOLE = re.compile("[-+]?[0-9]+", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)", re.ASCII)
_OTHER_NUMBER = re.compile(
    r"[-+]?(\.inf|\.Inf|\.INF|\.nan|\.NaN|\.NAN|0[ox][0-9a-fA-F]+|[0-9.]+[eE][-+]?[0-9]+)", re.ASCII
)
_NOT_IN_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_STR_TAG = "!"
"""A quoted text may say that it is one."""


class YamlFault(NamedTuple):
    """Something that cannot be read. Lines are counted from 1."""

    line: int
    path: Steps
    code: str


class YamlDocument(NamedTuple):
    """What was read. `lines` says where each value, or the name before it, stands."""

    value: YamlValue
    lines: dict[Steps, int]
    faults: list[YamlFault]


class _UnreadableError(Exception):
    """Nothing after this can be told apart."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(code)
        self.fault = YamlFault(line, (), code)


def read_yaml(source: bytes) -> YamlDocument:
    """Read a document. With faults, its value holds what could be read."""
    reader = _Reader(_events(source))
    value: YamlValue = None
    try:
        value = reader.document()
    except _UnreadableError as stopped:
        reader.faults.append(stopped.fault)
    return YamlDocument(value, reader.lines, reader.faults)


def _decoded(source: bytes) -> str:
    if len(source) > BYTES_MAX:
        raise _UnreadableError("too_large", 1)
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _UnreadableError("bad_encoding", source.count(b"\n", 0, error.start) + 1) from None


def _events(source: bytes) -> Iterator[yaml.Event]:
    """The parser's events, one by one, so that nothing is read past a limit. Its errors become ours."""
    text = _decoded(source)
    try:
        yield from yaml.parse(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        raise _UnreadableError("bad_character", text.count("\n", 0, error.position) + 1) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _UnreadableError(_syntax(str(error.problem)), 1 + (mark.line if mark else 0)) from None


def _syntax(problem: str) -> str:
    if "\\t" in problem:
        return "tab"
    return "undefined_alias" if "alias" in problem else "colon" if "mapping values" in problem else "bad_yaml"


class _Reader:
    """Makes values of events, and notes where they stand."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._read = 0
        self.lines: dict[Steps, int] = {}
        self.faults: list[YamlFault] = []

    def document(self) -> YamlValue:
        """Read the one document of the text."""
        value: YamlValue = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _UnreadableError("several_documents", _line(event))
                value = self._value(next(self._events), ())
        if not documents:
            raise _UnreadableError("empty", 1)
        return value

    def _value(self, event: yaml.Event, path: Steps) -> YamlValue:
        self.lines.setdefault(path, _line(event))
        self._read += 1
        if len(path) > DEPTH_MAX or self._read > VALUES_MAX:
            raise _UnreadableError("too_deep" if len(path) > DEPTH_MAX else "too_large", _line(event))
        if isinstance(event, yaml.AliasEvent):
            self._fault(event, path, "alias")
            return None
        if getattr(event, "anchor", None) is not None:
            self._fault(event, path, "anchor")
        if getattr(event, "tag", None) not in (None, _STR_TAG):
            self._fault(event, path, "tag")
        match event:
            case yaml.SequenceStartEvent():
                return self._list(path)
            case yaml.MappingStartEvent():
                return self._group(path)
            case yaml.ScalarEvent():
                return self._scalar(event, path)
            case _:
                raise AssertionError(event)

    def _list(self, path: Steps) -> YamlValue:
        values: list[YamlValue] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _group(self, path: Steps) -> YamlValue:
        values: dict[str, YamlValue] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = event.value if isinstance(event, yaml.ScalarEvent) else None
            if name is None or name in values:
                self._fault(event, path, "bad_name" if name is None else "duplicate_name")
                self._skip(event, path)
                continue
            self.lines[*path, name] = _line(event)
            values[name] = self._value(next(self._events), (*path, name))
        return values

    def _skip(self, name: yaml.Event, path: Steps) -> None:
        """Pass over a name that cannot be used, and the value behind it."""
        inside: Steps = (*path, "")
        if not isinstance(name, yaml.ScalarEvent):
            self._value(name, inside)
        self._value(next(self._events), inside)

    def _scalar(self, event: yaml.ScalarEvent, path: Steps) -> YamlValue:
        text = str(event.value)
        if _NOT_IN_TEXT.search(text) or len(text) > TEXT_MAX:
            self._fault(event, path, "too_long" if len(text) > TEXT_MAX else "bad_character")
            return None
        if not event.implicit[0]:
            return text  # quoted, or a block of text
        if _WHOLE.fullmatch(text) or _DECIMAL.fullmatch(text):
            if len(text) > DIGITS_MAX:
                self._fault(event, path, "number_too_long")
                return None
            return int(text) if _WHOLE.fullmatch(text) else Decimal(text)
        if _OTHER_NUMBER.fullmatch(text):
            self._fault(event, path, "bad_number")
            return None
        if _NULL.fullmatch(text):
            return None
        return True if _TRUE.fullmatch(text) else False if _FALSE.fullmatch(text) else text

    def _fault(self, event: yaml.Event, path: Steps, code: str) -> None:
        self.faults.append(YamlFault(_line(event), path, code))


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else event.start_mark.line + 1
