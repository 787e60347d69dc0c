"""Everything that follows an erasure, in order: whoever keeps something of a person stands here.

What other servers remember (keys, homes) and keep (exports) they forget by themselves, within a minute.
"""

from api.export_jobs import ExportJobs
from infra.erasure import Hook
from infra.homes import Homes
from infra.keys import KeyStore


def after_erasure(keys: KeyStore, homes: Homes, exports: ExportJobs) -> tuple[Hook, ...]:
    """The hooks of one process. What is sealed needs none: no key opens it."""
    return (
        Hook(
            "keys",
            "every key of the person, with the digests that a personnummer is found by",
            lambda erasure: keys.destroy(erasure.person_id),
        ),
        Hook("homes", "the home, where it was remembered here", lambda erasure: homes.forget(erasure.person_id)),
        Hook("exports", "exports kept here that named the person or were being written", exports.forget),
    )
