"""`/v1/access-log/review` and `/v1/clients/{id}/access-extract`: who has seen what, checked month by month, and told to the
person concerned."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Header, Query, Response

from api.access import require_purpose
from api.bootstrap import NOW, House
from api.dependencies import HouseDep, ReachDep, allowed
from api.log_look import LogLook
from api.office_bodies import ClientUuid
from api.problems import documented, language_wanted
from api.reading import month_named
from api.rendering import Format, answer
from api.versioned import versioned_router
from api.whose import people_in
from domain.access.extract import Told, extract
from domain.access.review import Facts, Finding, review
from domain.access.whose import named_in
from domain.client.aggregate import Client
from domain.client.errors import ClientUnknownError
from domain.local_time import Month, month_bounds
from infra.access_reading import entries_between, entries_of, people_between
from projections.fact_reader import FactReader

router = versioned_router(
    prefix="/v1",
    tags=["access log"],
    responses=documented("unauthenticated", "forbidden", "bad_time", "not_found", "purpose_required"),
)
Form = Annotated[Format, Query(alias="format")]


@router.get("/access-log/review", response_class=Response, dependencies=[Depends(allowed("read.access_log"))])
def get_review(
    house: HouseDep,
    reach: ReachDep,
    month: Annotated[str, Query(description="YYYY-MM", max_length=7)],
    form: Form = "json",
) -> Response:
    """A month's entries looked through: some readers drawn by chance, the same each time, and what stands out by rule. Who read
    one with protected identity is told to all, and whose it was to those who are named for the client."""
    found = (each if reach.tells(each.client_id) else each.of_nobody() for each in reviewed(house, month_named(month)))
    rows = [msgspec.structs.asdict(each) for each in found]
    with house.read_database.connect() as db:
        whose = people_in(db, named_in(rows))
    return answer(_about(house), rows, form, whose=whose)


@router.get(
    "/clients/{client_id}/access-extract",
    response_class=Response,
    dependencies=[Depends(allowed("read.access_extract"))],
)
def get_extract(
    house: HouseDep,
    reach: ReachDep,
    client_id: ClientUuid,
    form: Form = "json",
    accept_language: Annotated[str, Header()] = "en",
) -> Response:
    """Who has seen the client's data, for the client: which unit, in which role, when and what kind, without anybody's name.
    In Swedish or English."""
    require_purpose(reach)
    LogLook(house, house.log.head()[0]).require(reach, "client", client_id)
    rows = [msgspec.structs.asdict(each) for each in extract_of(house, client_id, language_wanted(accept_language))]
    return answer(_about(house), rows, form, whose=frozenset({("client", str(client_id))}))


def reviewed(house: House, month: Month) -> list[Finding]:
    """A month's review, by the facts as they are believed now."""
    engine = house.access_log.reader
    zone = house.rulebook.zone
    since, until = month_bounds(month, zone)
    entries = entries_between(engine, since, until)
    return review(month, entries, _facts(house, people_between(engine, since, until), month, zone))


def _facts(house: House, client_ids: list[str], month: Month, zone: str) -> Facts:
    look = LogLook(house, house.log.head()[0])
    units_of: defaultdict[str, set[str]] = defaultdict(set)
    with house.read_database.connect() as db:
        for each in FactReader(db, NOW).memberships():
            if each.kind == "client_unit":
                units_of[each.person_id].add(each.group_id)
    protected = (each for each in client_ids if look(Client, each).history.protected.is_protected_in(month))
    return Facts(units_of=units_of, protected=frozenset(protected), zone=zone)


def extract_of(house: House, client_id: str, language: str) -> Iterator[Told]:
    """The extract for a client. Raises `ClientUnknownError`."""
    if not LogLook(house, house.log.head()[0])(Client, client_id).version:
        raise ClientUnknownError
    with house.read_database.connect() as db:
        facts = FactReader(db, NOW)
        names = {str(unit.unit_id): unit.name for unit in facts.units()}
    zone = house.rulebook.zone
    return extract(entries_of(house.access_log.reader, "client", client_id), names, zone, language)


def _about(house: House) -> dict[str, Any]:
    return {"complete_through": house.log.head()[0], "at": house.clock()}
