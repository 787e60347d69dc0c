"""How the three people we serve sign in to the demo: a command for each, to be copied as it stands."""

from api.pages.figures import MonthFigures
from api.pages.html import Html, tag, with_code
from api.pages.layout import section
from api.pages.texts import Texts
from domain.facts import Membership

AUDITOR = "visitledger token --role auditor --subject auditor"
REPORTING = "visitledger token --role reporting --subject reports"


def sign_in_section(texts: Texts, figures: MonthFigures | None, *, base: str) -> Html:
    """Who there is, what to run, and a first call."""
    people = (tag("li", tag("strong", name), " ", does) for name, does in texts.users)
    call = f'TOKEN=$({REPORTING})\ncurl -H "Authorization: Bearer $TOKEN" "{base}v1/reconciliation?{_query(figures)}"'
    return section(
        texts.demo_sign_in,
        tag("p", texts.sign_in_lead),
        tag("ul", *people),
        block(_commands(texts, figures.worker if figures else None)),
        tag("p", with_code(texts.sign_in_path), class_="small"),
        tag("p", texts.try_it),
        block(call),
        identity="sign-in",
    )


def block(text: str) -> Html:
    """Lines to copy."""
    return tag("pre", tag("code", text), translate="no")


def _commands(texts: Texts, worker: Membership | None) -> str:
    care_worker, auditor, reporting = (name for name, _ in texts.users)
    as_worker = (
        f"visitledger token --role care_worker --subject {worker.person_id} --unit {worker.group_id}"
        if worker
        else f"# {texts.worker_later}"
    )
    lines = (f"# {care_worker}", as_worker, f"# {auditor}", AUDITOR, f"# {reporting}", REPORTING)
    return "\n".join(lines)


def _query(figures: MonthFigures | None) -> str:
    return f"month={figures.month}&level=unit" if figures else "level=unit"
