"""What each setting takes. Each function gives the value for use, or raises `SettingError`."""

import re
from collections.abc import Mapping

from infra.app_version import AppVersion, AppVersionUnreadableError, app_version
from infra.pinned_url import is_pinnable

PREFIX = "VISITLEDGER_"
PORT_MAX = 65_535
DIGITS_MAX = 9
EXPORT_HOURS_MAX = 168
POSTGRESQL = "postgresql://"
TOKEN_MINUTES_MOST = 60
"""A token cannot be called back: what is lost with it holds for so long."""
NAME_MAX = 255
HOST_SLASHES = 2
CLAIM = re.compile(r"[\x21-\x7e]{1,255}")
OTHER_CLAIMS = frozenset({"iss", "aud", "sub", "exp", "iat", "nbf", "jti", "device_id", "cnf", "acr"})
BROKER = re.compile(r"[A-Za-z0-9._-]+:[0-9]{1,5}|\[[0-9A-Fa-f:]+\]:[0-9]{1,5}")
TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
RATES = re.compile(r"[1-9][0-9]{0,5}/(?:second|minute|hour)(?:;[1-9][0-9]{0,5}/(?:second|minute|hour))*")
OFF = "off"


class SettingError(Exception):
    """A setting cannot be used. The text names the variable and what it takes, never its value."""


def store_url(value: str) -> str:
    """Where the log is."""
    url = _in_one_spelling(value)
    if url and not url.startswith(POSTGRESQL):
        raise SettingError(
            f"{PREFIX}STORE takes postgresql://user@host/database, or nothing for SQLite in the data folder."
        )
    return url


def store_reader(value: str, store_url: str) -> str:
    """The log's PostgreSQL database as another role, or nothing."""
    url = _in_one_spelling(value)
    if url and (not store_url or not url.startswith(POSTGRESQL) or url == _in_one_spelling(store_url)):
        raise SettingError(
            f"{PREFIX}STORE_READER takes postgresql://reader@host/database, the database of {PREFIX}STORE as another role, "
            "or nothing."
        )
    return url


def consumed_store(value: str, store_url: str) -> str:
    """Where a consumer keeps its facts: never where the log is."""
    url = _in_one_spelling(value)
    if url and (url == _in_one_spelling(store_url) or not url.startswith(POSTGRESQL)):
        raise SettingError(
            f"{PREFIX}CONSUMED_STORE takes postgresql://user@host/database, another database than {PREFIX}STORE, "
            "or nothing for SQLite in the data folder."
        )
    return url


def _in_one_spelling(url: str) -> str:
    """PostgreSQL's own tools take either name of the scheme, our drivers this one."""
    return POSTGRESQL + url.removeprefix("postgres://") if url.startswith("postgres://") else url


def brokers(value: str) -> str:
    """Kafka's brokers."""
    if value and not all(BROKER.fullmatch(broker) for broker in value.split(",")):
        raise SettingError(f"{PREFIX}KAFKA takes host:port, or several with commas between.")
    return value


def topic(value: str) -> str:
    """A topic's name."""
    if not TOPIC.fullmatch(value):
        raise SettingError(f"{PREFIX}KAFKA_TOPIC takes up to 249 letters, digits, dots, hyphens and underscores.")
    return value


def port(value: str) -> int:
    """A TCP port, or 0."""
    if not value.isascii() or not value.isdigit() or not 0 <= int(value) <= PORT_MAX:
        raise SettingError(f"{PREFIX}PORT takes a number from 0 to 65535.")
    return int(value)


def events(name: str, value: str) -> int:
    """A number of events."""
    if not value.isascii() or not value.isdigit() or len(value) > DIGITS_MAX:
        raise SettingError(f"{PREFIX}{name} takes a number of events, such as 10000.")
    return int(value)


def hours(name: str, value: str) -> int:
    """A number of hours."""
    if not value.isascii() or not value.isdigit() or len(value) > DIGITS_MAX or not 1 <= int(value) <= EXPORT_HOURS_MAX:
        raise SettingError(f"{PREFIX}{name} takes a number of hours from 1 to {EXPORT_HOURS_MAX}.")
    return int(value)


def one_of(name: str, value: str, *taken: str) -> str:
    """One of some words."""
    if value not in taken:
        raise SettingError(f"{PREFIX}{name} takes {', '.join(taken[:-1])} or {taken[-1]}.")
    return value


def rates(name: str, environ: Mapping[str, str], usual: str) -> str:
    """Rates by second, minute or hour; empty: none."""
    value = environ.get(PREFIX + name, usual)
    if value != OFF and not RATES.fullmatch(value):
        raise SettingError(f"{PREFIX}{name} takes rates such as {usual} (by second, minute or hour), or {OFF}.")
    return "" if value == OFF else value


def oldest_app(value: str) -> AppVersion | None:
    """A version of the field app, or None."""
    try:
        return app_version(value) if value else None
    except AppVersionUnreadableError:
        raise SettingError(
            f"{PREFIX}APP_VERSION_MIN takes numbers with dots between, such as 2.10, or nothing."
        ) from None


def issuer(value: str) -> str:
    """The name of an identity provider."""
    if value and (not is_pinnable(value) or "?" in value):
        raise SettingError(f"{PREFIX}ISSUER takes an https address without a query, or nothing.")
    return value


def jwks(value: str) -> str:
    """Where its keys are."""
    if value and not is_pinnable(value):
        raise SettingError(f"{PREFIX}JWKS takes an https address, or nothing.")
    return value


def public_url(value: str) -> str:
    """Where people find the pages: a scheme and a host."""
    if value and (not is_pinnable(value) or "?" in value or value.count("/") != HOST_SLASHES):
        raise SettingError(f"{PREFIX}PUBLIC_URL takes https:// and a host, such as https://ledger.example, or nothing.")
    return value


def printable(name: str, value: str) -> str:
    """A name."""
    if len(value) > NAME_MAX or not value.isprintable() or value != value.strip():
        raise SettingError(f"{PREFIX}{name} takes a name that the identity provider knows this server by, or nothing.")
    return value


def words(name: str, value: str) -> frozenset[str]:
    """Values of a claim, of which any will do."""
    found = value.split()
    if not all(map(CLAIM.fullmatch, found)):
        raise SettingError(
            f"{PREFIX}{name} takes values that the identity provider gives, with spaces between, or nothing."
        )
    return frozenset(found)


def claim(name: str, value: str) -> str:
    """The name of a claim."""
    if not CLAIM.fullmatch(value) or value in OTHER_CLAIMS:
        raise SettingError(
            f"{PREFIX}{name} takes the name of a claim of its own, such as role or https://example/role."
        )
    return value


def minutes(name: str, value: str) -> int:
    """How long a token may hold."""
    if (
        not value.isascii()
        or not value.isdigit()
        or len(value) > DIGITS_MAX
        or not 1 <= int(value) <= TOKEN_MINUTES_MOST
    ):
        raise SettingError(f"{PREFIX}{name} takes a number of minutes from 1 to {TOKEN_MINUTES_MOST}.")
    return int(value)
