"""The web app over a wired house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from api import (
    access_review,
    admissions,
    bases,
    clients,
    devices,
    exception_acknowledgements,
    exceptions,
    exports,
    health,
    history,
    imports,
    measures,
    open_erasures,
    order_lag,
    orders,
    organisation,
    pay_reports,
    periods,
    persons,
    report_comparison,
    report_explanation,
    reports,
    rulebook_comparison,
    rulebooks,
    supervision,
    sync,
    visits,
    workers,
)
from api.body_limits import BodyLimits
from api.bootstrap import House
from api.callers import callers_of
from api.demo_load import DemoLoad
from api.observed import Observed
from api.office_desk import OfficeDesk
from api.pages import api_page, first_page, signed_in
from api.pages.figures import Figures
from api.pages.refused import answer_in_kind
from api.problems import install
from api.rate_guard import CallRates, RateGuard
from api.security_headers import SecurityHeaders
from api.strict_route import StrictRoute
from api.taking_up import TakingUp
from infra.digests import FactDigester

log = structlog.get_logger()

TITLE = "Visit Ledger"
MODULES = (
    sync,
    visits,
    orders,
    clients,
    workers,
    open_erasures,
    persons,
    organisation,
    rulebook_comparison,
    rulebooks,
    devices,
    admissions,
    supervision,
    exception_acknowledgements,
    imports,
    reports,
    report_comparison,
    report_explanation,
    measures,
    bases,
    pay_reports,
    periods,
    exceptions,
    order_lag,
    exports,
    history,
    access_review,
    health,
    first_page,
    signed_in,
    api_page,
)
"""A router for each way in."""
PUBLIC_MODULES = tuple(module for module in MODULES if module is not api_page)
"""Those of production, where nobody is told what can be called."""


def create_app(house: House, *, demo: DemoLoad | None = None) -> FastAPI:
    """Make the app. It starts the house (and the demo's load) when it starts, and closes it when it stops."""
    taking_up = TakingUp(house)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            house.start()
        except Exception as error:  # the web server would say what the error says
            log.critical("start_failed", exc_info=error)
            raise
        house.exports.start()
        taking_up.start()
        if demo:
            demo.start()
        log.info("started", position=house.projector.complete_through())
        try:
            yield
        finally:
            taking_up.close()
            house.exports.close()
            house.close()
            log.info("ended")

    app = FastAPI(
        title=TITLE,
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None if house.settings.in_production else "/openapi.json",
    )
    app.router.route_class = StrictRoute
    app.state.house = house
    app.state.demo = demo.status if demo else None
    app.state.figures = Figures(house, demo.scope.month if demo else None)
    app.state.desk = OfficeDesk(house.writer, house.log, FactDigester(house.keys.ledger_key("fact-digest")))
    app.state.rates = CallRates(house.settings.rates)
    app.state.callers = callers_of(house)
    for module in PUBLIC_MODULES if house.settings.in_production else MODULES:
        app.router.routes.extend(module.router.routes)
    app.add_middleware(
        BodyLimits,
        bytes_max=house.settings.body_bytes_max,
        seconds_max=house.settings.request_seconds_max,
        other_media_types={imports.router.prefix: {imports.CSV}, rulebooks.PREFIX: rulebooks.YAML},
    )
    install(app, answer_in_kind)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observed)
    app.add_middleware(RateGuard, rates=app.state.rates, callers=app.state.callers)
    return app
