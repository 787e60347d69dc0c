"""All settings, read from the environment once, by the composition root."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra import setting_values as values
from infra.app_version import AppVersion
from infra.setting_values import POSTGRESQL, PREFIX, SettingError

PARTITIONS = 6
"""Of a topic that is made now, unless told otherwise."""
REQUEST_SECONDS_MAX = 30.0
PROCESS = "process"


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
    store_reader: str = ""
    """The same PostgreSQL database as a role that may only read read models, behind row level security; empty: none."""
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
    dpop: str = "optional"
    """Whether a care worker's token must be for a phone's key, which proves each call: `required`, or `optional`. A token that
    is for one needs the proof in any case."""
    acr: frozenset[str] = frozenset()
    """How people must have signed in, in the issuer's words (`acr`), one of these; empty: however it lets them."""
    behind_tls: bool = False
    """Whether a proxy before the server ends TLS, so that the server may listen in plain text."""
    fold: str = "server"
    """Who folds the log into the read models: the `server` itself, in a thread; a `process` that it starts and ends; or
    `workers`, processes that others start. `visitledger serve` takes the second where nothing else is said."""
    sync_facts_max: int = 200
    body_bytes_max: int = 1_048_576
    request_seconds_max: float = REQUEST_SECONDS_MAX
    """How long a request's headers may take to arrive, and after them its body."""
    master_key: str = ""
    """What wraps all other keys: `file:PATH`, `env:NAME` or `command:PROGRAM ARG...`; empty: `master.key` in `data_dir`."""
    master_key_other: str = ""
    """A second one that keys may be under: the next one while one follows the other, the last one to restore what is older."""
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
    export_hours: int = 24
    """How long an export is kept."""
    rates: Rates = field(default_factory=Rates)

    @property
    def folds_here(self) -> bool:
        """Whether this process folds itself."""
        return self.fold == "server"

    @property
    def in_production(self) -> bool:
        """Whether real people are spoken of: nothing is shown, let in or changed unasked."""
        return self.mode == "production"

    @property
    def has_folding_process(self) -> bool:
        """Whether it has a process of its own for that."""
        return self.fold == PROCESS

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
    def reader_url(self) -> str:
        """The read models as those see them who only read."""
        return self.store_reader if self.on_postgresql and self.store_reader else self.read_url

    @property
    def proofs_url(self) -> str:
        """Where phones' proofs are kept that were used in the last minutes: a file of their own, or beside the log."""
        return self.store_url if self.on_postgresql else f"sqlite:///{self.data_dir / 'proofs.db'}"

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
        """The file, mode 0400, with the key that wraps all others, unless another place is named."""
        return self.data_dir / "master.key"

    @property
    def master_key_places(self) -> tuple[str, ...]:
        """Where the key is that wraps all others; then, where one is named, another."""
        place = self.master_key or f"file:{self.master_key_path}"
        return (place, self.master_key_other) if self.master_key_other else (place,)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read `VISITLEDGER_DATA` and the others. Raises `SettingError` with what to write instead."""
        known = {"DATA", "STORE", "STORE_READER", "HOST", "PORT", "MODE", "FOLD", "APP_VERSION_MIN"}
        known |= {"ISSUER", "AUDIENCE", "JWKS", "ROLE_CLAIM", "UNIT_CLAIM", "TOKEN_MINUTES_MAX", "BEHIND_TLS"}
        known |= {"CLIENT_ID", "CLIENT_SECRET_FILE", "PUBLIC_URL", "DPOP", "ACR"}
        known |= {"MASTER_KEY", "MASTER_KEY_OTHER"}
        known |= {"READY_LAG_MAX", "METRICS", "LOG_LEVEL", "EXPORT_HOURS"}
        known |= {"RATE_CALLER", "RATE_DEVICE", "RATE_ADDRESS"}
        known |= {"KAFKA", "KAFKA_TOPIC", "KAFKA_GROUP", "CONSUMED_STORE"}
        unknown = sorted(name for name in environ if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known)
        if unknown:
            raise SettingError(
                f"{unknown[0]} is not a setting. Known: {', '.join(PREFIX + name for name in sorted(known))}."
            )
        return cls(
            data_dir=Path(environ.get(PREFIX + "DATA", "var")),
            store_url=values.store_url(environ.get(PREFIX + "STORE", "")),
            store_reader=values.store_reader(
                environ.get(PREFIX + "STORE_READER", ""), environ.get(PREFIX + "STORE", "")
            ),
            host=environ.get(PREFIX + "HOST", "127.0.0.1"),
            port=values.port(environ.get(PREFIX + "PORT", "8080")),
            mode=values.one_of("MODE", environ.get(PREFIX + "MODE", "embedded"), "embedded", "production"),
            issuer=values.issuer(environ.get(PREFIX + "ISSUER", "")),
            audience=values.printable("AUDIENCE", environ.get(PREFIX + "AUDIENCE", "")),
            jwks=values.jwks(environ.get(PREFIX + "JWKS", "")),
            client_id=values.printable("CLIENT_ID", environ.get(PREFIX + "CLIENT_ID", "")),
            client_secret_file=Path(secret) if (secret := environ.get(PREFIX + "CLIENT_SECRET_FILE")) else None,
            public_url=values.public_url(environ.get(PREFIX + "PUBLIC_URL", "")),
            role_claim=values.claim("ROLE_CLAIM", environ.get(PREFIX + "ROLE_CLAIM", cls.role_claim)),
            unit_claim=values.claim("UNIT_CLAIM", environ.get(PREFIX + "UNIT_CLAIM", cls.unit_claim)),
            token_minutes_max=values.minutes("TOKEN_MINUTES_MAX", environ.get(PREFIX + "TOKEN_MINUTES_MAX", "15")),
            dpop=values.one_of("DPOP", environ.get(PREFIX + "DPOP", "optional"), "optional", "required"),
            acr=values.words("ACR", environ.get(PREFIX + "ACR", "")),
            behind_tls=values.one_of("BEHIND_TLS", environ.get(PREFIX + "BEHIND_TLS", "0"), "0", "1") == "1",
            master_key=environ.get(PREFIX + "MASTER_KEY", ""),
            master_key_other=environ.get(PREFIX + "MASTER_KEY_OTHER", ""),
            fold=values.one_of("FOLD", environ.get(PREFIX + "FOLD", PROCESS), PROCESS, "server", "workers"),
            kafka=values.brokers(environ.get(PREFIX + "KAFKA", "")),
            kafka_topic=values.topic(environ.get(PREFIX + "KAFKA_TOPIC", cls.kafka_topic)),
            kafka_group=environ.get(PREFIX + "KAFKA_GROUP", cls.kafka_group),
            consumed_store=values.consumed_store(
                environ.get(PREFIX + "CONSUMED_STORE", ""), environ.get(PREFIX + "STORE", "")
            ),
            app_version_min=values.oldest_app(environ.get(PREFIX + "APP_VERSION_MIN", "")),
            ready_lag_max=values.events("READY_LAG_MAX", environ.get(PREFIX + "READY_LAG_MAX", "10000")),
            metrics=values.one_of("METRICS", environ.get(PREFIX + "METRICS", "admin"), "admin", "open", "off"),
            log_level=values.one_of(
                "LOG_LEVEL", environ.get(PREFIX + "LOG_LEVEL", "info"), "debug", "info", "warning", "error"
            ),
            export_hours=values.hours("EXPORT_HOURS", environ.get(PREFIX + "EXPORT_HOURS", "24")),
            rates=Rates(
                caller=values.rates("RATE_CALLER", environ, Rates.caller),
                device=values.rates("RATE_DEVICE", environ, Rates.device),
                address=values.rates("RATE_ADDRESS", environ, Rates.address),
            ),
        )
