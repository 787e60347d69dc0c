"""Supervision over HTTP: from the session that was held to the provider's claim, and what is odd about it."""

from tests.api.town import ANNA, BO, BRACKE, CENTRE, NILS, Town, fresh

TUESDAY = {"unit_id": CENTRE, "on": "2026-03-03"}
SESSION = {**TUESDAY, "worker_ids": [ANNA, BO], "minutes": 40, "supervisor_id": NILS}


def test_a_session_becomes_a_claim_and_one_in_a_team_week_waits_to_be_accepted(town: Town) -> None:
    licensed, office, auditor = (town.call(role) for role in ("licensed", "coordinator", "auditor"))
    held, meeting = fresh("occasion"), fresh("occasion")
    before = licensed.decide(f"/v1/supervision/{held}/hold", SESSION)["position"]
    after = office.decide(f"/v1/supervision/{meeting}/plan-team-meeting", {**TUESDAY, "on": "2026-03-08"})["position"]

    asked = {"month": "2026-03", "min_position": after}
    [claim] = auditor.get("/v1/supervision-basis", **asked).json()["rows"]
    assert (claim["provider_id"], claim["participants"], claim["minutes"], claim["in_team_weeks"]) == (BRACKE, 2, 60, 1)
    [line] = auditor.get("/v1/supervision-basis", **asked, level="occasion").json()["rows"]
    assert (line["session_id"], line["held_minutes"], line["in_team_week"]) == (held, 40, True)
    [then] = auditor.get("/v1/supervision-basis", month="2026-03", as_of=before).json()["rows"]
    assert then["in_team_weeks"] == 0
    assert auditor.get("/v1/supervision-basis", month="2026-02").json()["rows"] == []
    csv = auditor.get("/v1/supervision-basis", **asked, format="csv").text.splitlines()
    assert csv[1] == f"2026-03,{BRACKE},1,2,60,0.00,1"

    code = {"month": "2026-03", "code": "SUPERVISION_IN_TEAM_WEEK"}
    [found] = auditor.get("/v1/exceptions", **code).json()["rows"]
    assert (found["subject_kind"], found["subject_id"], found["minutes"]) == ("supervision", held, 80)
    body = {"key": found["key"], "position": after, "reason_codes": ["OTHER"], "note": "Bytte dag med chefen."}
    accepted = office.decide(f"/v1/exceptions/supervision/{held}/acknowledge", body)["position"]
    assert auditor.get("/v1/exceptions", **code, min_position=accepted).json()["rows"] == []

    withdrawn = office.decide(f"/v1/supervision/{held}/withdraw", {"reason_codes": ["DUPLICATE"]}, version=1)
    assert (
        auditor.get("/v1/supervision-basis", month="2026-03", min_position=withdrawn["position"]).json()["rows"] == []
    )
    trail = [row["text"] for row in auditor.get(f"/v1/audit/supervision/{held}").json()["rows"]]
    assert trail == [
        f"Supervision held 2026-03-03 in unit {CENTRE} by {NILS}, 40 minutes: {ANNA}, {BO}",
        "SUPERVISION_IN_TEAM_WEEK accepted, because OTHER. (sealed)",
        "Withdrawn, because DUPLICATE",
    ]


def test_an_occasion_reads_as_it_stands_and_refuses_what_is_not_known(shared_town: Town) -> None:
    office, occasion = shared_town.call("coordinator"), fresh("occasion")
    path = f"/v1/supervision/{occasion}"
    assert office.get(path).json()["code"] == "supervision_unknown"
    assert (
        office.post(f"{path}/withdraw", {"reason_codes": ["OTHER"]}, version=1).json()["code"] == "supervision_unknown"
    )
    for stranger in ({"unit_id": fresh("unit")}, {"worker_ids": [fresh("worker")]}, {"supervisor_id": fresh("worker")}):
        refused = office.post(f"{path}/hold", SESSION | stranger)
        assert refused.json()["code"] in {"unit_unknown", "worker_unknown"}
    office.decide(f"{path}/cancel", {**TUESDAY, "reason": "supervisor_away"})
    [shown] = office.get(path).json()["facts"]["supervision_session"]
    assert (shown["session_on"], shown["cancelled_because"]) == ("2026-03-03", "supervisor_away")
