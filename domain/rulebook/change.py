"""A rulebook with some policies otherwise: for what-if questions, and to see that a case hangs on its rule."""

from collections.abc import Mapping

import msgspec

from domain.errors import RefusedError
from domain.rulebook.policies import PolicyChanges, changed
from domain.rulebook.rulebook import Edition, Override, Rulebook


class PolicyUnreadableError(RefusedError):
    """No such policy, or not such a value."""

    code = "policy_unreadable"
    detail = "Name a policy of the rulebook and a value that it may have, as in excess_policy=pay_actual."

    def __init__(self, why: str = "") -> None:
        super().__init__()
        self.why = why


def policies_named(values: Mapping[str, object]) -> PolicyChanges:
    """Policies by name, their values as a document has them, or as text. Raises PolicyUnreadableError."""
    try:
        return msgspec.convert(values, PolicyChanges, strict=False)
    except msgspec.ValidationError as error:
        raise PolicyUnreadableError(str(error)) from error


def with_policies(rulebook: Rulebook, changes: PolicyChanges) -> Rulebook:
    """Every edition with those policies: in what holds for all, and in each override that has a value of its own."""
    editions = tuple(_edition(edition, changes) for edition in rulebook.editions)
    return msgspec.structs.replace(rulebook, editions=editions)


def _edition(edition: Edition, changes: PolicyChanges) -> Edition:
    return msgspec.structs.replace(
        edition,
        version=f"{edition.version}, changed",
        policies=changed(edition.policies, changes),
        overrides=tuple(_override(each, changes) for each in edition.overrides),
    )


def _override(override: Override, changes: PolicyChanges) -> Override:
    own = override.policies
    named = {
        name: value
        for name in own.__struct_fields__
        if getattr(own, name) is not msgspec.UNSET and (value := getattr(changes, name)) is not msgspec.UNSET
    }
    return msgspec.structs.replace(override, policies=msgspec.structs.replace(own, **named))
