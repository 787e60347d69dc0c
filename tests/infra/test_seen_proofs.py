"""Used proofs, on both stores: each is new once, whichever server is asked."""

from infra.seen_proofs import SeenProofs


def test_a_used_proof_is_remembered_by_every_server_while_it_would_be_good_and_then_forgotten(log_url: str) -> None:
    now = 6_000.0
    one, other = SeenProofs(log_url, clock=lambda: now), SeenProofs(log_url, clock=lambda: now)
    assert [one.remember(b"a"), other.remember(b"a"), other.remember(b"b"), one.remember(b"b")] == [True, False] * 2
    now += 120
    assert not one.remember(b"a")
    now += 61
    assert [other.remember(b"c"), other.remember(b"a"), one.remember(b"a")] == [True, True, False]
    one.close()
    other.close()
