"""Signing in and out on the pages, and who is signed in: all of it stands sealed in cookies of this site alone."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access import decision_for
from api.bootstrap import House
from api.dependencies import HouseDep
from api.pages.html import Html, join, tag
from api.pages.layout import Page, language_chosen, link, respond, section, texts_for
from api.pages.texts import Texts
from api.problems import Problem
from api.strict_route import StrictRoute
from domain.access.extract import ROLES
from domain.access.values import Extent
from infra.sign_in import BEGUN_S, DONE, SIGNED_IN_S, SignIn, SignInFailedError
from infra.tokens import Caller

router = APIRouter(include_in_schema=False, route_class=StrictRoute)

BEGUN, SIGNED_IN = "__Host-begun", "__Host-signed-in"
"""Names that a browser takes from this very host only, over TLS, and from no page beside it."""
SEE_OTHER, FAILED = 303, 401
Told = Annotated[str, Query(max_length=2_000)]


@router.get("/sign-in")
def sign_in(request: Request, house: HouseDep) -> Response:
    """Send somebody to the identity provider."""
    try:
        begun = _provider(house).begin(language_chosen(request) or "")
    except SignInFailedError:
        raise Problem("busy", headers={"Retry-After": "5"}) from None
    answer = _to(begun.address)
    _keep(answer, BEGUN, begun.kept, BEGUN_S)
    return answer


@router.get(DONE)
def done(request: Request, house: HouseDep, code: Told = "", state: Told = "", iss: Told = "") -> Response:
    """Take in somebody whom the provider sends back."""
    begun = request.cookies.get(BEGUN, "")
    try:
        finished = _provider(house).finish(code=code, state=state, issuer=iss, begun=begun)
    except SignInFailedError:
        texts = texts_for(request)
        told = join(tag("h1", texts.sign_in), tag("p", texts.sign_in_failed), _way_in(request, texts))
        answer = respond(request, texts, Page(title=texts.sign_in, content=told))
        answer.status_code = FAILED
    else:
        answer = _to(link("/", lang=finished.language))
        _keep(answer, SIGNED_IN, finished.kept, SIGNED_IN_S)
    _keep(answer, BEGUN, "", 0)
    return answer


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Forget who is signed in. No other site's page can have this done: the cookie does not come with it."""
    answer = _to(_kept_language(request, "/"))
    _keep(answer, SIGNED_IN, "", 0)
    return answer


def who_is_signed_in(request: Request, house: House) -> Caller | None:
    """None where nobody is, or who is has been shut out."""
    if house.sign_in is None:
        return None
    caller = house.sign_in.who(request.cookies.get(SIGNED_IN, ""))
    return None if caller is None or house.shut_out.has_person(caller.subject) else caller


def sees_municipality(caller: Caller | None) -> bool:
    """Whether somebody may see figures of the whole municipality, however few clients a cell has: those of the pages are."""
    if caller is None:
        return False
    decision = decision_for(caller, "read.figures")
    return decision.extent is Extent.ALL and not decision.cell_clients_min


def way_in_section(request: Request, house: House, caller: Caller | None, texts: Texts) -> Html:
    """How to sign in, or who is signed in and how to sign out."""
    if caller is None:
        way = _way_in(request, texts) if house.sign_in else None
        return section(texts.sign_in, tag("p", texts.production), way, identity="sign-in")
    out = tag(
        "form", tag("button", texts.sign_out, type="submit"), method="post", action=_kept_language(request, "/sign-out")
    )
    in_english, in_swedish = ROLES[caller.role]
    role = in_swedish if texts.language == "sv" else in_english
    who = tag("p", tag("strong", caller.subject), f" ({role})")
    none = None if sees_municipality(caller) else tag("p", texts.no_figures_for_role)
    return section(texts.signed_in, who, none, out, identity="sign-in")


def _way_in(request: Request, texts: Texts) -> Html:
    return tag("p", tag("a", texts.sign_in, href=_kept_language(request, "/sign-in")))


def _kept_language(request: Request, path: str) -> str:
    return link(path, lang=language_chosen(request))


def _provider(house: House) -> SignIn:
    if house.sign_in is None:
        raise Problem("not_found")
    return house.sign_in


def _to(address: str) -> Response:
    return Response(status_code=SEE_OTHER, headers={"Location": address})


def _keep(answer: Response, name: str, kept: str, seconds: int) -> None:
    answer.set_cookie(name, kept, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")
