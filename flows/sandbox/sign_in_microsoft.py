"""The practice sign-in of a Microsoft account: which account, user name, password, second step, "Stay signed in?"."""

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

START = "/login.srf"
POST = "/ppsecure/post.srf"
CHOOSE = "select_account"  # as Outlook.com's own address takes it: ?prompt=select_account


def create_login_live(server: SignInServer) -> Starlette:
    """The site at login-live.localhost."""

    async def start(request: Request) -> Response:
        attempt = server.attempt(request)
        wanted = own_address(request, request.query_params.get("wreply", ""))
        if wanted or attempt is None:
            anew = request.query_params.get("prompt") == CHOOSE
            step = "pick" if anew and server.who(request) else "user"
            return server.begin(request, wanted or site_url(request, "outlook") + "/mail/0/", step, anew)
        return _page(server, request, attempt)

    async def post(request: Request) -> Response:
        attempt = server.attempt(request)
        if attempt is None:
            return redirect(START)
        if request.method == "GET":  # the address typed again, or another language
            return _page(server, request, attempt)
        form = await read_form(request)
        if attempt.step == "stay":
            return server.finish(request, attempt, lasts=form.get("answer") == "yes")
        if attempt.step == "pick" and form.get("account", "") in server.who(request):
            attempt.address = form["account"]
            return server.finish(request, attempt, lasts=True)
        attempt.problem = _take(server, attempt, form)
        return _page(server, request, attempt)

    return Starlette(
        routes=[
            Route("/", start),
            Route(START, start),
            Route(POST, post, methods=["GET", "POST"]),
        ]
    )


def _take(server: SignInServer, attempt: Attempt, form: Mapping[str, str]) -> str:
    """One step further; what is wrong, where it is not taken."""
    outlook = server.world.outlook
    match attempt.step:
        case "pick":  # "Use another account"
            attempt.step = "user"
        case "user":
            known = {address.lower(): address for address in server.everybody()}
            given = form.get("loginfmt", "").strip().lower()
            if given not in known:
                return "no_such_account"
            attempt.address, attempt.step = known[given], "password"
        case "password":
            if not hmac.compare_digest(form.get("passwd", "").encode(), PRACTICE_PASSWORD.encode()):
                return "wrong_password"
            attempt.step = "code" if outlook.two_step_on else "stay"
        case "code":
            if not hmac.compare_digest(form.get("otc", "").strip().encode(), attempt.code.encode()):
                return "wrong_code"
            attempt.step = "stay"
    return ""


def _page(server: SignInServer, request: Request, attempt: Attempt) -> Response:
    return sign_in_page(
        server,
        request,
        "microsoft.html",
        attempt=attempt,
        action=POST,
        accounts=server.who(request)[:1],
        password=PRACTICE_PASSWORD,
    )
