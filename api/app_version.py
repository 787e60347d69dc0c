"""An app that is too old may still send what it holds, but not read: what it would show could be wrong."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Header, Request

from api.dependencies import house_of
from api.problems import Problem, documented
from infra.app_version import AppVersion, app_version

HEADER = "App-Version"
PRODUCT = "visitledger-app"
READS = frozenset({"GET", "HEAD"})
PROBLEMS = documented("bad_app_version", "upgrade_required")
"""What the check may answer, for the `responses` of a router."""

AppVersionHeader = Annotated[
    str | None,
    Header(alias=HEADER, description="The field app's version, such as `2.10.1`; looked at when it reads."),
]


async def recent_enough(request: Request, version: AppVersionHeader = None) -> None:
    """Let a read pass unless an app makes it that is older than the setting allows. A call that names no version is
    not an app's. Raises 400 `bad_app_version` and 426 `upgrade_required`."""
    if version is None or request.method not in READS:
        return
    oldest = house_of(request).settings.app_version_min
    version_sent = _read(request.headers.getlist(HEADER))
    if oldest is not None and version_sent < oldest:
        # RFC 9110, 15.5.22: a 426 names what would do.
        raise Problem("upgrade_required", headers={"Upgrade": f"{PRODUCT}/{oldest.text}", "Connection": "Upgrade"})


def _read(sent: Sequence[str]) -> AppVersion:
    try:
        (version,) = sent
        return app_version(version)
    except ValueError:  # more than one, or not a version
        raise Problem("bad_app_version") from None
