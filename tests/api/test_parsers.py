"""Whatever others write is taken or refused with a code: nothing else comes of it."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from api.cursors import MAC_BYTES
from tests.fuzzing.parsers import Parser, parsers, reading_house, refuses_or_takes, samples

NAMES = ["json", "csv", "csv_rows", "rulebook", "cursor", "personnummer", "headers"]
"""Those that no other property test is about; of `sync` see test_sync_reading.py."""
MARKS = b"\x00\x1f\x7f\xc2\x85\xed\xa0\x80\xff\"'\\[]{}(),:;=+-_.0129eE#&*!|>%@`\t\r\n TZ"
PIECES = [b"9" * 5_000, b"[" * 500, b"{a=" * 500, b'"' + b"e\xcc\x81" * 50 + b'"', "１９".encode(), b"1e400", b"NaN"]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mapping[str, Parser], Mapping[str, bytes]]]:
    """The parsers, and something good for each."""
    with reading_house(tmp_path_factory.mktemp("parsers")) as house:
        yield parsers(house), samples(house)


@st.composite
def hurt(draw: st.DrawFn, good: bytes) -> bytes:
    """Something good in which up to four times bytes were cut out and others put in."""
    content = good
    for _ in range(draw(st.integers(1, 4))):
        at, cut = draw(st.integers(0, len(content))), draw(st.integers(0, 8))
        put_in = draw(st.sampled_from(PIECES) | st.lists(st.sampled_from(list(MARKS)), max_size=4).map(bytes))
        content = content[:at] + put_in + content[at + cut :]
    return content


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_written_is_taken_or_refused(
    read: tuple[Mapping[str, Parser], Mapping[str, bytes]], name: str
) -> None:
    parser, good = read[0][name], read[1][name]
    parser(good)

    @seed(1)
    @settings(max_examples=100, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(hurt(good) | st.binary(max_size=200))
    def try_it(content: bytes) -> None:
        refuses_or_takes(parser, content)

    try_it()


@pytest.mark.parametrize("body", [b"5", b"[]", b'{"a":1}', b"[" * 20_000, b"9" * 5_000])
def test_row_51_a_cursor_that_is_not_ours_is_refused_before_it_is_read(
    read: tuple[Mapping[str, Parser], Mapping[str, bytes]], body: bytes
) -> None:
    refuses_or_takes(read[0]["cursor"], urlsafe_b64encode(bytes(MAC_BYTES) + body))


@pytest.mark.parametrize("mapping", [b"a=" + b"[" * 9_000, b"a=" + b"9" * 5_000, b"a=" + b"{a=" * 3_000])
def test_a_mapping_nested_or_counted_without_end_is_refused(
    read: tuple[Mapping[str, Parser], Mapping[str, bytes]], mapping: bytes
) -> None:
    refuses_or_takes(read[0]["csv"], mapping + b"\0")
