"""The mapping: how one planning system's files differ from the documented ones. A TOML text, checked before any row is."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from api.csv_import.faults import UnusableFileError

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = datetime(2031, 12, 24, 17, 45)  # noqa: DTZ001  # a time on the wall, to try a format with


@dataclass(frozen=True, slots=True)
class Columns:
    """The documented columns of one kind of file, and those that must be there."""

    names: tuple[str, ...]
    required: tuple[str, ...]


class FileMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything at its default: the documented file. `columns` is our name -> theirs, `values` column -> theirs -> ours."""

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    time_format: str = ""
    """As `strptime` takes it; empty for ISO 8601."""
    zone: str = ""
    """The zone of times without offset; empty: such times are rejected."""
    other_columns: str = "refuse"
    columns: Mapping[str, str] = msgspec.field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)

    def theirs(self, column: str) -> str:
        """What the file calls one of our columns."""
        return self.columns.get(column, column)


DOCUMENTED = FileMapping()


def read_mapping(text: str, columns: Columns) -> FileMapping:
    """Read and check a mapping. Raises `UnusableFileError` that points at the setting, and never repeats it."""
    try:
        mapping = msgspec.convert(tomllib.loads(text), FileMapping)
    except msgspec.ValidationError as error:
        raise _invalid(_setting_in(str(error))) from None
    except (ValueError, RecursionError):  # no TOML; a number without end; nested without end
        raise _invalid("") from None
    _check(mapping, columns)
    return mapping


def _check(mapping: FileMapping, columns: Columns) -> None:
    theirs = [name.strip() for name in mapping.columns.values()]
    sound = {
        "encoding": mapping.encoding in ENCODINGS,
        "delimiter": mapping.delimiter in DELIMITERS,
        "time_format": not mapping.time_format or _is_time_format(mapping.time_format),
        "zone": not mapping.zone or _is_zone(mapping.zone),
        "other_columns": mapping.other_columns in ("refuse", "ignore"),
        "columns": set(mapping.columns) <= set(columns.names) and all(theirs) and len(set(theirs)) == len(theirs),
        "values": set(mapping.values) <= set(columns.names),
    }
    for setting, is_sound in sound.items():
        if not is_sound:
            raise _invalid(setting)


def _is_time_format(text: str) -> bool:
    """Whether day, hour and minute survive being written and read by it."""
    try:
        read = datetime.strptime(SAMPLE.astimezone().strftime(text), text)  # noqa: DTZ007  # tried, not kept
    except ValueError:
        return False
    return read.replace(tzinfo=None) == SAMPLE


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True


def _setting_in(message: str) -> str:
    """The setting a validator's message points at, by its own name; empty where that is not one of ours."""
    path = message.rpartition("`$.")[2].rstrip("`").partition("[")[0]
    return path if path in FileMapping.__struct_fields__ else ""


def _invalid(setting: str) -> UnusableFileError:
    return UnusableFileError("mapping_invalid", f"/mapping/{setting}".rstrip("/"))
