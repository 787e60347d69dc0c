"""All settings, read from the environment once, by the composition root."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.app_version import AppVersion, AppVersionUnreadableError, app_version
from infra.pinned_url import is_pinnable

PREFIX = "VISITLEDGER_"
PORT_MAX = 65_535
REQUEST_SECONDS_MAX = 30.0
DIGITS_MAX = 9
POSTGRESQL = "postgresql://"
PARTITIONS = 6
"""Of a topic that is made now, unless told otherwise."""
TOKEN_MINUTES_MOST = 60
"""A token cannot be called back: what is lost with it holds for so long."""
NAME_MAX = 255
HOST_SLASHES = 2
CLAIM = re.compile(r"[\x21-\x7e]{1,255}")
OTHER_CLAIMS = frozenset({"iss", "aud", "sub", "exp", "iat", "nbf", "jti", "device_id"})
BROKER = re.compile(r"[A-Za-z0-9._-]+:[0-9]{1,5}|\[[0-9A-Fa-f:]+\]:[0-9]{1,5}")
TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")


RATES = re.compile(r"[1-9][0-9]{0,5}/(?:second|minute|hour)(?:;[1-9][0-9]{0,5}/(?:second|minute|hour))*")
OFF = "off"


class SettingError(Exception):
    """A setting cannot be used. The text names the variable and what it takes, never its value."""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """How often one of them may call before it is asked to wait, such as `40/second;1200/minute`; empty: as often as it
    likes. The figures are assumptions [A]: several times what the field does."""

    caller: str = "40/second;1200/minute"
    """Whoever has a token. A phone that comes back after a week sends some ten syncs; a report job reads page after page."""
    device: str = "20/second;300/minute"
    """A phone's syncs, whoever is signed in on it: 200 facts in each."""
    address: str = "20/second;600/minute"
    """Those without a good token, by the address they come from: a browser takes about ten files for a page."""


