"""Time beyond an order, and without one, is paid only as far as a care manager approved it in writing [S:INTRA16]."""

import pytest

from domain.ids import ClientId, VisitId
from domain.office import visits
from domain.office.act import Act
from domain.visit import errors
from domain.visit.aggregate import Visit
from domain.visit.events import VisitExcessApproved, VisitExtraVisitApproved
from domain.visit.facts import visit_facts
from tests.domain.visit_samples import ASTRID, ATTENDED, PLANNED, Command, visit
from tests.scenario import Told, fact

WHY = "Föll i hallen, behövde lyftas"
KAJSA = "care_manager/kajsa"
Approval = type[VisitExcessApproved | VisitExtraVisitApproved]
EVENTS: list[Approval] = [VisitExcessApproved, VisitExtraVisitApproved]


def approve(event_class: Approval, minutes: int, reason: str = WHY, client: ClientId = ASTRID) -> Command:
    def decide(visit: Visit) -> None:
        if event_class is VisitExcessApproved:
            visit.approve_excess(client_id=client, minutes=minutes, reason=reason)
        else:
            visit.approve_extra_visit(client_id=client, minutes=minutes, reason=reason)

    return decide


def approved(event_class: Approval, minutes: int) -> Told:
    return fact(event_class, actor=KAJSA, client_id=ASTRID, minutes=minutes, reason=WHY)


def standing(*told: Told) -> list[tuple[bool, int]]:
    found = visit_facts(VisitId("visit-1"), visit.given(*told).aggregate.history).excess
    return [(each.is_extra, each.minutes) for each in found]


@pytest.mark.parametrize("event_class", EVENTS)
def test_a_care_manager_approves_minutes_with_the_reason(event_class: Approval) -> None:
    visit.given(*ATTENDED).by(KAJSA).when(approve(event_class, 20)).then(approved(event_class, 20))


@pytest.mark.parametrize("event_class", EVENTS)
def test_approving_the_same_again_adds_nothing(event_class: Approval) -> None:
    visit.given(*ATTENDED, approved(event_class, 20)).by(KAJSA).when(approve(event_class, 20)).then_nothing()
    visit.given(*ATTENDED).by(KAJSA).when(approve(event_class, 0)).then_nothing()


@pytest.mark.parametrize("event_class", EVENTS)
@pytest.mark.parametrize("reason", ["", "EL", "Fall"])
def test_what_is_not_documented_is_not_approved(event_class: Approval, reason: str) -> None:
    visit.given(*ATTENDED).when(approve(event_class, 20, reason)).then_refused(errors.ReasonTextMissingError)


@pytest.mark.parametrize("event_class", EVENTS)
def test_a_visit_that_nobody_knows_has_no_excess(event_class: Approval) -> None:
    visit.given().when(approve(event_class, 20)).then_refused(errors.VisitUnknownError)


@pytest.mark.parametrize("event_class", EVENTS)
def test_only_a_client_of_the_visit_can_have_had_more(event_class: Approval) -> None:
    other = approve(event_class, 20, client=ClientId("somebody-else"))
    visit.given(*ATTENDED).when(other).then_refused(errors.NotTheirVisitError)


def test_the_last_word_holds_and_none_is_left_of_what_was_taken_back() -> None:
    excess, extra = EVENTS
    assert standing(*ATTENDED, approved(excess, 20), approved(extra, 10), approved(excess, 15)) == [
        (False, 15),
        (True, 10),
    ]
    assert standing(PLANNED, approved(excess, 20), approved(excess, 0)) == []


@pytest.mark.parametrize("decide", [visits.approve_excess, visits.approve_extra_visit])
def test_the_office_names_an_unknown_visit(decide: object) -> None:
    assert callable(decide)
    command = decide(VisitId("nobody"), client_id=ASTRID, minutes=20, reason=WHY, act=Act(actor=KAJSA))
    with pytest.raises(errors.VisitUnknownError):
        command.decide(visit.given().aggregate)
