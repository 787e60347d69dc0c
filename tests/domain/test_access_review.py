"""The monthly review finds a snooper that was sown, draws the same sample again, and the extract names no staff."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from domain.access.entry import Doing, Entry, KeptLongerError, require_old
from domain.access.extract import CLASSES, DOINGS, PURPOSES, ROLES, extract
from domain.access.review import SAMPLE_MIN, Facts, Finding, Ground, review, sample
from domain.access.table import ACTIONS
from domain.access.values import Purpose, RecordClass, Role
from domain.access.whose import named_in
from domain.local_time import Month

MARCH = Month(2026, 3)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ASTRID, BIRGER, CENTRE, GALLO = "client astrid", "client birger", "unit centre", "unit gallo"
FACTS = Facts(units_of={ASTRID: {CENTRE}, BIRGER: {GALLO}}, protected=frozenset(), zone="Europe/Stockholm")


def read(
    client: str,
    *,
    role: str = "coordinator",
    subject: str = "eva",
    at: datetime = MONDAY,
    doing: Doing = Doing.READ,
    purpose: str = "",
) -> Entry:
    """One read of a client by somebody of the centre's office, or of the municipality."""
    return Entry(
        recorded_at=at,
        subject=subject,
        role=role,
        unit_ids=(CENTRE,) if role == "coordinator" else (),
        doing=doing,
        action="read.people",
        record_class="care",
        purpose=purpose,
        rule="coordinator.reads",
        request_id="request",
        whose=frozenset({("client", client)}),
    )


def found(*entries: Entry, facts: Facts = FACTS) -> list[Finding]:
    """What the rules find, the sample left out."""
    return [each for each in review(MARCH, entries, facts) if each.ground is not Ground.SAMPLE]


def grounds(*entries: Entry, facts: Facts = FACTS) -> list[Ground]:
    return [each.ground for each in found(*entries, facts=facts)]


def test_an_office_that_reads_its_own_client_by_day_stands_out_by_nothing() -> None:
    assert grounds(read(ASTRID)) == []


def test_who_reads_a_client_that_their_unit_never_had_is_found() -> None:
    [finding] = found(read(BIRGER), read(BIRGER))
    assert (finding.ground, finding.actor, finding.client_id, finding.count) == (
        Ground.NO_RELATION,
        "coordinator/eva",
        BIRGER,
        2,
    )


def test_who_reads_the_municipality_and_said_what_for_is_told_as_such() -> None:
    [finding] = found(read(ASTRID, role="auditor", purpose="audit"))
    assert (finding.ground, finding.purposes) == (Ground.STATED_PURPOSE, ("audit",))


def test_many_clients_in_a_day_are_found_and_over_two_days_are_not() -> None:
    in_a_day = [read(f"client {number}", doing=Doing.LIST) for number in range(61)]
    over_two = [
        read(f"client {number}", doing=Doing.LIST, at=MONDAY + timedelta(days=number % 2)) for number in range(61)
    ]
    [finding] = found(*in_a_day)
    assert (finding.ground, finding.day, finding.count) == (Ground.MANY_CLIENTS, date(2026, 3, 2), 61)
    assert grounds(*over_two) == []


@pytest.mark.parametrize(
    ("at", "is_odd"),
    [
        (MONDAY.replace(hour=4, minute=59), True),  # 05:59 in Sweden
        (MONDAY.replace(hour=5), False),
        (MONDAY.replace(hour=18, minute=59), False),
        (MONDAY.replace(hour=19), True),
        (MONDAY + timedelta(days=5), True),
    ],
)
def test_an_office_reads_by_night_and_on_weekends_at_odd_hours(at: datetime, is_odd: bool) -> None:
    assert (grounds(read(ASTRID, at=at)) == [Ground.ODD_HOURS]) is is_odd


def test_a_care_worker_has_no_odd_hours() -> None:
    assert grounds(read(ASTRID, role="care_worker", at=MONDAY.replace(hour=1))) == []


