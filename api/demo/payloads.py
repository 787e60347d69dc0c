"""What the phone says of an arrival, a departure, a service: the payloads of the protocol, with the position it has."""

from collections.abc import Iterable, Sequence
from random import Random

from api.demo.chance import drawn, happens
from api.demo.outcomes import Done
from api.demo.people import DemoClient
from api.demo.phone import Json
from api.demo.places import Home, shifted
from domain.values import NotPerformedReason, VisitKind

TAG_SHARE = 0.8
"""[A] How many homes have a tag by the door. The others are registered without a receipt."""
FIXES = (("inside", 80), ("weak", 6), ("absent", 9), ("outside", 5))
ABSENT_REASONS = (("timeout", 5), ("indoors", 4), ("permission", 1))


def clients_in(clients: Iterable[DemoClient]) -> list[Json]:
    """Their ids."""
    return [client.client_id for client in clients]


def check_in(clients: Sequence[DemoClient], kind: VisitKind | None, chance: Random) -> dict[str, Json]:
    """The worker arrived. `kind` only where the visit is not in the plan."""
    payload: dict[str, Json] = {"client_ids": clients_in(clients), **_presence(clients[0], chance)}
    return {**payload, "kind": kind.value} if kind else payload


def check_out(clients: Sequence[DemoClient], arrival_id: str | None, chance: Random) -> dict[str, Json]:
    """The worker left. Another phone than the one at arrival does not know which arrival."""
    payload: dict[str, Json] = {"client_ids": clients_in(clients), **_presence(clients[0], chance)}
    return {**payload, "arrival_id": arrival_id} if arrival_id else payload


def service(done: Done) -> tuple[str, dict[str, Json]]:
    """One service, performed or declined, and which type of fact that is."""
    kind = "service_performed" if done.performed else "service_declined"
    return kind, {"service_code": done.service.service_code, "client_id": done.service.client_id}


def not_performed(clients: Sequence[DemoClient], reason: NotPerformedReason) -> dict[str, Json]:
    """Nothing was done."""
    return {"reason": reason.value, "client_ids": clients_in(clients)}


def _presence(client: DemoClient, chance: Random) -> dict[str, Json]:
    """The proof of presence and the position, each if there is one."""
    has_tag = int(client.client_id[:2], 16) < TAG_SHARE * 256
    tag: dict[str, Json] = {"tag_id": f"demo-{client.client_id[:8]}"} if has_tag and happens(chance, 0.95) else {}
    return {**tag, **_position(client.home, chance)}


def _position(home: Home, chance: Random) -> dict[str, Json]:
    fix = drawn(chance, FIXES)
    if fix == "absent":
        return {"position_absent": drawn(chance, ABSENT_REASONS)}
    away_m = chance.uniform(250, 2_500) if fix == "outside" else abs(chance.gauss(0, 25))
    accuracy_m = chance.uniform(120, 900) if fix == "weak" else chance.uniform(5, 40)
    lat, lon = shifted(home.at, away_m, chance.gauss(0, 15))
    return {"position": {"lat": round(lat, 6), "lon": round(lon, 6), "accuracy_m": round(accuracy_m, 1)}}
