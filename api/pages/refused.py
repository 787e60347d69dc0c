"""What a person meets in a browser where something was refused: a page, in words, with the way back."""

from fastapi import Request, Response

from api.pages.html import join, tag
from api.pages.layout import Page, link, respond, texts_for
from api.problems import Problem, problem_of, problem_response
from api.versioned import API
from infra import telemetry


async def answer_in_kind(request: Request, error: Exception) -> Response:
    """A page for whoever asks for one outside of the versioned surface, else a problem document."""
    problem = problem_of(error)
    is_for_people = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(f"{API}/")
    return _page(request, problem) if is_for_people else problem_response(request.scope, problem)


def _page(request: Request, problem: Problem) -> Response:
    telemetry.problem(problem.info.status, problem.code)
    texts, info = texts_for(request), problem.info
    is_swedish = texts.language == "sv"
    title = info.title_sv if is_swedish else info.title_en
    content = join(
        tag("h1", title),
        tag("p", info.what_to_do_sv if is_swedish else info.what_to_do_en),
        tag("p", tag("a", texts.to_first_page, href=link("/", lang=texts.language))),
    )
    answer = respond(request, texts, Page(title=title, content=content))
    answer.status_code = info.status
    answer.headers.update(dict(problem.headers or {}) | {"Vary": "Accept, Accept-Language"})
    return answer
