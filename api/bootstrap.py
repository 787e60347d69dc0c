"""The composition root: settings in, everything wired out. Web app, command line, demo and tests all come through here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from api.sync_intake import SyncIntake
from domain.ledger import Ledger
from domain.rulebook.rulebook import Rulebook
from domain.topics import EVENT_CLASSES
from infra.access_log import AccessLog
from infra.codec import EventCodec, mapper_over
from infra.development_issuer import DevelopmentIssuer
from infra.digests import FactDigester
from infra.event_store import open_log
from infra.gauges import Gauges
from infra.homes import Homes
from infra.identity_provider import IdentityProvider, NobodyCalls
from infra.issuer_keys import IssuerKeys, keys_of
from infra.keys import KeyStore, open_key_store
from infra.migrate import make_ready
from infra.month_keeper import MonthKeeper
from infra.projector import Projector
from infra.read_database import Engine, open_read_database
from infra.recorder import LedgerRecorder
from infra.sealed_cookies import CookieSealer
from infra.sealing import SealingService
from infra.settings import PREFIX, SettingError, Settings
from infra.shut_out import ShutOut
from infra.sign_in import ID_TOKEN, Client, SignIn
from infra.standing import Lookout
from infra.tokens import Expected, TokenVerifier
from infra.watcher import Watcher
from infra.writer import GroupWriter
from projections.fact_reader import FactReader
from projections.projection import FOREVER
from projections.read_models import READ_MODELS

Clock = Callable[[], datetime]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = FOREVER - 1
"""The position that asks for whatever is believed last."""


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """All parts, wired. `start` begins to write and to follow the log, or whoever folds it; `close` finishes both."""

    settings: Settings
    clock: Clock
    log: LedgerRecorder
    codec: EventCodec
    keys: KeyStore
    sealing: SealingService
    ledger: Ledger
    writer: GroupWriter
    read_database: Engine
    projector: Projector
    months: MonthKeeper
    lookout: Lookout
    gauges: Gauges
    intake: SyncIntake
    callers: TokenVerifier
    sign_in: SignIn | None
    shut_out: ShutOut
    access_log: AccessLog
    cursor_key: bytes

    @property
    def tokens(self) -> DevelopmentIssuer:
        """The development issuer. Raises `SettingError` where there is none."""
        if not isinstance(self.callers, DevelopmentIssuer):
            raise SettingError("Tokens are the identity provider's to give: there is no development issuer here.")
        return self.callers

    @property
    def rulebook(self) -> Rulebook:
        """The rules as the read models believe them now: for what is asked of today, and the zone of the clock."""
        with self.read_database.connect() as db:
            return FactReader(db, NOW).rulebook()

    def recorded_at(self, position: int) -> datetime | None:
        """When the ledger recorded the last event at or before a position; None before the first."""
        microseconds = self.log.recorded_at(position)
        return EPOCH + timedelta(microseconds=microseconds) if microseconds else None

    def start(self) -> None:
        """Begin to take writes and to follow the log."""
        self.access_log.start()
        self.shut_out.start()
        self.callers.start()
        self.writer.start()
        self.projector.start()
        self.months.start()

    def close(self) -> None:
        """Finish what was accepted, and give everything back."""
        self.callers.close()
        self.shut_out.close()
        self.writer.close()
        self.months.close()
        self.projector.close()
        self.access_log.close()
        self.read_database.dispose()
        self.log.close()
        self.keys.close()


@cache
def event_codec() -> EventCodec:
    """The codec of all events: made once in a process, for it looks at every field of every class."""
    return EventCodec(EVENT_CLASSES)


def build(settings: Settings, *, clock: Clock = system_clock) -> House:
    """Wire the house. Nothing runs yet. Raises `SettingError`, `SchemaError`, `KeyStoreError` or the store's error when it
    cannot stand."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    make_ready(settings)
    log = open_log(settings, clock=(microseconds := lambda: _microseconds(clock())))
    keys = open_key_store(settings.keys_url, settings.master_key_path)
    codec = event_codec()
    sealing = SealingService(keys, log.identity().ledger_id, clock)
    ledger = Ledger(log=log, mapper=mapper_over(codec), codec=codec, sealer=sealing)
    read_database = open_read_database(settings.read_url)
    writer = GroupWriter(ledger)
    follow = Projector if settings.folds_here else Watcher
    projector = follow(log, codec, read_database, READ_MODELS, waiting=lambda: writer.waiting)
    lookout = Lookout(log, keys, read_database, projector, microseconds)
    callers = _callers(settings, keys)
    homes = Homes(lambda stream: codec.decode_rows(log.read_stream(stream)), sealing)
    return House(
        settings=settings,
        clock=clock,
        log=log,
        codec=codec,
        keys=keys,
        sealing=sealing,
        ledger=ledger,
        writer=writer,
        read_database=read_database,
        projector=projector,
        months=MonthKeeper(read_database, computes=settings.folds_here),
        lookout=lookout,
        gauges=Gauges(lookout, writer),
        intake=SyncIntake(
            digester=FactDigester(keys.ledger_key("fact-digest")),
            seal_evidence=lambda evidence, evidence_id: sealing.seal_bytes(evidence, place=f"quarantine/{evidence_id}"),
            home_of=homes.of,
        ),
        callers=callers,
        sign_in=_sign_in(settings, keys, callers),
        shut_out=ShutOut(log, codec),
        access_log=AccessLog(settings.access_url, microseconds),
        cursor_key=keys.ledger_key("cursors"),
    )


def _callers(settings: Settings, keys: KeyStore) -> TokenVerifier:
    """Who tells callers: the identity provider where one is named; else, but never in production, the development issuer."""
    if settings.issuer and settings.audience:
        expected = Expected(
            issuer=settings.issuer,
            audience=settings.audience,
            life_s_max=settings.token_minutes_max * 60,
            role_claim=settings.role_claim,
            unit_claim=settings.unit_claim,
        )
        return IdentityProvider(expected, IssuerKeys(keys_of(settings.issuer, settings.jwks)))
    if settings.issuer or settings.in_production:
        return NobodyCalls()
    return DevelopmentIssuer(keys.ledger_key("development-tokens"))


def _sign_in(settings: Settings, keys: KeyStore, callers: TokenVerifier) -> SignIn | None:
    """How people sign in on the pages, where the identity provider knows them. Raises `SettingError` for a lost secret."""
    if not (isinstance(callers, IdentityProvider) and settings.client_id and settings.public_url):
        return None
    expected = Expected(
        issuer=settings.issuer,
        audience=settings.client_id,
        types=ID_TOKEN,
        role_claim=settings.role_claim,
        unit_claim=settings.unit_claim,
    )
    client = Client(client_id=settings.client_id, secret=_secret(settings), public_url=settings.public_url)
    return SignIn(client, expected, callers.keys.find, CookieSealer(keys.ledger_key("page-cookies")))


def _secret(settings: Settings) -> str:
    if settings.client_secret_file is None:
        return ""
    try:
        secret = settings.client_secret_file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        secret = ""
    if not secret:
        raise SettingError(f"{PREFIX}CLIENT_SECRET_FILE takes a file with the secret in it.")
    return secret


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
