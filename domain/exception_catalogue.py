"""What can be odd about what was registered: every code with its class, its meaning and who sorts it out."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from domain.values import ExceptionClass


class ExceptionCode(StrEnum):
    """Names an exception for ever; clients and acknowledgements hold on to it."""

    CLIENT_UNKNOWN = "CLIENT_UNKNOWN"
    WORKER_UNKNOWN = "WORKER_UNKNOWN"
    CLIENT_ABSENT = "CLIENT_ABSENT"
    WORKER_ABSENT = "WORKER_ABSENT"
    ARRIVAL_MISSING = "ARRIVAL_MISSING"
    DEPARTURE_MISSING = "DEPARTURE_MISSING"
    NOT_REGISTERED = "NOT_REGISTERED"
    SILENT = "SILENT"
    UNPLANNED = "UNPLANNED"
    OTHER_WORKER = "OTHER_WORKER"
    SERVICE_MISSING = "SERVICE_MISSING"
    SERVICE_NOT_ORDERED = "SERVICE_NOT_ORDERED"
    SERVICE_CODE_UNKNOWN = "SERVICE_CODE_UNKNOWN"
    LONGER_THAN_ORDERED = "LONGER_THAN_ORDERED"
    SHORT_VISIT = "SHORT_VISIT"
    LATE_ARRIVAL = "LATE_ARRIVAL"
    EARLY_DEPARTURE = "EARLY_DEPARTURE"
    DURATION_CAP = "DURATION_CAP"
    OVERLAP_WORKER = "OVERLAP_WORKER"
    OVERLAP_CLIENT = "OVERLAP_CLIENT"
    IMPOSSIBLE_TRAVEL = "IMPOSSIBLE_TRAVEL"
    DELEGATION_MISSING = "DELEGATION_MISSING"
    OUTSIDE_PLACE = "OUTSIDE_PLACE"
    POSITION_ABSENT = "POSITION_ABSENT"
    POSITION_WEAK = "POSITION_WEAK"
    POSITION_FAKED = "POSITION_FAKED"
    TAG_UNKNOWN = "TAG_UNKNOWN"
    CLOCK_DRIFT = "CLOCK_DRIFT"
    TIME_JUMP = "TIME_JUMP"
    LATE_SYNC = "LATE_SYNC"
    TIME_IMPLAUSIBLE = "TIME_IMPLAUSIBLE"
    APP_NEWER = "APP_NEWER"
    APPROVAL_LAPSED = "APPROVAL_LAPSED"
    ID_CONFLICT = "ID_CONFLICT"
    MANUAL = "MANUAL"
    AFTER_LOCK = "AFTER_LOCK"
    REFUSAL_PATTERN = "REFUSAL_PATTERN"
    MERGED_VISITS = "MERGED_VISITS"
    ORDER_STALE = "ORDER_STALE"
    RULEBOOK_MISSING = "RULEBOOK_MISSING"
    RECEIPT_MISSING = "RECEIPT_MISSING"
    SUPERVISION_IN_TEAM_WEEK = "SUPERVISION_IN_TEAM_WEEK"


class Owner(StrEnum):
    """Who sorts an exception out."""

    COORDINATOR = "coordinator"
    UNIT_MANAGER = "unit_manager"
    CARE_MANAGER = "care_manager"
    ADMIN = "admin"


class CatalogueEntry(msgspec.Struct, frozen=True):
    """What a code stands for."""

    exception_class: ExceptionClass
    owner: Owner
    meaning_en: str
    meaning_sv: str


_FIX, _ACKNOWLEDGE, _INFORMATION = ExceptionClass.FIX, ExceptionClass.ACKNOWLEDGE, ExceptionClass.INFORMATION

CATALOGUE: Mapping[ExceptionCode, CatalogueEntry] = MappingProxyType(
    {
        ExceptionCode.CLIENT_UNKNOWN: CatalogueEntry(
            _FIX, Owner.COORDINATOR, "The client is not in the ledger", "Brukaren finns inte i liggaren"
        ),
        ExceptionCode.WORKER_UNKNOWN: CatalogueEntry(
            _FIX, Owner.UNIT_MANAGER, "The worker is not in the ledger", "Medarbetaren finns inte i liggaren"
        ),
        ExceptionCode.CLIENT_ABSENT: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "A visit was registered while the client was away or after their death",
            "Besök registrerat medan brukaren var frånvarande eller efter dödsfall",
        ),
        ExceptionCode.WORKER_ABSENT: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.UNIT_MANAGER,
            "A visit was registered by a worker who was away",
            "Besök registrerat av en medarbetare som var frånvarande",
        ),
        ExceptionCode.ARRIVAL_MISSING: CatalogueEntry(
            _FIX, Owner.COORDINATOR, "The arrival is missing", "Ankomst saknas"
        ),
        ExceptionCode.DEPARTURE_MISSING: CatalogueEntry(
            _FIX, Owner.COORDINATOR, "The departure is missing", "Avslut saknas"
        ),
        ExceptionCode.NOT_REGISTERED: CatalogueEntry(
            _FIX,
            Owner.COORDINATOR,
            "The planned time has passed and nothing is registered",
            "Planerad tid har passerat och inget är registrerat",
        ),
        ExceptionCode.SILENT: CatalogueEntry(
            _INFORMATION,
            Owner.COORDINATOR,
            "The planned time has passed and the phone has not been heard of since",
            "Planerad tid har passerat och telefonen har inte hört av sig sedan dess",
        ),
        ExceptionCode.UNPLANNED: CatalogueEntry(
            _ACKNOWLEDGE, Owner.COORDINATOR, "There is no planned visit", "Planerat besök saknas"
        ),
        ExceptionCode.OTHER_WORKER: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "Made by another worker than the assigned",
            "Utfört av en annan medarbetare än den planerade",
        ),
        ExceptionCode.SERVICE_MISSING: CatalogueEntry(_FIX, Owner.COORDINATOR, "No service is given", "Insats saknas"),
        ExceptionCode.SERVICE_NOT_ORDERED: CatalogueEntry(
            _FIX,
            Owner.CARE_MANAGER,
            "The service is in no order that holds on the day",
            "Insatsen finns inte i någon beställning som gäller den dagen",
        ),
        ExceptionCode.SERVICE_CODE_UNKNOWN: CatalogueEntry(
            _FIX,
            Owner.ADMIN,
            "The code is not in the catalogue of the day",
            "Koden finns inte i dagens insatskatalog",
        ),
        ExceptionCode.LONGER_THAN_ORDERED: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.CARE_MANAGER,
            "More was done than is ordered over the stretch that is counted",
            "Mer utfört än beställt under den period som räknas",
        ),
        ExceptionCode.SHORT_VISIT: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "Much shorter than planned",
            "Mycket kortare än planerat",
        ),
        ExceptionCode.LATE_ARRIVAL: CatalogueEntry(
            _INFORMATION, Owner.COORDINATOR, "Began later than planned", "Började senare än planerat"
        ),
        ExceptionCode.EARLY_DEPARTURE: CatalogueEntry(
            _INFORMATION, Owner.COORDINATOR, "Ended earlier than planned", "Slutade tidigare än planerat"
        ),
        ExceptionCode.DURATION_CAP: CatalogueEntry(
            _FIX, Owner.COORDINATOR, "Longer than the longest visit allowed", "Längre än längsta tillåtna besök"
        ),
        ExceptionCode.OVERLAP_WORKER: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "One worker in two visits at once",
            "Samma medarbetare på två besök samtidigt",
        ),
        ExceptionCode.OVERLAP_CLIENT: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "More workers at the client than planned",
            "Fler medarbetare hos brukaren än planerat",
        ),
        ExceptionCode.IMPOSSIBLE_TRAVEL: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "Two places too far apart for the time between",
            "Två platser för långt ifrån varandra för tiden emellan",
        ),
        ExceptionCode.DELEGATION_MISSING: CatalogueEntry(
            _FIX,
            Owner.UNIT_MANAGER,
            "A health task by somebody without a valid delegation",
            "Hälso- och sjukvårdsuppgift av någon utan giltig delegering",
        ),
        ExceptionCode.OUTSIDE_PLACE: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "Registered outside the client's home",
            "Registrerat utanför brukarens bostad",
        ),
        ExceptionCode.POSITION_ABSENT: CatalogueEntry(
            _ACKNOWLEDGE, Owner.COORDINATOR, "No position", "Position saknas"
        ),
        ExceptionCode.POSITION_WEAK: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "The position is too rough to say anything",
            "Positionen är för osäker för att säga något",
        ),
        ExceptionCode.POSITION_FAKED: CatalogueEntry(
            _FIX, Owner.UNIT_MANAGER, "The position is faked", "Positionen är förfalskad"
        ),
        ExceptionCode.TAG_UNKNOWN: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "The tag is not this client's, or is retired",
            "Taggen är inte den här brukarens, eller ur bruk",
        ),
        ExceptionCode.CLOCK_DRIFT: CatalogueEntry(
            _ACKNOWLEDGE, Owner.COORDINATOR, "The device's clock is wrong", "Enhetens klocka går fel"
        ),
        ExceptionCode.TIME_JUMP: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "The device's clock was changed",
            "Enhetens klocka har ändrats",
        ),
        ExceptionCode.LATE_SYNC: CatalogueEntry(
            _INFORMATION, Owner.COORDINATOR, "The ledger learned of it late", "Kom in sent"
        ),
        ExceptionCode.TIME_IMPLAUSIBLE: CatalogueEntry(
            _FIX, Owner.COORDINATOR, "The time cannot be true", "Tiden kan inte stämma"
        ),
        ExceptionCode.APP_NEWER: CatalogueEntry(
            _INFORMATION,
            Owner.ADMIN,
            "A newer app sent more than this version understands; it is kept",
            "En nyare app skickade mer än den här versionen förstår; det är sparat",
        ),
        ExceptionCode.APPROVAL_LAPSED: CatalogueEntry(
            _FIX,
            Owner.COORDINATOR,
            "What was approved has changed since",
            "Det som godkändes har ändrats sedan dess",
        ),
        ExceptionCode.ID_CONFLICT: CatalogueEntry(
            _FIX,
            Owner.ADMIN,
            "Two different registrations have the same id",
            "Två olika registreringar har samma id",
        ),
        ExceptionCode.MANUAL: CatalogueEntry(
            _ACKNOWLEDGE, Owner.UNIT_MANAGER, "Entered or changed by hand", "Inlagt eller ändrat för hand"
        ),
        ExceptionCode.AFTER_LOCK: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.UNIT_MANAGER,
            "Registered or corrected after the month was closed",
            "Registrerat eller rättat efter att månaden stängts",
        ),
        ExceptionCode.REFUSAL_PATTERN: CatalogueEntry(
            _INFORMATION,
            Owner.CARE_MANAGER,
            "Declined visits fill the time that was not used",
            "Avböjda besök fyller den tid som inte använts",
        ),
        ExceptionCode.MERGED_VISITS: CatalogueEntry(
            _INFORMATION,
            Owner.COORDINATOR,
            "Visits planned far apart were registered as one",
            "Besök planerade långt isär har registrerats som ett",
        ),
        ExceptionCode.ORDER_STALE: CatalogueEntry(
            _INFORMATION,
            Owner.CARE_MANAGER,
            "The need has changed, by report or by weeks of other time than ordered, and the order is unchanged",
            "Behovet har ändrats, enligt anmälan eller veckor av annan tid än beställt, och beställningen är oförändrad",
        ),
        ExceptionCode.RECEIPT_MISSING: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.COORDINATOR,
            "The presence was not receipted at the home, at both ends",
            "Närvaron är inte kvitterad i bostaden, i båda ändar",
        ),
        ExceptionCode.RULEBOOK_MISSING: CatalogueEntry(
            _FIX, Owner.ADMIN, "No edition of the rulebook holds on the day", "Inget regelverk gäller den dagen"
        ),
        ExceptionCode.SUPERVISION_IN_TEAM_WEEK: CatalogueEntry(
            _ACKNOWLEDGE,
            Owner.UNIT_MANAGER,
            "Supervision was held in a week with a team meeting",
            "Handledning hölls en vecka med arbetslagsmöte",
        ),
    }
)
