"""A token for a phone's key is good with a proof of that key, once, and for the call that the proof names."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import House, build
from infra.proofs import Nonces, thumbprint_of
from infra.settings import UNLIMITED, Rates, Settings
from tests.api.calls import Answer
from tests.api.conftest import MORNING, StillClock
from tests.api.phones import EIGHT_LOCAL
from tests.api.proving import WRONG, Prover, Wrong
from tests.api.town import ANNA, fact, fresh, uid
from tests.issuer import Json

pytestmark = pytest.mark.faults


class Site:
    """A house, its app, and Anna's phone with a key."""

    def __init__(self, house: House, client: TestClient) -> None:
        self.house, self.client, self.phone = house, client, Prover()
        self.token = self.token_for(self.phone)

    def token_for(self, phone: Prover | None, role: str = "care_worker") -> str:
        """Anna's token for a phone's key, or for none."""
        return self.house.tokens.issue(subject=ANNA, role=role, key=phone.thumbprint if phone else "")

    def sync(self, *proofs: str, token: str = "", scheme: str = "DPoP", visit: str = "") -> Answer:
        """Send an arrival with a token and its proofs."""
        headers = [("Authorization", f"{scheme} {token or self.token}"), *(("DPoP", proof) for proof in proofs)]
        return self.client.post("/v1/sync", json=arrival(visit or fresh("visit")), headers=headers)

    def kept(self) -> tuple[int, int]:
        """Where the log ends, and how much is in quarantine."""
        return self.house.log.head()[0], len(self.house.log.quarantined(100))


def arrival(visit: str) -> Json:
    facts = [fact("check_in", visit, "06:00")]
    return {"device_id": uid("phone"), "device_time": EIGHT_LOCAL, "facts": facts}


def site_of(folder: Path, **changes: object) -> Iterator[Site]:
    settings = replace(Settings(data_dir=folder, rates=UNLIMITED), **changes)  # type: ignore[arg-type]
    house = build(settings, clock=StillClock(MORNING))
    with TestClient(create_app(house)) as client:
        yield Site(house, client)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from site_of(tmp_path_factory.mktemp("proving"))


def refused(answer: Answer, error: str = "invalid_dpop_proof") -> bool:
    """Whether a caller is told that the proof will not do, as everybody is, and how to make one that might."""
    told = answer.headers.get("www-authenticate", "")
    if answer.status_code != 401 or answer.json()["code"] != "unauthenticated" or not told.startswith("DPoP "):
        return False
    return f'error="{error}"' in told and bool(answer.headers["dpop-nonce"])


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "Ed25519", "EdDSA"])
def test_a_proof_by_each_kind_of_key_is_taken(site: Site, algorithm: str) -> None:
    phone = Prover(algorithm)
    token = site.token_for(phone)
    assert site.sync(phone.proof(token), token=token).json()["results"][0]["status"] == "accepted"


@pytest.mark.parametrize(
    "address",
    ["HTTP://TESTSERVER:80/v1/sync", "http://testserver/v1/sync?a=b#c", "http://testserver/%76%31/sync"],
)
def test_a_proof_names_its_address_in_any_spelling(site: Site, address: str) -> None:
    assert site.sync(site.phone.proof(site.token, htu=address)).status_code == 200


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_row_46_a_wrong_proof_stores_nothing_and_the_phone_keeps_its_facts(site: Site, wrong: Wrong) -> None:
    before, visit = site.kept(), fresh("visit")
    answer = site.sync(wrong(site.phone, site.token), visit=visit)
    assert refused(answer) or refused(answer, "use_dpop_nonce")
    assert site.kept() == before
    again = site.sync(site.phone.proof(site.token), visit=visit)
    assert [result["status"] for result in again.json()["results"]] == ["accepted"]


def test_row_46_a_proof_is_good_once_at_any_server_and_after_a_restart(site: Site) -> None:
    proof = site.phone.proof(site.token)
    assert site.sync(proof).status_code == 200
    before = site.kept()
    assert refused(site.sync(proof))
    other = build(site.house.settings, clock=StillClock(MORNING))
    with TestClient(create_app(other)) as client:
        assert refused(Site(other, client).sync(proof, token=site.token))
    assert site.kept() == before


