"""What the settings about the identity provider and its tokens take, and the error for any setting that cannot be used."""

import re

from infra.pinned_url import is_pinnable

PREFIX = "VISITLEDGER_"
DIGITS_MAX = 9
TOKEN_MINUTES_MOST = 60
"""A token cannot be called back: what is lost with it holds for so long."""
NAME_MAX = 255
HOST_SLASHES = 2
CLAIM = re.compile(r"[\x21-\x7e]{1,255}")
OTHER_CLAIMS = frozenset({"iss", "aud", "sub", "exp", "iat", "nbf", "jti", "device_id", "cnf", "acr"})


class SettingError(Exception):
    """A setting cannot be used. The text names the variable and what it takes, never its value."""


def issuer(value: str) -> str:
    """The name of an issuer. Raises `SettingError`."""
    if value and (not is_pinnable(value) or "?" in value or value.count("/") != HOST_SLASHES):
        raise SettingError(f"{PREFIX}ISSUER takes an https address without a query, or nothing.")
    return value


def jwks(value: str) -> str:
    """Where keys are. Raises `SettingError`."""
    if value and not is_pinnable(value):
        raise SettingError(f"{PREFIX}JWKS takes an https address, or nothing.")
    return value


def public_url(value: str) -> str:
    """Scheme and host that people use. Raises `SettingError`."""
    if value and (not is_pinnable(value) or "?" in value or value.count("/") != HOST_SLASHES):
        raise SettingError(f"{PREFIX}PUBLIC_URL takes https:// and a host, such as https://ledger.example, or nothing.")
    return value


def printable(name: str, value: str) -> str:
    """A name, as the identity provider has it. Raises `SettingError`."""
    if len(value) > NAME_MAX or not value.isprintable() or value != value.strip():
        raise SettingError(f"{PREFIX}{name} takes a name that the identity provider knows this server by, or nothing.")
    return value


def words(name: str, value: str) -> frozenset[str]:
    """Values of a claim. Raises `SettingError`."""
    words = value.split()
    if not all(map(CLAIM.fullmatch, words)):
        raise SettingError(
            f"{PREFIX}{name} takes values that the identity provider gives, with spaces between, or nothing."
        )
    return frozenset(words)


def claim(name: str, value: str) -> str:
    """The name of a claim of a token. Raises `SettingError`."""
    if not CLAIM.fullmatch(value) or value in OTHER_CLAIMS:
        raise SettingError(
            f"{PREFIX}{name} takes the name of a claim of its own, such as role or https://example/role."
        )
    return value


def minutes(name: str, value: str) -> int:
    """How long a token may hold. Raises `SettingError`."""
    if (
        not value.isascii()
        or not value.isdigit()
        or len(value) > DIGITS_MAX
        or not 1 <= int(value) <= TOKEN_MINUTES_MOST
    ):
        raise SettingError(f"{PREFIX}{name} takes a number of minutes from 1 to {TOKEN_MINUTES_MOST}.")
    return int(value)
