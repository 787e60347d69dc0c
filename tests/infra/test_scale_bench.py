"""The log that is filled in bulk is one that the product could have written, and what was measured on it can be read off."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.topics import EVENT_CLASSES
from infra.codec import EventCodec
from infra.settings import Settings
from projections.facts import Facts
from tests.benchmarks import scale_block
from tests.benchmarks.appending import append
from tests.benchmarks.scale import Measured, check_not_past
from tests.benchmarks.scale_block import Block, block_in, of_this_version
from tests.benchmarks.scale_chart import Point, scale_chart
from tests.benchmarks.scale_store import Filled

FACTS = 80


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Block:
    """A block of two syncs."""
    return block_in(tmp_path_factory.mktemp("scale"), FACTS)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory, block: Block) -> Iterator[Filled]:
    """A log of two copies."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("twice"))
    with closing(Filled(settings, block)) as filled:
        filled.fill(2 * len(block.rows), lambda *_: None)
        yield filled


def test_each_copy_has_the_same_bytes_but_for_its_ids(twice: Filled, block: Block) -> None:
    size = len(block.rows)

    rows = twice.house.log.read(0, 3 * size)

    first, second = rows[:size], rows[size:]
    assert [row.position for row in rows] == list(range(1, 2 * size + 1))
    assert [row.recorded_at for row in rows] == sorted(row.recorded_at for row in rows)
    assert [(row.version, row.topic, len(row.state)) for row in first] == [
        (row.version, row.topic, len(row.state)) for row in second
    ]
    assert {row.stream for row in first}.isdisjoint(row.stream for row in second)
    assert len(EventCodec(EVENT_CLASSES).decode_rows(rows)) == 2 * size
    assert twice.whole_copies() == {"0": size, "1": 2 * size}


def test_the_register_of_facts_names_the_events_that_carry_them(twice: Filled, block: Block) -> None:
    events = twice.house.codec.decode_rows(twice.house.log.read(0, 3 * len(block.rows)))

    taken = {fact.fact_id: fact.position for fact in twice.house.log.facts("", 1_000)}

    stamped = {recorded.event.stamp.id: recorded.position for recorded in events if recorded.event.stamp}
    assert taken == stamped
    assert len(stamped) == 2 * FACTS


def test_ids_that_phones_make_go_on_growing_and_all_others_are_spread(twice: Filled, block: Block) -> None:
    rows = twice.house.log.read(0, 3 * len(block.rows))
    first, second = rows[: len(block.rows)], rows[len(block.rows) :]

    visits, clients = (
        [[row.stream for row in copy if row.stream.startswith(kind)] for copy in (first, second)]
        for kind in ("visit/", "client/")
    )

    assert max(visits[0]) < min(visits[1])
    assert max(clients[0]) > min(clients[1])


def test_filling_goes_on_after_what_was_appended_and_after_a_copy_that_was_cut(tmp_path: Path, block: Block) -> None:
    with closing(Filled(Settings(data_dir=tmp_path), block)) as filled:
        filled.fill(100, lambda *_: None)
        append(filled.house.log, filled.house.codec, list(block.decided(0x8000))[:10])

        filled.fill(150, lambda *_: None)

        assert filled.house.log.head()[0] == 150
        assert filled.whole_copies() == {}
        assert block.next_number(filled.house) == 2


def test_the_chart_tells_its_figures_to_whoever_cannot_see_it() -> None:
    drawn = scale_chart({"postgresql": {"append_1": [Point(100_000, 1.0), Point(10_000_000, 0.93)]}})

    assert '<desc id="desc">postgresql, append_1: 0.93 at 10,000,000 events.</desc>' in drawn
    assert drawn.count("<circle") == 2


def test_figures_of_another_generation_or_of_other_read_models_are_no_longer_taken_for_current(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [of_this_version("sqlite")]
    monkeypatch.setattr(scale_block, "GENERATION", scale_block.GENERATION + 1)
    names.append(of_this_version("sqlite"))
    monkeypatch.setattr(Facts, "version", Facts.version + 1)
    names.append(of_this_version("sqlite"))

    assert len(set(names)) == 3


def test_a_log_that_has_grown_beyond_a_size_is_not_measured_as_if_it_had_that_size() -> None:
    check_not_past(500_000, 300_900, {"300000": {"figures": {}}})
    check_not_past(500_000, 500_200, {"300000": {"figures": {}}, "500000": {}})  # that run was ended while it measured
    grown: list[Measured] = [{}, {"10000000": {"figures": {}}}, {"500000": {}, "10000000": {}}]
    for measured in grown:
        with pytest.raises(SystemExit, match="10,000,000 events and was never measured at 500,000"):
            check_not_past(500_000, 10_000_000, measured)
