"""The keys of an identity provider while time goes by: outages, floods of unknown keys, new and withdrawn ones."""

import threading
import time
from collections.abc import Iterator

import pytest

from infra.identity_provider import IdentityProvider
from infra.issuer_keys import KEPT_S, UNKNOWN_EVERY_S, IssuerKey, IssuerKeys, keys_of, usable_keys
from infra.tokens import Expected, TokenRefusedError
from tests.issuer import AUDIENCE, KEYS, WORKER, Issuer, running_issuer

MINUTE_S, HOUR_S = 60.0, 3600.0


class Seconds:
    """A clock of the test's own: the same for the keys and for the tokens."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def shared() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture
def issuer(shared: Issuer) -> Issuer:
    """As it was in the beginning."""
    shared.begin_again()
    return shared


@pytest.fixture
def clock(issuer: Issuer) -> Seconds:
    seconds = Seconds()
    issuer.clock = seconds
    return seconds


@pytest.fixture
def keys(issuer: Issuer, clock: Seconds) -> IssuerKeys:
    """Known, and looked after by the test."""
    keys = IssuerKeys(keys_of(issuer.url), clock=clock)
    keys.look()
    return keys


@pytest.fixture
def provider(issuer: Issuer, keys: IssuerKeys, clock: Seconds) -> IdentityProvider:
    expected = Expected(issuer=issuer.url, audience=AUDIENCE, life_s_max=900)
    return IdentityProvider(expected, keys, clock=clock)


def is_taken(provider: IdentityProvider, token: str) -> bool:
    try:
        return provider.verify(token).subject == WORKER
    except TokenRefusedError:
        return False


def pass_by(clock: Seconds, keys: IssuerKeys, seconds: float) -> None:
    """Let time go on, as the thread would see it."""
    until = clock.now + seconds
    while clock.now < until:
        clock.now = min(until, clock.now + 5)
        keys.look()


@pytest.mark.parametrize(("algorithm", "kid"), [("Ed25519", "ed"), ("EdDSA", "ed"), ("ES256", "ec"), ("PS256", "rsa")])
def test_tokens_of_each_algorithm_are_taken(
    provider: IdentityProvider, issuer: Issuer, algorithm: str, kid: str
) -> None:
    caller = provider.verify(issuer.token(algorithm, kid, device_id="55555555-5555-4555-8555-555555555555"))
    assert (caller.subject, caller.role, caller.unit_ids) == (WORKER, "care_worker", frozenset({"centre"}))
    assert caller.device_id == "55555555-5555-4555-8555-555555555555"


def test_an_audience_among_others_and_a_role_among_those_of_other_programs_are_taken(
    provider: IdentityProvider, issuer: Issuer
) -> None:
    roles = ["payroll.reader", "auditor"]
    token = issuer.token(
        typ="application/at+jwt", aud=["https://other.example", AUDIENCE], role=roles, unit=["Centre", "gallo"]
    )
    caller = provider.verify(token)
    assert (caller.role, caller.unit_ids, caller.device_id) == ("auditor", frozenset({"centre", "gallo"}), "")


def test_where_a_way_of_signing_in_is_asked_for_a_token_of_another_is_refused(
    keys: IssuerKeys, issuer: Issuer, clock: Seconds
) -> None:
    strong = frozenset({"loa3", "loa4"})
    provider = IdentityProvider(Expected(issuer=issuer.url, audience=AUDIENCE, sign_in=strong), keys, clock=clock)
    assert is_taken(provider, issuer.token(acr="loa3"))
    assert [is_taken(provider, issuer.token(acr=acr)) for acr in ("loa2", "", ["loa3"], None)] == [False] * 4


def test_a_key_verifies_only_what_it_is_said_to_be_for(
    provider: IdentityProvider, keys: IssuerKeys, issuer: Issuer, clock: Seconds
) -> None:
    [ed, *others] = issuer.public()
    issuer.publish([{**ed, "alg": "EdDSA"}, *others])
    pass_by(clock, keys, 10 * MINUTE_S)
    assert is_taken(provider, issuer.token("EdDSA"))
    assert not is_taken(provider, issuer.token("Ed25519"))
    assert (keys.find("ec", "Ed25519"), keys.find("rsa", "RS256")) == (None, None)


def test_clocks_may_differ_by_thirty_seconds(provider: IdentityProvider, issuer: Issuer, clock: Seconds) -> None:
    now = int(clock.now)
    assert is_taken(provider, issuer.token(iat=now + 30, nbf=now + 30))
    assert is_taken(provider, issuer.token(iat=now - 600, exp=now - 29))
    token = issuer.token(iat=now - 300, exp=now)
    assert is_taken(provider, token)
    clock.now += 30
    assert not is_taken(provider, token)


def test_keys_outlast_an_outage_of_an_hour_and_of_a_day_and_then_no_longer(
    provider: IdentityProvider, keys: IssuerKeys, issuer: Issuer, clock: Seconds
) -> None:
    issuer.down()
    pass_by(clock, keys, HOUR_S)
    assert is_taken(provider, issuer.token())
    clock.now += KEPT_S - HOUR_S - MINUTE_S
    assert is_taken(provider, issuer.token())
    clock.now += 2 * MINUTE_S
    assert (is_taken(provider, issuer.token()), provider.is_ready) == (False, False)
    issuer.up()
    pass_by(clock, keys, MINUTE_S)
    assert (is_taken(provider, issuer.token()), provider.is_ready) == (True, True)


def test_an_issuer_that_is_down_at_the_start_is_asked_until_it_is_there(issuer: Issuer, clock: Seconds) -> None:
    issuer.down()
    keys = IssuerKeys(keys_of(issuer.url), clock=clock)
    keys.look()
    assert not keys.are_good
    issuer.up()
    pass_by(clock, keys, 5.0)
    assert keys.are_good


def test_a_flood_of_unknown_keys_has_them_fetched_once_in_five_minutes(
    provider: IdentityProvider, keys: IssuerKeys, issuer: Issuer, clock: Seconds
) -> None:
    def flood() -> int:
        issuer.asked.clear()
        for number in range(500):
            assert not is_taken(provider, issuer.token(kid=f"made up {number}"))
            keys.look()
        return issuer.asked.count(KEYS)

    assert flood() == 1
    clock.now += UNKNOWN_EVERY_S - 1
    assert flood() == 0
    clock.now += 1
    assert flood() == 1


def test_a_new_key_is_known_a_moment_after_the_first_token_that_names_it(
    provider: IdentityProvider, keys: IssuerKeys, issuer: Issuer
) -> None:
    [ed, *others] = issuer.public()
    issuer.publish([{**ed, "kid": "new"}, *others])
    assert not is_taken(provider, issuer.token(kid="new"))
    keys.look()
    assert is_taken(provider, issuer.token(kid="new"))


def test_what_a_withdrawn_key_has_signed_is_refused_within_ten_minutes(
    provider: IdentityProvider, keys: IssuerKeys, issuer: Issuer, clock: Seconds
) -> None:
    token = issuer.token(iat=int(clock.now), exp=int(clock.now) + 900)
    assert is_taken(provider, token)
    issuer.publish(issuer.public()[1:])
    pass_by(clock, keys, 10 * MINUTE_S)
    assert not is_taken(provider, token)


def test_nobody_waits_while_keys_are_fetched(issuer: Issuer) -> None:
    good, gate, asked = usable_keys({"keys": issuer.public()}), threading.Event(), threading.Event()
    clock, answers = Seconds(), 0
    issuer.clock = clock

    def fetch() -> dict[str, IssuerKey]:
        nonlocal answers
        answers += 1
        if answers > 1:
            asked.set()
            gate.wait(5)
        return good

    keys = IssuerKeys(fetch, clock=clock)
    keys.look()
    provider = IdentityProvider(Expected(issuer=issuer.url, audience=AUDIENCE), keys, clock=clock)
    provider.start()
    try:
        assert not is_taken(provider, issuer.token(kid="unknown"))
        assert asked.wait(5)
        began = time.monotonic()
        assert is_taken(provider, issuer.token())
        assert not is_taken(provider, issuer.token(kid="unknown too"))
        assert time.monotonic() - began < 1
    finally:
        gate.set()
        provider.close()


def test_an_issuer_that_shows_no_usable_key_leaves_those_that_are_known(
    provider: IdentityProvider, keys: IssuerKeys, issuer: Issuer, clock: Seconds
) -> None:
    issuer.publish([])
    pass_by(clock, keys, 15 * MINUTE_S)
    assert is_taken(provider, issuer.token())