def test_who_is_denied_often_is_found_and_now_and_then_is_not() -> None:
    five = [read(f"client {number}", doing=Doing.DENIED) for number in range(5)]
    assert grounds(*five) == []
    assert [(each.ground, each.count) for each in found(*five, read("client 6", doing=Doing.DENIED))] == [
        (Ground.DENIED_OFTEN, 6)
    ]


def test_every_read_of_a_protected_person_is_found() -> None:
    protected = msgspec.structs.replace(FACTS, protected=frozenset({ASTRID}))
    assert grounds(read(ASTRID, doing=Doing.LIST), facts=protected) == [Ground.PROTECTED]


def test_a_months_sample_is_two_in_a_hundred_and_five_at_least_and_the_same_again() -> None:
    readers = [f"coordinator/{number}" for number in range(1_000)]
    drawn = sample(MARCH, readers)
    assert (len(drawn), len(sample(MARCH, readers[:100])), len(sample(MARCH, readers[:3]))) == (20, SAMPLE_MIN, 3)
    assert sample(MARCH, list(reversed(readers))) == drawn
    assert sample(Month(2026, 4), readers) != drawn


def test_the_sample_draws_only_those_who_read() -> None:
    entries = [read(ASTRID, subject="denied", doing=Doing.DENIED), read(ASTRID, subject="eva")]
    drawn = [each.actor for each in review(MARCH, entries, FACTS) if each.ground is Ground.SAMPLE]
    assert drawn == ["coordinator/eva"]


def test_the_extract_tells_unit_role_time_and_kind_in_swedish_and_names_nobody() -> None:
    entry = read(ASTRID, subject="eva.svensson", doing=Doing.EXPORT)
    [line] = extract([entry], {CENTRE: "Centrum"}, "Europe/Stockholm", "sv")
    assert msgspec.structs.astuple(line) == (
        "2026-03-02 10:00",
        "Centrum",
        "samordnare",
        "tog ut i en fil",
        "beställningar, besök och personuppgifter",
        "",
    )
    assert "svensson" not in str(line)


def test_the_extract_has_words_for_everything_that_is_entered() -> None:
    assert ROLES.keys() == {*map(str, Role), "operator"}
    assert DOINGS.keys() == set(Doing)
    assert PURPOSES.keys() == {"", *map(str, Purpose)}
    assert CLASSES.keys() == {str(each) for each in ACTIONS.values()} - {RecordClass.RULES, RecordClass.OPERATION}


def test_entries_are_kept_for_five_years_to_the_day() -> None:
    today = date(2031, 3, 2)
    require_old(date(2026, 3, 2), today)
    with pytest.raises(KeptLongerError):
        require_old(date(2026, 3, 3), today)
    with pytest.raises(KeptLongerError):
        require_old(date(2024, 2, 29), date(2029, 2, 28))


def test_whose_data_is_told_is_found_by_the_names_that_ids_go_by() -> None:
    told = {
        "client_ids": ["c1", "c2"],
        "actor": "care_worker/w1",
        "rows": [
            {"worker_id": "w2", "visit_id": "v1"},
            {"subject_kind": "order", "subject_id": "o1"},
            {"by": "unit", "id": "u1"},
        ],
        "facts": [{"kind": "household", "person_id": "c3"}, {"person_kind": "worker", "person_id": "w3"}],
        "key": "UNPLANNED|visit/v2|none",
        "unit_id": "u2",
        "client_id": None,
    }
    assert named_in(told) == {
        ("client", "c1"),
        ("client", "c2"),
        ("client", "c3"),
        ("worker", "w1"),
        ("worker", "w2"),
        ("worker", "w3"),
        ("visit", "v1"),
        ("visit", "v2"),
        ("order", "o1"),
        ("unit", "u1"),
    }


@pytest.mark.parametrize("odd", [0.5, True, [[{}]], [{"a": []}, None, 7], {"a": {}}])
def test_an_id_that_is_no_text_names_nobody(odd: object) -> None:
    assert named_in({"visit_id": odd, "subject_id": odd, "subject_kind": odd, "person_id": odd}) == set()
    beside = {"person_id": "p1", "kind": odd, "client_ids": [odd, "c1"]}
    assert named_in(beside) == {("person", "p1"), ("client", "c1")}
