"""The table of codes."""

import re

from api.problem_codes import CODES
from api.strict_route import CODE_OF_TYPE


def test_the_table_of_codes_is_complete_in_both_languages() -> None:
    for code, info in CODES.items():
        texts = (info.title_en, info.title_sv, info.what_to_do_en, info.what_to_do_sv)
        assert re.fullmatch("[a-z_]+", code)
        assert all(texts)
    assert {CODES[code].status for code in CODE_OF_TYPE.values()} == {422}
