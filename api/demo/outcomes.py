"""What may go otherwise than planned at a client's door, and how often: shares are ours [A] unless marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from api.demo.chance import drawn, happens
from domain.values import PlannedService


class Outcome(Enum):
    """How one visit goes, seen from its registration."""

    DONE = auto()
    DECLINED = auto()
    NOBODY_HOME = auto()
    FORGOT_ARRIVAL = auto()
    FORGOT_DEPARTURE = auto()
    FORGOT_BOTH = auto()
    LEFT_LATE = auto()
    """The departure was pressed in the car, long after."""
    WRONG_CLIENT = auto()
    NO_SERVICE = auto()


SHARES = (
    (Outcome.DONE, 0.948),
    (Outcome.DECLINED, 0.01),
    (Outcome.NOBODY_HOME, 0.006),
    (Outcome.FORGOT_ARRIVAL, 0.005),
    (Outcome.FORGOT_DEPARTURE, 0.014),
    (Outcome.FORGOT_BOTH, 0.003),
    (Outcome.LEFT_LATE, 0.004),
    (Outcome.WRONG_CLIENT, 0.002),
    (Outcome.NO_SERVICE, 0.008),
)
CORRECTED_SHARE = 0.75
"""The others are never corrected: corrections are the work that gets no time ([S:SEED3])."""
SERVICE_DECLINED_SHARE = 0.008
SERVICE_ADDED_SHARE = 0.006
"""Something that is in no order was done as well."""
NOTE_SHARE = 0.05
ADDED = ("DISH_WASTE", "BED_CHANGE", "MAIL", "PHARMACY")
NOTES = (
    "Åt bra till frukost, ville inte ha lunch ännu.",
    "Trött idag. Tog god tid på sig i badrummet.",
    "Glad och pratsam. Har fått besök av anhörig.",
    "Lite yr vid uppresning, satt kvar en stund. Sjuksköterska informerad.",
    "Kylskåpet behöver fyllas på, inköp behövs före helgen.",
    "Sov när jag kom. Kom igång långsamt.",
    "Ont i höften. Gick med rollator till köket.",
    "Duschen sköts upp till imorgon, ville hellre vila.",
    "Nyckelboxen kärvar, meddelat samordnaren.",
    "Ville att nästa besök kommer lite senare.",
    "Snöigt på uppfarten, fick gå sista biten.",
    "Tagit sina läkemedel. Strumporna satt bra.",
    "Behöver hjälp med allt fler moment, ta upp med biståndshandläggaren.",
    "Klarar morgonen själv nu, behöver knappt hjälp.",
)


@dataclass(frozen=True, slots=True)
class Done:
    """One service as it is registered."""

    service: PlannedService
    performed: bool


def outcome_of(chance: Random) -> Outcome:
    """How a visit goes."""
    return drawn(chance, SHARES)


def services_done(planned: Sequence[PlannedService], chance: Random) -> list[Done]:
    """What is registered of the planned services, with what was declined and what was added."""
    done = [Done(service, not (len(planned) > 1 and happens(chance, SERVICE_DECLINED_SHARE))) for service in planned]
    if planned and happens(chance, SERVICE_ADDED_SHARE):
        code, client_id = chance.choice(ADDED), planned[0].client_id
        done.append(Done(PlannedService(type(planned[0].service_code)(code), client_id, 0), performed=True))
    return done
