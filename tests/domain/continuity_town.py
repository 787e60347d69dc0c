"""A client who is visited each day of a fortnight, in few words: what the tests of staff continuity begin with."""

from collections.abc import Sequence
from datetime import date, timedelta

from domain.context import Context, context_of
from domain.continuity import ClientContinuity, continuity
from domain.continuity_definition import Asked, ContinuityDefinition, definition_of
from domain.facts import Absence, OrderLine, Person, VisitFacts
from domain.ids import ClientId, ProviderId, ServiceCode, VisitId, WorkerId
from domain.municipality import Unit
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook
from domain.standing import CareContact, TitleHeld
from domain.values import VisitKind
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BRACKE,
    BROR,
    GALLO,
    MONDAY,
    MUNICIPAL,
    SHOWER,
    belongs,
    clock,
    defined,
    service,
    stay,
    visit,
)

LAST = MONDAY + timedelta(days=13)
OLD = date(2005, 3, 3)
PRIVATE = ProviderId("private")
ALARM, MEALS, INSULIN, COMPANION = (ServiceCode(code) for code in ("ALARM", "MEALS", "INSULIN", "COMPANION"))
CATALOGUE = [
    defined(SHOWER, "personal_care"),
    defined(ALARM, "alarm"),
    defined(MEALS, "meals"),
    defined(INSULIN, "health"),
    defined(COMPANION, "companion"),
]


def person(client: ClientId, turns_65_on: date | None = OLD, birth_year: int | None = None) -> Person:
    return Person(kind="client", person_id=client, turns_65_on=turns_65_on, birth_year=birth_year)


def town(
    *people: Person,
    absences: Sequence[Absence] = (),
    orders: Sequence[OrderLine] = (),
    contacts: Sequence[CareContact] = (),
    titles: Sequence[TitleHeld] = (),
    gallo_from: date | None = None,
) -> Context:
    """Asta of Bräcke, whose unit is another's (a private provider's) from a day on where one is given."""
    units = [belongs("client_unit", ASTA, BRACKE)]
    if gallo_from:
        units.append(belongs("client_unit", ASTA, GALLO, gallo_from))
    return context_of(
        people=people or [person(ASTA), person(BROR)],
        memberships=units,
        order_lines=orders,
        services=CATALOGUE,
        units=[
            Unit(unit_id=BRACKE, name="Bräcke", provider_id=MUNICIPAL),
            Unit(unit_id=GALLO, name="Gällö", provider_id=PRIVATE),
        ],
        absences=absences,
        care_contacts=contacts,
        titles=titles,
    )


def met(
    day: date,
    starts: str,
    *workers: WorkerId,
    clients: Sequence[ClientId] = (ASTA,),
    kind: VisitKind = VisitKind.PLANNED,
    codes: Sequence[ServiceCode] = (SHOWER,),
) -> VisitFacts:
    """A visit of half an hour in which the workers did some services for the first client."""
    name = VisitId(f"{day}-{starts}-{kind}-{'-'.join(workers)}-{'-'.join(codes)}")
    begins = clock(starts, day)
    stays = [
        stay(begins, begins + timedelta(minutes=30), worker, clients, visit_id=name, kind=kind) for worker in workers
    ]
    done = [service(code, client=clients[0], worker=workers[0], at=begins, visit_id=name) for code in codes]
    return visit(*stays, *done, visit_id=name)


def every_day(*workers: WorkerId, client: ClientId = ASTA, days: int = 14) -> list[VisitFacts]:
    """Morning and evening, each day: the worker of the turn in the morning, the first of them in the evening."""
    made = []
    for number in range(days):
        day = MONDAY + timedelta(days=number)
        made += [
            met(day, "08:00", workers[number % len(workers)], clients=(client,)),
            met(day, "18:00", workers[0], clients=(client,)),
        ]
    return made


def rows(
    visits: Sequence[VisitFacts],
    context: Context | None = None,
    rulebook: Rulebook = DEFAULT_RULEBOOK,
    definition: ContinuityDefinition | None = None,
) -> dict[ClientId, ClientContinuity]:
    report = continuity(MONDAY, visits, context=context or town(), rulebook=rulebook, definition=definition)
    return {client.client_id: client for client in report.clients}


def astas(*more: VisitFacts, context: Context | None = None, rulebook: Rulebook = DEFAULT_RULEBOOK) -> ClientContinuity:
    """Asta's row, when Anna comes twice a day and there is something more."""
    return rows([*every_day(ANNA), *more], context, rulebook)[ASTA]


def asked(question: Asked) -> ContinuityDefinition:
    return definition_of(Policies(), question)