UNLIMITED = Rates(caller="", device="", address="")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What may differ between installations. Policies of the municipality are not settings: they are the rulebook's."""

    data_dir: Path = field(default_factory=lambda: Path("var"))
    """Where the embedded default keeps its files: log, read models, keys."""
    store_url: str = ""
    """The log: empty for SQLite in `data_dir`, or `postgresql://...`."""
    host: str = "127.0.0.1"
    port: int = 8080
    mode: str = "embedded"
    """`embedded` has its own development issuer of tokens; `production` has not."""
    issuer: str = ""
    """Whose tokens are taken: the identity provider's own name, a URL. Empty: the development issuer's."""
    audience: str = ""
    """What a token of that issuer must be meant for."""
    jwks: str = ""
    """Where the issuer's keys are; empty: where its own document says."""
    role_claim: str = "role"
    unit_claim: str = "unit"
    client_id: str = ""
    """What the issuer knows the pages by, where people sign in on them; empty: they cannot."""
    client_secret_file: Path | None = None
    """Where the pages' secret at the issuer stands; None: they have none, and PKCE alone."""
    public_url: str = ""
    """Where people find the pages: the issuer sends them back there."""
    token_minutes_max: int = 15
    """How long a token of that issuer may hold, from when it was issued."""
    behind_tls: bool = False
    """Whether a proxy before the server ends TLS, so that the server may listen in plain text."""
    fold: str = "server"
    """Who folds the log into the read models: the `server` itself, or `workers`, processes of their own that it follows."""
    sync_facts_max: int = 200
    body_bytes_max: int = 1_048_576
    request_seconds_max: float = REQUEST_SECONDS_MAX
    """How long a request's headers may take to arrive, and after them its body."""
    kafka: str = ""
    """The brokers to begin with, `host:port,host:port`; empty: no Kafka."""
    kafka_topic: str = "visit-ledger.events"
    kafka_group: str = "visit-ledger.facts"
    consumed_store: str = ""
    """Where a consumer keeps the facts it fills: empty for SQLite in `data_dir`, or a PostgreSQL database of its own."""
    app_version_min: AppVersion | None = None
    """The oldest field app that may read; None: any. What phones have registered is taken from every version."""
    ready_lag_max: int = 10_000
    """How many events the read models may be behind before the server calls itself not ready."""
    metrics: str = "admin"
    """Who may read metrics: `admin`, by a token of that role; `open`, anybody who reaches the port; `off`, nobody."""
    log_level: str = "info"
    """The least that is logged: `debug`, `info`, `warning`, `error`."""
    rates: Rates = field(default_factory=Rates)

    @property
    def folds_here(self) -> bool:
        """Whether the server folds itself."""
        return self.fold == "server"

    @property
    def in_production(self) -> bool:
        """Whether real people are spoken of: nothing is shown, let in or changed unasked."""
        return self.mode == "production"

    @property
    def on_postgresql(self) -> bool:
        """Whether the log stands on PostgreSQL."""
        return self.store_url.startswith(POSTGRESQL)

    @property
    def log_path(self) -> Path:
        """The SQLite file of the log."""
        return self.data_dir / "ledger.db"

    @property
    def log_url(self) -> str:
        """Where the log lives."""
        return self.store_url if self.on_postgresql else f"sqlite:///{self.log_path}"

    @property
    def read_url(self) -> str:
        """Where read models live: a second SQLite file (one writer a file), or the same PostgreSQL database."""
        return self.store_url if self.on_postgresql else f"sqlite:///{self.data_dir / 'read.db'}"

    @property
    def consumed_url(self) -> str:
        """Where a consumer's facts live. Never with the read models: both go by the same names."""
        return self.consumed_store or f"sqlite:///{self.data_dir / 'consumed.db'}"

    @property
    def keys_url(self) -> str:
        """Where data keys live, apart from log and read models."""
        return f"sqlite:///{self.data_dir / 'keys.db'}"

    @property
    def access_url(self) -> str:
        """Where the access log lives: a file of its own beside the log's, or the same PostgreSQL database."""
        return self.store_url if self.on_postgresql else f"sqlite:///{self.data_dir / 'access.db'}"

    @property
    def master_key_path(self) -> Path:
        """The file, mode 0400, with the key that wraps all others."""
        return self.data_dir / "master.key"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read `VISITLEDGER_DATA` and the others. Raises `SettingError` with what to write instead."""
        known = {"DATA", "STORE", "HOST", "PORT", "MODE", "FOLD", "APP_VERSION_MIN"}
        known |= {"ISSUER", "AUDIENCE", "JWKS", "ROLE_CLAIM", "UNIT_CLAIM", "TOKEN_MINUTES_MAX", "BEHIND_TLS"}
        known |= {"CLIENT_ID", "CLIENT_SECRET_FILE", "PUBLIC_URL"}
        known |= {"READY_LAG_MAX", "METRICS", "LOG_LEVEL"}
        known |= {"RATE_CALLER", "RATE_DEVICE", "RATE_ADDRESS"}
        known |= {"KAFKA", "KAFKA_TOPIC", "KAFKA_GROUP", "CONSUMED_STORE"}
        unknown = sorted(name for name in environ if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known)
        if unknown:
            raise SettingError(
                f"{unknown[0]} is not a setting. Known: {', '.join(PREFIX + name for name in sorted(known))}."
            )
        return cls(
            data_dir=Path(environ.get(PREFIX + "DATA", "var")),
            store_url=_store_url(environ.get(PREFIX + "STORE", "")),
            host=environ.get(PREFIX + "HOST", "127.0.0.1"),
            port=_port(environ.get(PREFIX + "PORT", "8080")),
            mode=_one_of("MODE", environ.get(PREFIX + "MODE", "embedded"), "embedded", "production"),
            issuer=_issuer(environ.get(PREFIX + "ISSUER", "")),
            audience=_printable("AUDIENCE", environ.get(PREFIX + "AUDIENCE", "")),
            jwks=_jwks(environ.get(PREFIX + "JWKS", "")),
            client_id=_printable("CLIENT_ID", environ.get(PREFIX + "CLIENT_ID", "")),
            client_secret_file=Path(secret) if (secret := environ.get(PREFIX + "CLIENT_SECRET_FILE")) else None,
            public_url=_public_url(environ.get(PREFIX + "PUBLIC_URL", "")),
            role_claim=_claim("ROLE_CLAIM", environ.get(PREFIX + "ROLE_CLAIM", cls.role_claim)),
            unit_claim=_claim("UNIT_CLAIM", environ.get(PREFIX + "UNIT_CLAIM", cls.unit_claim)),
            token_minutes_max=_minutes("TOKEN_MINUTES_MAX", environ.get(PREFIX + "TOKEN_MINUTES_MAX", "15")),
            behind_tls=_one_of("BEHIND_TLS", environ.get(PREFIX + "BEHIND_TLS", "0"), "0", "1") == "1",
            fold=_one_of("FOLD", environ.get(PREFIX + "FOLD", "server"), "server", "workers"),
            kafka=_brokers(environ.get(PREFIX + "KAFKA", "")),
            kafka_topic=_topic(environ.get(PREFIX + "KAFKA_TOPIC", cls.kafka_topic)),
            kafka_group=environ.get(PREFIX + "KAFKA_GROUP", cls.kafka_group),
            consumed_store=_consumed_store(
                environ.get(PREFIX + "CONSUMED_STORE", ""), environ.get(PREFIX + "STORE", "")
            ),
            app_version_min=_app_version(environ.get(PREFIX + "APP_VERSION_MIN", "")),
            ready_lag_max=_events("READY_LAG_MAX", environ.get(PREFIX + "READY_LAG_MAX", "10000")),
            metrics=_one_of("METRICS", environ.get(PREFIX + "METRICS", "admin"), "admin", "open", "off"),
            log_level=_one_of(
                "LOG_LEVEL", environ.get(PREFIX + "LOG_LEVEL", "info"), "debug", "info", "warning", "error"
            ),
            rates=Rates(
                caller=_rates("RATE_CALLER", environ, Rates.caller),
                device=_rates("RATE_DEVICE", environ, Rates.device),
                address=_rates("RATE_ADDRESS", environ, Rates.address),
            ),
        )


def _store_url(value: str) -> str:
    url = _in_one_spelling(value)
    if url and not url.startswith(POSTGRESQL):
        raise SettingError(
            f"{PREFIX}STORE takes postgresql://user@host/database, or nothing for SQLite in the data folder."
        )
    return url


def _consumed_store(value: str, store_url: str) -> str:
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


def _brokers(value: str) -> str:
    if value and not all(BROKER.fullmatch(broker) for broker in value.split(",")):
        raise SettingError(f"{PREFIX}KAFKA takes host:port, or several with commas between.")
    return value


def _topic(value: str) -> str:
    if not TOPIC.fullmatch(value):
        raise SettingError(f"{PREFIX}KAFKA_TOPIC takes up to 249 letters, digits, dots, hyphens and underscores.")
    return value


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 <= int(value) <= PORT_MAX:
        raise SettingError(f"{PREFIX}PORT takes a number from 0 to 65535.")
    return int(value)


def _events(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > DIGITS_MAX:
        raise SettingError(f"{PREFIX}{name} takes a number of events, such as 10000.")
    return int(value)


def _one_of(name: str, value: str, *taken: str) -> str:
    if value not in taken:
        raise SettingError(f"{PREFIX}{name} takes {', '.join(taken[:-1])} or {taken[-1]}.")
    return value


def _rates(name: str, environ: Mapping[str, str], usual: str) -> str:
    value = environ.get(PREFIX + name, usual)
    if value != OFF and not RATES.fullmatch(value):
        raise SettingError(f"{PREFIX}{name} takes rates such as {usual} (by second, minute or hour), or {OFF}.")
    return "" if value == OFF else value


def _app_version(value: str) -> AppVersion | None:
    try:
        return app_version(value) if value else None
    except AppVersionUnreadableError:
        raise SettingError(
            f"{PREFIX}APP_VERSION_MIN takes numbers with dots between, such as 2.10, or nothing."
        ) from None


def _issuer(value: str) -> str:
    if value and (not is_pinnable(value) or "?" in value or value.count("/") != HOST_SLASHES):
        raise SettingError(f"{PREFIX}ISSUER takes an https address without a query, or nothing.")
    return value


def _jwks(value: str) -> str:
    if value and not is_pinnable(value):
        raise SettingError(f"{PREFIX}JWKS takes an https address, or nothing.")
    return value


def _public_url(value: str) -> str:
    if value and (not is_pinnable(value) or "?" in value or value.count("/") != HOST_SLASHES):
        raise SettingError(f"{PREFIX}PUBLIC_URL takes https:// and a host, such as https://ledger.example, or nothing.")
    return value


def _printable(name: str, value: str) -> str:
    if len(value) > NAME_MAX or not value.isprintable() or value != value.strip():
        raise SettingError(f"{PREFIX}{name} takes a name that the identity provider knows this server by, or nothing.")
    return value


def _claim(name: str, value: str) -> str:
    if not CLAIM.fullmatch(value) or value in OTHER_CLAIMS:
        raise SettingError(
            f"{PREFIX}{name} takes the name of a claim of its own, such as role or https://example/role."
        )
    return value


def _minutes(name: str, value: str) -> int:
    if (
        not value.isascii()
        or not value.isdigit()
        or len(value) > DIGITS_MAX
        or not 1 <= int(value) <= TOKEN_MINUTES_MOST
    ):
        raise SettingError(f"{PREFIX}{name} takes a number of minutes from 1 to {TOKEN_MINUTES_MOST}.")
    return int(value)
