"""What all practice sites share: hosts, languages, templates, forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from flows.sandbox.world import World

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "practice_language"
SITES = (
    "outlook", "account-microsoft", "account-live", "mail-google", "myaccount-google",
    "login-live", "accounts-google", "control",
)  # fmt: skip
AnyResponse = TypeVar("AnyResponse", bound=Response)


def site_url(request: Request, site: str) -> str:
    """The address of another practice site, as seen from this request: ``http://outlook.localhost:PORT``."""
    return f"http://{site}.localhost:{request.url.port or 80}"


def own_address(request: Request, address: str) -> str | None:
    """The address, if it is one of the practice world's own; None leads nobody anywhere else."""
    asked = urlsplit(address)
    ours = [urlsplit(site_url(request, site)).netloc for site in SITES]
    return asked.geturl() if asked.scheme == "http" and asked.netloc in ours else None


def language_of(world: World, request: Request) -> str:
    """``en`` or ``ja``: the world's, else by ``?lang``/``?mkt``/``?hl``, else the cookie's, else the browser's."""
    if world.language:
        return world.language
    named = _language_in_address(request) or request.cookies.get(LANGUAGE_COOKIE)
    if named in ("en", "ja"):
        return named
    wishes = request.headers.get("accept-language", "en").split(",")
    spoken = [wish.strip()[:2].lower() for wish in wishes]
    return next((language for language in spoken if language in ("en", "ja")), "en")


def _language_in_address(request: Request) -> str | None:
    for name in ("lang", "mkt", "hl"):
        if (given := request.query_params.get(name, "")[:2].lower()) in ("en", "ja"):
            return given
    return None


@cache
def templates() -> Environment:
    """The templates under ``templates/``; an unknown name in one is an error, never an empty place."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(world: World, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from a template. It gets ``lang``, ``request``, ``world`` and what the ribbon needs, besides ``values``.

    Put ``{% include "common/ribbon.html" %}`` last in the body: it brings its own style and script.
    """
    lang = language_of(world, request)
    content = templates().get_template(template).render(lang=lang, request=request, world=world, **values)
    return remember_language(request, HTMLResponse(content, status_code=status, headers={"Cache-Control": "no-store"}))


def remember_language(request: Request, response: AnyResponse) -> AnyResponse:
    """Keep a language named in the address (``?lang=ja``) for this site's next pages."""
    if named := _language_in_address(request):
        response.set_cookie(LANGUAGE_COOKIE, named, samesite="lax")
    return response


def redirect(url: str) -> RedirectResponse:
    """See another page, by GET whatever this request was."""
    return RedirectResponse(url, status_code=303)


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a posted urlencoded form; of a field sent twice, the last."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}
