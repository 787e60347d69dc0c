"""The figures of staff continuity: index, care contact, mean and median, limits, and the definition they name (rules.md 9)."""

from datetime import timedelta

import pytest

from domain.context import context_of
from domain.continuity import continuity
from domain.continuity_definition import Asked
from domain.continuity_groups import ContinuityGroup, ContinuityLevel, continuity_groups
from domain.ids import ClientId, WorkerId
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from domain.rulebook.values import ContinuityMeasure
from domain.standing import CareContact, TitleHeld
from tests.domain.continuity_town import CATALOGUE, LAST, OLD, PRIVATE, asked, astas, every_day, met, person, rows, town
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    CILLA,
    GALLO,
    MONDAY,
    MUNICIPAL,
    belongs,
)

# Other figures


def test_the_continuity_index_is_one_for_one_worker_and_falls_with_each_more() -> None:
    assert rows(every_day(ANNA))[ASTA].cci == 1
    assert rows(every_day(ANNA, BO, CILLA))[ASTA].cci == pytest.approx(1 - 2 / 27)
    assert rows([met(MONDAY, "08:00", ANNA)])[ASTA].cci is None


def test_the_care_contacts_share_is_of_visits_while_they_were_the_contact() -> None:
    contacts = [
        CareContact(client_id=ASTA, worker_id=BO, from_on=OLD, until_on=MONDAY + timedelta(days=7)),
        CareContact(client_id=ASTA, worker_id=ANNA, from_on=MONDAY + timedelta(days=7), until_on=None),
    ]
    row = astas(met(MONDAY, "12:00", BO), context=town(contacts=contacts))
    assert (row.care_contact_id, row.care_contact_visits, row.visits) == (ANNA, 15, 29)
    assert row.care_contact_share == 15 / 29


@pytest.mark.parametrize(("title", "holds"), [("assistant_nurse", True), ("nurse", False)])
def test_the_care_contact_holds_the_title_of_assistant_nurse_or_it_is_told(title: str, *, holds: bool) -> None:
    contact = CareContact(client_id=ASTA, worker_id=ANNA, from_on=OLD, until_on=None)
    held = TitleHeld(worker_id=ANNA, title=title, from_on=LAST)
    assert astas(context=town(contacts=[contact], titles=[held])).care_contact_holds_title is holds
    later = TitleHeld(worker_id=ANNA, title=title, from_on=LAST + timedelta(days=1))
    assert astas(context=town(contacts=[contact], titles=[later])).care_contact_holds_title is False
    assert astas().care_contact_holds_title is None


def workers(count: int) -> list[WorkerId]:
    return [WorkerId(f"worker-{number}") for number in range(count)]


def groups(level: ContinuityLevel, rulebook: Rulebook = DEFAULT_RULEBOOK) -> list[ContinuityGroup]:
    """Three clients who meet 2, 10 and 14 workers (one more than 10), the last of a private provider."""
    names = [ClientId(name) for name in ("a", "b", "c")]
    visits = [
        made
        for name, number in zip(names, (2, 10, 14), strict=True)
        for made in every_day(*workers(number), client=name)
    ]
    context = context_of(
        people=[person(name) for name in names],
        memberships=[belongs("client_unit", name, GALLO if name == "c" else BRACKE) for name in names],
        units=town().units.values(),
        services=CATALOGUE,
        care_contacts=[CareContact(client_id=names[0], worker_id=workers(1)[0], from_on=OLD, until_on=None)],
    )
    return continuity_groups(continuity(MONDAY, visits, context=context, rulebook=rulebook), level)


def test_the_municipality_has_mean_and_median_and_the_share_above_each_limit() -> None:
    [whole] = groups(ContinuityLevel.MUNICIPALITY)
    assert (whole.clients, whole.median, whole.value) == (3, 10, 10)
    assert whole.mean == pytest.approx(26 / 3)
    assert whole.shares_over == {10: pytest.approx(1 / 3), 20: 0}
    assert (whole.without_care_contact, whole.care_contact_share) == (2, 21 / 28)


def test_the_older_definitions_value_is_the_mean() -> None:
    [whole] = groups(ContinuityLevel.MUNICIPALITY, rulebook_with(continuity_measure=ContinuityMeasure.MEAN))
    assert whole.value == whole.mean


def test_units_and_providers_have_figures_of_their_own() -> None:
    assert [(group.unit_id, group.clients, group.median) for group in groups(ContinuityLevel.UNIT)] == [
        (BRACKE, 2, 6),
        (GALLO, 1, 14),
    ]
    assert [(group.provider_id, group.unit_id, group.median) for group in groups(ContinuityLevel.PROVIDER)] == [
        (MUNICIPAL, None, 6),
        (PRIVATE, None, 14),
    ]


def test_a_municipality_where_nobody_is_counted_has_no_figure_and_says_how_many_were_left_out() -> None:
    report = continuity(MONDAY, every_day(ANNA, days=3), context=town(), rulebook=DEFAULT_RULEBOOK)
    [whole] = continuity_groups(report, ContinuityLevel.MUNICIPALITY)
    assert (whole.clients, whole.left_out, whole.value, whole.shares_over) == (0, 1, None, {10: None, 20: None})


# The definition


def test_a_question_may_state_the_parameters_otherwise_and_the_version_says_so() -> None:
    assert asked(Asked()).version == asked(Asked(period_days=14, window="07:00-22:00")).version == "1"
    monthly = asked(Asked(period_days=28, window="00:00-24:00"))
    assert (monthly.period_days, monthly.window, monthly.version) == (28, "00:00-24:00", "1, changed")
    made = [*every_day(ANNA, days=28), met(MONDAY + timedelta(days=27), "23:30", BO)]
    row = rows(made, definition=monthly)[ASTA]
    assert (row.workers, row.visits, row.left_out) == (2, 57, None)


def test_the_report_names_the_definition_and_the_rules_of_its_first_day() -> None:
    report = continuity(MONDAY, [], context=town(), rulebook=rulebook_with("2026-1", continuity_definition="2026"))
    assert (report.definition.version, report.rulebook_version) == ("2026", "2026-1")
    assert (report.first_on, report.last_on) == (MONDAY, LAST)
