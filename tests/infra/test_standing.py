"""How far the read models are behind, and what the metrics are called."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.event import RecordedEvent
from domain.ids import StreamId
from domain.log import NewRow
from domain.person.events import PersonKeysDestroyed
from domain.person.values import ErasureReason
from infra import intake
from infra.event_codec import event_codec
from infra.gauges import Gauges
from infra.intake import EventFailedError
from infra.keys import open_key_store
from infra.remembered_erasures import RememberedErasures
from infra.standing import Fault, Lag, Lookout
from infra.telemetry import REGISTRY
from infra.writer import GroupWriter
from tests.architecture.tree import ROOT
from tests.infra.story_log import RECORDED_US, StoryLog
from tests.infra.writing import ledger_over
from tests.projections.story import STORY

HALF, WHOLE = len(STORY) // 2, len(STORY)
THREE_SECONDS_US, HOUR_US = 3_000_000, 3_600_000_000
ROW = re.compile(r"\| `(visitledger_\w+)` \| (\w+) \| (.+) \|")


class Place:
    """A log with its read models, its keys, and somebody who looks at them three seconds after the last event."""

    def __init__(self, folder: Path) -> None:
        self.story = StoryLog(f"sqlite:///{folder / 'ledger.db'}")
        self.keys_url = f"sqlite:///{folder / 'keys.db'}"
        self.keys = open_key_store(self.keys_url, f"file:{folder / 'master.key'}")
        self.projector = self.story.projector()
        self.now_us = RECORDED_US + THREE_SECONDS_US
        self.lookout = Lookout(
            self.story.recorder,
            self.keys,
            self.story.engine,
            self.projector,
            RememberedErasures(self.story.recorder, event_codec()),
            lambda: self.now_us,
        )

    def metrics(self) -> str:
        return Gauges(self.lookout, GroupWriter(ledger_over(self.story.recorder))).text().decode()

    def close(self) -> None:
        self.keys.close()
        self.story.close()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be folded is tried again at once."""
    monkeypatch.setattr(intake, "AGAIN_AFTER_S", (0.0, 0.0))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with closing(Place(tmp_path)) as place:
        yield place


def test_the_lag_is_counted_in_events_and_in_seconds_since_the_first_of_them(place: Place) -> None:
    place.story.append(STORY[:HALF])
    place.projector.catch_up()
    assert place.lookout.look().lags["facts"] == Lag(HALF, 0, 0.0)
    place.story.append(STORY[HALF:])
    standing = place.lookout.look()
    assert standing.position == WHOLE
    assert standing.lags == dict.fromkeys(("facts", "audit_trail"), Lag(HALF, WHOLE - HALF, 3.0))
    assert f'visitledger_projection_lag_events{{projection="facts"}} {WHOLE - HALF}.0' in place.metrics()
    assert 'visitledger_projection_lag_seconds{projection="facts"} 3.0' in place.metrics()


def test_a_lag_within_the_limit_is_no_fault_and_one_beyond_it_is(place: Place) -> None:
    place.story.append()
    assert place.lookout.look().within(WHOLE).faults == []
    assert place.lookout.look().within(WHOLE - 1).faults == [Fault("read_models", "behind")]


def test_an_approved_erasure_is_late_an_hour_after_it_was_decided(place: Place) -> None:
    decided = PersonKeysDestroyed(
        originator_id=StreamId("person/anna"),
        originator_version=1,
        actor="admin/ulla",
        reason=ErasureReason.OTHER,
        approved_by="bo",
        to_follow=("keys",),
    )
    place.story.append([RecordedEvent(1, datetime.now(UTC), decided)])
    place.now_us = RECORDED_US + HOUR_US
    assert "visitledger_erasures_late 0.0" in place.metrics()
    place.now_us += 1
    assert "visitledger_erasures_late 1.0" in place.metrics()


def no_log(place: Place) -> None:
    place.story.recorder.close()


def no_keys(place: Place) -> None:
    with sa.create_engine(place.keys_url).begin() as db:
        db.exec_driver_sql("DROP TABLE data_key")


def no_read_models(place: Place) -> None:
    with place.story.engine.begin() as db:
        db.exec_driver_sql("DROP TABLE client_month_due")


def no_projector(place: Place) -> None:
    strange = [NewRow(f"visit/strange-{number}", 1, "visit.from_the_future", b"{}") for number in range(30)]
    place.story.recorder.append(strange)
    place.projector.start()
    assert not place.projector.wait_until(len(strange), 5)
    place.projector.close()
    assert isinstance(place.projector.failure, EventFailedError)


@pytest.mark.parametrize(
    ("happens", "part", "code"),
    [
        (no_log, "store", "store_unavailable"),
        (no_keys, "keys", "keys_unavailable"),
        (no_read_models, "read_models", "read_models_unavailable"),
        (no_projector, "projector", "projector_stopped"),
    ],
)
def test_a_part_that_does_not_answer_is_named_and_the_others_are_asked(
    place: Place, happens: Callable[[Place], None], part: str, code: str
) -> None:
    assert place.lookout.look().faults == []
    happens(place)
    assert place.lookout.look().faults == [Fault(part, code)]
    text = place.metrics()
    for each in ("store", "keys", "read_models", "projector"):
        assert f'visitledger_up{{part="{each}"}} {0.0 if each == part else 1.0}' in text


def test_the_document_lists_every_metric(place: Place) -> None:
    gauges = Gauges(place.lookout, GroupWriter(ledger_over(place.story.recorder)))
    families = [family for registry in (gauges.registry, REGISTRY) for family in registry.collect()]
    listed = ROW.findall((ROOT / "docs/operating.md").read_text(encoding="utf-8"))
    ours = {
        (f"{each.name}_total" if each.type == "counter" else each.name, each.type, each.documentation)
        for each in families
    }
    assert {row for row in ours if row[0].startswith("visitledger_")} == set(listed)
    assert len(listed) == len(set(listed))
