"""The composition root: settings in, everything wired out. Web app, command line, demo and tests all come through here."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from api.after_erasure import after_erasure
from api.export_jobs import ExportJobs
from api.sync_facts import ClientsKnown
from api.sync_intake import SyncIntake
from domain.ledger import Ledger
from domain.rulebook.rulebook import Rulebook
from infra.access_log import AccessLog
from infra.client_numbers import ClientNumbers
from infra.codec import EventCodec, mapper_over
from infra.development_issuer import DevelopmentIssuer
from infra.digests import FactDigester
from infra.erasure import Hook, erased_after
from infra.event_codec import event_codec
from infra.event_store import open_log
from infra.folding_process import FoldingProcess
from infra.gauges import Gauges
from infra.homes import Homes
from infra.identity_provider import IdentityProvider, NobodyCalls
from infra.issuer_keys import IssuerKeys, keys_of
from infra.keys import KeyStore, open_key_store
from infra.migrate import make_ready
from infra.month_keeper import MonthKeeper
from infra.projector import Projector, Waiting
from infra.proofs import Nonces
from infra.protected import ProtectedClients
from infra.read_database import Engine, open_read_database
from infra.readers import Readers, open_readers
from infra.recorder import LedgerRecorder
from infra.remembered_erasures import RememberedErasures
from infra.sealed_cookies import CookieSealer
from infra.sealing import SealingService
from infra.seen_proofs import SeenProofs
from infra.setting_values import PREFIX, SettingError
from infra.settings import Settings
from infra.shut_out import ShutOut
from infra.sign_in import ID_TOKEN, Client, SignIn
from infra.standing import Lookout
from infra.tokens import Expected, TokenVerifier
from infra.watcher import OpenNotices, Watcher
from infra.writer import GroupWriter
from infra.zone import Zone
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
    numbers: ClientNumbers
    ledger: Ledger
    writer: GroupWriter
    read_database: Engine
    """The read models for whoever folds, computes ahead or operates."""
    readers: Readers
    """The same for those who read for a caller."""
    zone: Zone
    projector: Projector
    folding: FoldingProcess | None
    months: MonthKeeper
    exports: ExportJobs
    after_erasure: tuple[Hook, ...]
    erasures: RememberedErasures
    lookout: Lookout
    gauges: Gauges
    intake: SyncIntake
    callers: TokenVerifier
    sign_in: SignIn | None
    shut_out: ShutOut
    protected: ProtectedClients
    seen_proofs: SeenProofs
    nonces: Nonces
    access_log: AccessLog
    cursor_key: bytes
    told_from: str
    """Which log, since it was last restored, and which read models of it answers come from."""

    @property
    def tokens(self) -> DevelopmentIssuer:
        """The development issuer. Raises `SettingError` where there is none."""
        if not isinstance(self.callers, DevelopmentIssuer):
            raise SettingError("Tokens are the identity provider's to give: there is no development issuer here.")
        return self.callers

    @property
    def rulebook(self) -> Rulebook:
        """The rules as the read models believe them now: for what is asked of today, and the zone of the clock."""
        return _rulebook(self.readers)

    def recorded_at(self, position: int) -> datetime | None:
        """When the ledger recorded the last event at or before a position; None before the first."""
        microseconds = self.log.recorded_at(position)
        return EPOCH + timedelta(microseconds=microseconds) if microseconds else None

    def start(self) -> None:
        """Begin to take writes and to follow the log."""
        self.access_log.start()
        self.shut_out.start()
        self.protected.start()
        self.callers.start()
        self.writer.start()
        self.projector.start()
        if self.folding is not None:
            self.folding.start()
        self.months.start()

    def close(self) -> None:
        """Finish what was accepted, and give everything back."""
        self.callers.close()
        self.shut_out.close()
        self.protected.close()
        self.writer.close()
        if self.folding is not None:
            self.folding.close()
        self.months.close()
        self.projector.close()
        self.readers.close()
        self.access_log.close()
        self.read_database.dispose()
        self.seen_proofs.close()
        self.log.close()
        self.keys.close()


def build(settings: Settings, *, clock: Clock = system_clock) -> House:
    """Wire the house. Nothing runs yet. Raises `SettingError`, `SchemaError`, `KeyStoreError` or the store's error when it
    cannot stand."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    make_ready(settings)
    log = open_log(settings, clock=(microseconds := lambda: _microseconds(clock())))
    keys = open_key_store(settings.keys_url, *settings.master_key_places)
    codec = event_codec()
    sealing = SealingService(keys, log.identity().ledger_id, clock)
    ledger = Ledger(log=log, mapper=mapper_over(codec), codec=codec, sealer=sealing)
    read_database = open_read_database(settings.read_url)
    writer = GroupWriter(ledger)

    def waiting() -> int:
        return writer.waiting

    folding = _folding_process(settings, log, waiting) if settings.has_folding_process else None
    projector = (
        Projector(log, codec, read_database, READ_MODELS, waiting=waiting)
        if settings.folds_here
        else Watcher(
            log,
            codec,
            read_database,
            READ_MODELS,
            notices=_notices(settings, folding),
            is_folded_for=lambda: folding is not None and folding.process_id is not None,
            waiting=waiting,
        )
    )
    erasures = RememberedErasures(log, codec)
    lookout = Lookout(log, keys, read_database, projector, erasures, microseconds)
    callers = _callers(settings, keys)
    protected = ProtectedClients(log, codec)
    readers = open_readers(settings, read_database)
    homes = Homes(lambda stream: codec.decode_rows(log.read_stream(stream)), sealing)
    exports = ExportJobs(
        settings.data_dir / "exports", keeps_hours=settings.export_hours, erased_after=partial(erased_after, log)
    )
    return House(
        settings=settings,
        clock=clock,
        log=log,
        codec=codec,
        keys=keys,
        sealing=sealing,
        numbers=ClientNumbers(log, codec, keys, sealing),
        ledger=ledger,
        writer=writer,
        read_database=read_database,
        readers=readers,
        zone=Zone(lambda: _rulebook(readers).zone),
        projector=projector,
        folding=folding,
        months=MonthKeeper(read_database, computes=settings.folds_here),
        exports=exports,
        after_erasure=after_erasure(keys, homes, exports),
        erasures=erasures,
        lookout=lookout,
        gauges=Gauges(lookout, writer),
        intake=SyncIntake(
            digester=FactDigester(keys.ledger_key("fact-digest")),
            seal_evidence=lambda evidence, evidence_id: sealing.seal_bytes(evidence, place=f"quarantine/{evidence_id}"),
            clients=ClientsKnown(homes.of, lambda: protected.at(clock())),
        ),
        callers=callers,
        sign_in=_sign_in(settings, keys, callers),
        shut_out=ShutOut(log, codec),
        protected=protected,
        seen_proofs=SeenProofs(settings.proofs_url),
        nonces=Nonces(keys.ledger_key("dpop-nonces")),
        access_log=AccessLog(settings.access_url, microseconds),
        cursor_key=keys.ledger_key("cursors"),
        told_from=".".join(map(str, (log.identity().epoch, *(model.version for model in READ_MODELS)))),
    )


def _rulebook(readers: Readers) -> Rulebook:
    with readers.open() as db:
        return FactReader(db, NOW).rulebook()


def _folding_process(settings: Settings, log: LedgerRecorder, waiting: Waiting) -> FoldingProcess:
    """The process that folds for this one. It opens the same ledger, by the same variables."""
    command = [sys.executable, "-m", "infra.working", str(settings.data_dir.resolve())]
    return FoldingProcess(command, {f"{PREFIX}STORE": settings.store_url}, log, waiting)


def _notices(settings: Settings, folding: FoldingProcess | None) -> OpenNotices | None:
    """Who tells of folds: the process itself, where the store does not."""
    return folding.notices if folding is not None and not settings.on_postgresql else None


def _callers(settings: Settings, keys: KeyStore) -> TokenVerifier:
    """Who tells callers: the identity provider where one is named; else, but never in production, the development issuer."""
    if settings.issuer and settings.audience:
        expected = Expected(
            issuer=settings.issuer,
            audience=settings.audience,
            life_s_max=settings.token_minutes_max * 60,
            role_claim=settings.role_claim,
            unit_claim=settings.unit_claim,
            sign_in=settings.acr,
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
        sign_in=settings.acr,
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
