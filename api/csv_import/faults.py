"""What can be wrong with a file, a mapping or one cell: a code and a place, never the value."""

from collections.abc import Mapping
from dataclasses import replace

from api.problem_codes import CODES, CodeInfo
from api.problems import INVALID, Problem
from api.strict_route import FieldError

LARGE = 413


class BadCellError(Exception):
    """One cell cannot be used. Its row is rejected; the others go on."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(code)
        self.column, self.code = column, code


# fmt: off
FILE_CODES: Mapping[str, CodeInfo] = {
    "empty_file": CodeInfo(INVALID, "The file has no rows", "Filen har inga rader",
        "Export it again: the first line names the columns, each further line is a row.",
        "Exportera den på nytt: första raden namnger kolumnerna, varje följande rad är en post."),
    "bad_encoding": replace(CODES["bad_encoding"], status=INVALID,
        what_to_do_en="Name the file's encoding in the mapping: utf-8, utf-8-sig or cp1252.",
        what_to_do_sv="Ange filens teckenkodning i mappningen: utf-8, utf-8-sig eller cp1252."),
    "not_text": CodeInfo(INVALID, "The file is not text", "Filen är inte text",
        "Export it as CSV: a spreadsheet's own format is not taken.",
        "Exportera den som CSV: kalkylprogrammets eget format tas inte emot."),
    "bad_csv": CodeInfo(INVALID, "The quoting is broken", "Citationstecknen är fel",
        "From the row at that line on, quotes do not match. Nothing was stored.",
        "Från raden som anges går citationstecknen inte ihop. Inget sparades."),
    "too_many_columns": CodeInfo(INVALID, "There are too many columns", "Det är för många kolumner",
        "Export at most 64 columns.", "Exportera högst 64 kolumner."),
    "too_large": replace(CODES["too_large"], status=LARGE,
        what_to_do_en="Split the file: at most 10 MiB and 100 000 rows.",
        what_to_do_sv="Dela filen: högst 10 MiB och 100 000 rader."),
    "column_missing": CodeInfo(INVALID, "A column is missing", "En kolumn saknas",
        "Export the column pointed at, or say in the mapping what it is called.",
        "Exportera den utpekade kolumnen, eller ange i mappningen vad den heter."),
    "column_unknown": CodeInfo(INVALID, "A column is not known", "En kolumn är okänd",
        'Name it in the mapping, or let the mapping say other_columns = "ignore".',
        'Namnge den i mappningen, eller ange other_columns = "ignore" där.'),
    "column_twice": CodeInfo(INVALID, "Two columns have one name", "Två kolumner har samma namn",
        "Export each column once.", "Exportera varje kolumn en gång."),
    "mapping_invalid": CodeInfo(INVALID, "The mapping cannot be used", "Mappningen kan inte användas",
        "Mend what is pointed at in the mapping; docs/import.md says what it may hold.",
        "Rätta det utpekade i mappningen; docs/import.md säger vad den får innehålla."),
}
# fmt: on


class UnusableFileError(Problem):
    """The file, or its mapping, cannot be used at all: nothing of it is stored. `place` is a pointer: `/line/3`."""

    def __init__(self, code: str, place: str) -> None:
        super().__init__(code, errors=[FieldError(place, code)], info=FILE_CODES[code])
        self.place = place
