"""The practice sign-in of a Google account: account chooser, address, password, second step; or a refused browser."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.sandbox.sign_in import Attempt, SignInServer, sign_in_page
from flows.sandbox.web import own_address, read_form, redirect, site_url
from flows.sandbox.world import PRACTICE_PASSWORD

START = "/ServiceLogin?service=mail"
CHOOSER = "/AccountChooser"  # choosing another account, or adding one, while somebody is signed in
BASE = "/v3/signin/"
STEPS = {
    "choose": "accountchooser",
    "user": "identifier",
    "rejected": "rejected",
    "password": "challenge/pwd",
    "code": "challenge/totp",
}


def create_accounts_google(server: SignInServer) -> Starlette:
    """The site at accounts-google.localhost: each step of a sign-in has an address of its own."""

    async def start(request: Request) -> Response:
        wanted = own_address(request, request.query_params.get("continue", ""))
        first = "choose" if len(server.everybody()) > 1 else "user"
        if wanted or server.attempt(request) is None:
            return server.begin(request, wanted or site_url(request, "mail-google") + "/mail/u/0/", first)
        return _to_step(server, request)

    async def choose_anew(request: Request) -> Response:
        return server.begin(request, site_url(request, "mail-google") + "/mail/u/0/", "choose", anew=True)

    async def step(request: Request) -> Response:
        attempt = server.attempt(request)
        if attempt is None or request.url.path != BASE + STEPS[attempt.step]:
            return _to_step(server, request)
        if request.method == "GET":
            return _page(server, request, attempt)
        attempt.problem = _take(server, attempt, await read_form(request), server.who(request))
        if attempt.step == "done":
            return _finish(server, request, attempt)
        return _to_step(server, request)

    steps = [Route(BASE + path, step, methods=["GET", "POST"]) for path in STEPS.values()]
    starts = [Route("/", start), Route("/ServiceLogin", start), Route(CHOOSER, choose_anew)]
    return Starlette(routes=[*starts, *steps])


def _finish(server: SignInServer, request: Request, attempt: Attempt) -> Response:
    """Signed in besides whoever is already; a mailbox is then that account's own, by its number."""
    beside = server.who(request)
    number = beside.index(attempt.address) if attempt.address in beside else len(beside)
    first_mailbox = site_url(request, "mail-google") + "/mail/u/0/"
    attempt.to = attempt.to.replace(first_mailbox, first_mailbox.replace("/0/", f"/{number}/"))
    if "#" not in attempt.to:
        attempt.to += "#inbox"  # what stood behind # before is lost on the way through a sign-in
    return server.finish(request, attempt, lasts=True, beside=beside)


def _to_step(server: SignInServer, request: Request) -> Response:
    attempt = server.attempt(request)
    return redirect(BASE + STEPS[attempt.step] if attempt else START)


def _take(server: SignInServer, attempt: Attempt, form: Mapping[str, str], signed_in: tuple[str, ...]) -> str:
    """One step further; what is wrong, where it is not taken. Who is signed in already needs no password."""
    match attempt.step:
        case "choose" | "user":
            problem = _take_address(server, attempt, form.get("identifier", "").strip().lower())
            if attempt.address in signed_in:
                attempt.step = "done"
            return problem
        case "rejected":
            attempt.step = "user"
        case "password":
            if not hmac.compare_digest(form.get("Passwd", "").encode(), PRACTICE_PASSWORD.encode()):
                return "google_wrong_password"
            attempt.step = "code"
        case "code":
            if not hmac.compare_digest(form.get("totpPin", "").strip().encode(), attempt.code.encode()):
                return "google_wrong_code"
            attempt.step = "done"
    return ""


def _take_address(server: SignInServer, attempt: Attempt, given: str) -> str:
    if not given and attempt.step == "choose":  # "Use another account"
        attempt.step = "user"
        return ""
    known = {address.lower(): address for address in server.everybody()}
    if given not in known:
        return "google_no_such_account"
    attempt.address = known[given]
    # Google turns a browser away that it takes for one steered by a program (docs/providers.md, 11).
    attempt.step = "rejected" if server.world.google_refuses_browser else "password"
    return ""


def _page(server: SignInServer, request: Request, attempt: Attempt) -> Response:
    return sign_in_page(
        server,
        request,
        "google.html",
        attempt=attempt,
        accounts=server.everybody(),
        signed_in=server.who(request),
        password=PRACTICE_PASSWORD,
    )
