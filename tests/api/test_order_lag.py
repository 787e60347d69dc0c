"""What hangs on orders, months and places, over the wire: order lag, and how far a worker came."""

from api.bootstrap import House
from tests.api.conftest import Calls
from tests.api.phones import events
from tests.api.town import ANNA, ASTRID, CENTRE, ORDER, Town, fact, fresh

HOME = {"lat": 62.75, "lon": 15.42, "accuracy_m": 10}
FAR = {"lat": 63.1792, "lon": 14.6357, "accuracy_m": 10}
"""Some 62 kilometres away."""
MARCH = {"from": "2026-03-01", "to": "2026-03-01"}


def test_a_reported_need_is_told_by_order_unit_and_provider(call: Calls, town: Town) -> None:
    order_id = town.placed_order()
    report = {"direction": "decreased", "noticed_on": "2026-02-20"}
    written = call("coordinator").decide(f"/v1/orders/{order_id}/report-need-change", report, version=1)
    auditor = call("auditor")
    asked = {**MARCH, "min_position": written["position"]}
    [lag] = auditor.get("/v1/order-lag", **asked).json()["rows"]
    assert (lag["order_id"], lag["client_id"], lag["ground"]) == (order_id, ASTRID, "reported")
    assert (lag["since_on"], lag["answered_on"], lag["days"]) == ("2026-02-20", None, 10)
    [unit] = auditor.get("/v1/order-lag", **asked, level="unit").json()["rows"]
    [provider] = auditor.get("/v1/order-lag", **asked, level="provider").json()["rows"]
    assert (unit["unit_id"], unit["lags"], unit["unanswered"]) == (CENTRE, 1, 1)
    assert (provider["unit_id"], provider["provider_id"]) == (None, ORDER["provider_id"])
    assert call("admin").get("/v1/order-lag").status_code == 403


def test_an_arrival_says_how_far_it_is_from_the_place_before_and_never_where(
    call: Calls, town: Town, house: House
) -> None:
    first, second = fresh("visit"), fresh("visit")
    left = fact("check_out", first, "06:30", client_ids=[ASTRID], position=HOME)
    came = fact("check_in", second, "06:40", client_ids=[ASTRID], position=FAR)
    position = town.sync(ANNA, [left, came])
    (arrived,) = events(house, second)
    assert (arrived.km_from_previous, arrived.previous_fact_id) == (62, left["id"])
    asked = {"from": "2026-03-02", "code": "IMPOSSIBLE_TRAVEL", "min_position": position}
    [found] = call("auditor").get("/v1/exceptions", **asked).json()["rows"]
    assert (found["subject_kind"], found["subject_id"], found["minutes"]) == ("worker", ANNA, 19)
