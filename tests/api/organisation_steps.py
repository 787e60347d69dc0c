"""Likewise: what is decided about phones, supervision and the organisation itself."""

from tests.api.office_steps import MEANING, Step
from tests.api.town import ANNA, BRACKE, CENTRE, NILS

DEVICE = (
    Step(
        "admin",
        "register",
        {"unit_id": CENTRE, "worker_id": ANNA, "model": "Xcover 7"},
        "device.registered",
        "device_already_registered",
    ),
    Step("admin", "revoke", {"reason": "lost"}, "device.revoked", "device_already_revoked"),
)

SUPERVISION = (
    Step(
        "licensed",
        "hold",
        {"unit_id": CENTRE, "on": "2026-02-03", "worker_ids": [ANNA], "minutes": 30, "supervisor_id": NILS},
        "supervision.held",
        "supervision_already_registered",
    ),
    Step(
        "coordinator",
        "withdraw",
        {"reason_codes": ["DUPLICATE"]},
        "supervision.withdrawn",
        "supervision_already_withdrawn",
    ),
    Step(
        "coordinator",
        "cancel",
        {"unit_id": CENTRE, "on": "2026-02-03", "reason": "supervisor_away"},
        "supervision.cancelled",
        "supervision_already_registered",
    ),
    Step(
        "coordinator",
        "withdraw",
        {"reason_codes": ["DUPLICATE"]},
        "supervision.withdrawn",
        "supervision_already_withdrawn",
    ),
    Step(
        "unit_manager",
        "plan-team-meeting",
        {"unit_id": CENTRE, "on": "2026-02-03"},
        "supervision.team_meeting_planned",
        "supervision_already_registered",
    ),
)

PROVIDER = (
    Step(
        "admin",
        "register",
        {"name": "Norrhem AB", "in_house": False},
        "organisation.provider_registered",
        "provider_already_registered",
    ),
)

UNIT = (
    Step(
        "admin",
        "open",
        {"name": "Kälarne", "provider_id": BRACKE, "kind": "region"},
        "organisation.unit_opened",
        "unit_already_open",
    ),
)

SERVICE_CODE = (
    Step("admin", "define", MEANING, "organisation.service_code_defined", "service_code_already_defined"),
    Step(
        "admin",
        "change",
        {**MEANING, "from_on": "2026-02-01", "standard_minutes": 70},
        "organisation.service_code_changed",
        "service_code_unchanged",
    ),
)