def test_row_46_no_proof_two_proofs_and_a_bound_token_as_a_bearers_are_refused(site: Site) -> None:
    proof, other = site.phone.proof(site.token), site.phone.proof(site.token)
    before = site.kept()
    for answer in (site.sync(), site.sync(proof, other), site.sync(proof, scheme="Bearer"), site.sync(scheme="Bearer")):
        assert refused(answer)
    assert site.kept() == before
    assert site.sync(proof).status_code == 200


def test_a_phone_whose_clock_is_wrong_is_given_a_nonce_and_syncs_with_it(site: Site) -> None:
    an_hour_ago = int(time.time()) - 3_600
    answer = site.sync(site.phone.proof(site.token, iat=an_hour_ago))
    assert refused(answer, "use_dpop_nonce")
    proof = site.phone.proof(site.token, iat=an_hour_ago, nonce=answer.headers["dpop-nonce"])
    assert site.sync(proof).status_code == 200
    assert refused(site.sync(proof))


def test_a_nonce_is_good_for_a_minute_or_two() -> None:
    now = 6_000.0
    nonces = Nonces(b"key", clock=lambda: now)
    nonce = nonces.give()
    now += 119
    assert nonces.is_good(nonce)
    now += 1
    assert not nonces.is_good(nonce)
    assert not Nonces(b"other", clock=lambda: now).is_good(nonces.give())


def test_whoever_has_stolen_a_token_uses_up_nothing_of_the_phones(tmp_path: Path) -> None:
    for site in site_of(tmp_path, rates=Rates(caller="2/hour", device="", address="3/hour")):
        proof = site.phone.proof(site.token)
        assert [site.sync().status_code for _ in range(5)] == [401, 401, 401, 429, 429]
        assert [site.sync(each).status_code for each in (proof, site.phone.proof(site.token))] == [200, 200]
        assert site.sync(site.phone.proof(site.token)).status_code == 429


def test_behind_a_proxy_a_proof_names_the_address_that_people_use(tmp_path: Path) -> None:
    for site in site_of(tmp_path, public_url="https://ledger.example"):
        proof = site.phone.proof(site.token, htu="https://ledger.example/v1/sync")
        assert [site.sync(proof).status_code, site.sync(site.phone.proof(site.token)).status_code] == [200, 401]


def test_where_proofs_are_required_care_workers_need_a_bound_token_and_the_office_does_not(tmp_path: Path) -> None:
    for site in site_of(tmp_path, dpop="required"):
        unbound, auditor = site.token_for(None), site.token_for(None, "auditor")
        for answer in (
            site.sync(token=unbound, scheme="Bearer"),
            site.sync(site.phone.proof(unbound), token=unbound),
            site.sync(site.phone.proof(unbound), token=unbound, scheme="Bearer"),
        ):
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert site.sync(site.phone.proof(site.token)).status_code == 200
        assert site.client.get("/v1/rulebooks", headers={"Authorization": f"Bearer {auditor}"}).status_code == 200


def test_while_it_cannot_be_said_whether_a_proof_is_new_the_phone_is_told_to_wait(tmp_path: Path) -> None:
    for other in site_of(tmp_path):
        (tmp_path / "proofs.db").mkdir()
        answer = other.sync(other.phone.proof(other.token))
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        (tmp_path / "proofs.db").rmdir()
        assert other.sync(other.phone.proof(other.token)).status_code == 200


def test_a_key_is_known_by_its_file_public_or_private_and_by_the_published_example() -> None:
    phone = Prover()
    public, private = phone.key.as_pem(private=False), phone.key.as_pem(private=True)
    assert {thumbprint_of(public), thumbprint_of(private)} == {phone.thumbprint}
    assert thumbprint_of(json.dumps(RFC_9449_KEY).encode()) == RFC_9449_THUMBPRINT
    with pytest.raises(ValueError, match="no key"):
        thumbprint_of(b"no key")


RFC_9449_KEY = {
    "kty": "EC",
    "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    "crv": "P-256",
}
RFC_9449_THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
