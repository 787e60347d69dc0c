"""What a closed month would have had, settled once, to the öre."""

from collections.abc import Mapping, Sequence

from domain.period.adjustment import Adjustment, Cause, Treatment, adjusted_lines
from domain.period.sections import Line, Section
from domain.period.settling import settled
from domain.rulebook.values import AfterLock

PAID = Section(
    name="pay", key=("day", "visit_id", "client_id", "service_code"), measures=("performed_minutes", "amount")
)
SHOWN = Section(name="shown", key=("client_id",), measures=("performed_minutes",), is_adjusted=False)
PHONE, COORDINATOR = Cause(610, from_field=True), Cause(620, from_field=False)


def paid(visit_id: str, minutes: int, amount: str, client_id: str = "asta") -> Line:
    return {
        "day": "2025-03-03",
        "visit_id": visit_id,
        "client_id": client_id,
        "service_code": "SHOWER",
        "performed_minutes": minutes,
        "amount": amount,
    }


def adjust(
    closed: Sequence[Line],
    now: Sequence[Line],
    booked: Sequence[Line] = (),
    *,
    causes: Mapping[str, Sequence[Cause]] | None = None,
    after_lock: AfterLock = AfterLock.NEXT_RUN,
) -> tuple[Line, ...]:
    return adjusted_lines(
        {"pay": closed},
        {"pay": now},
        booked,
        sections=(PAID, SHOWN),
        causes_of=lambda visit_id: (causes or {}).get(visit_id, ()),
        after_lock=after_lock,
    )


CLOSED = [paid("v1", 40, "310.00"), paid("v2", 15, "116.25")]


def test_what_is_unchanged_is_not_adjusted() -> None:
    assert adjust(CLOSED, list(reversed(CLOSED))) == ()


def test_a_visit_learned_of_late_is_added_with_what_caused_it() -> None:
    [line] = adjust(CLOSED, [*CLOSED, paid("v3", 30, "232.50")], causes={"v3": [PHONE]})
    assert line == {
        **paid("v3", 30, "232.50"),
        "section": "pay",
        "treatment": Treatment.ADJUSTMENT,
        "causes": (610,),
    }


def test_a_visit_that_changed_or_went_away_is_adjusted_by_the_difference() -> None:
    changed, gone = adjust(CLOSED, [paid("v1", 35, "271.30")])
    assert (changed["visit_id"], changed["performed_minutes"], changed["amount"]) == ("v1", -5, "-38.70")
    assert (gone["visit_id"], gone["performed_minutes"], gone["amount"]) == ("v2", -15, "-116.25")
    assert "causes" not in gone


def test_other_pay_for_the_same_minutes_is_adjusted_in_money_alone() -> None:
    [line] = adjust(CLOSED, [paid("v1", 40, "310.01"), CLOSED[1]])
    assert line["amount"] == "0.01"
    assert "performed_minutes" not in line


def test_a_difference_is_settled_once() -> None:
    now = [*CLOSED, paid("v3", 30, "232.50")]
    booked = adjust(CLOSED, now)
    assert adjust(CLOSED, now, booked) == ()


def test_what_was_settled_is_taken_back_when_it_no_longer_holds() -> None:
    booked = adjust(CLOSED, [*CLOSED, paid("v3", 30, "232.50")])
    [line] = adjust(CLOSED, CLOSED, booked)
    assert (line["visit_id"], line["performed_minutes"], line["amount"]) == ("v3", -30, "-232.50")


def test_late_facts_of_the_field_alone_are_not_paid_where_the_rulebook_says_so() -> None:
    now = [*CLOSED, paid("v3", 30, "232.50")]
    treated = {
        causes: adjust(CLOSED, now, causes={"v3": causes}, after_lock=AfterLock.NOT_PAID)[0]["treatment"]
        for causes in ((PHONE,), (PHONE, COORDINATOR), ())
    }
    assert treated == {
        (PHONE,): Treatment.LATE,
        (PHONE, COORDINATOR): Treatment.ADJUSTMENT,
        (): Treatment.ADJUSTMENT,
    }


def test_what_is_only_shown_is_never_settled() -> None:
    before: dict[str, Sequence[Line]] = {"pay": (), "shown": [{"client_id": "asta", "performed_minutes": 10}]}
    now: dict[str, Sequence[Line]] = {"pay": (), "shown": ()}
    lines = adjusted_lines(
        before, now, (), sections=(PAID, SHOWN), causes_of=lambda _: (), after_lock=AfterLock.NEXT_RUN
    )
    assert lines == ()


def test_the_sums_of_an_adjustment_count_no_money_for_what_is_late() -> None:
    late: Line = {
        "section": "pay",
        "treatment": "late",
        "visit_id": "v4",
        "performed_minutes": 20,
        "amount": "155.00",
        "causes": (7,),
    }
    paid_now = adjust([], [paid("v3", 30, "232.50")], causes={"v3": [COORDINATOR, PHONE]})
    found = settled(Adjustment(month="2025-03", digest="d", rulebook_versions=("r",), lines=(late, *paid_now)))
    assert (found.lines, found.minutes, found.amount_ore) == (1, 30, 23_250)
    assert (found.late_lines, found.late_minutes) == (1, 20)
    assert found.cause_positions == (7, 610, 620)
