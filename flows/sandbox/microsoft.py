"""The practice Microsoft account: security, two-step verification, app passwords, activity, and the password page."""

from __future__ import annotations

import hmac
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.sandbox.microsoft_words import words_in
from flows.sandbox.web import language_of, own_address, read_form, redirect, render, site_url
from flows.sandbox.world import DISPLAY_NAME, PRACTICE_PASSWORD, Activity, World

DAY = 86_400
OPTIONS_PATH = "/proofs/manage/additional"


def create_account_microsoft(world: World) -> Starlette:
    """The site at account-microsoft.localhost: the way in."""

    async def home(request: Request) -> Response:
        return _page(world, request, "home.html")

    async def security(request: Request) -> Response:
        return _page(world, request, "security.html")

    return Starlette(routes=[Route("/", home), Route("/security", security)])


def create_account_live(world: World) -> Starlette:
    """The site at account-live.localhost: where things are changed."""
    account = LiveAccount(world)
    return Starlette(
        routes=[
            Route("/", account.options),
            Route("/login.srf", account.password_page),
            Route("/login.srf", account.sign_in, methods=["POST"]),
            Route(OPTIONS_PATH, account.options),
            Route("/proofs/EnableTfa", account.set_up_two_step),
            Route("/proofs/EnableTfa", account.turn_two_step_on, methods=["POST"]),
            Route("/proofs/DisableTfa", account.turn_two_step_off, methods=["POST"]),
            Route("/proofs/AppPassword", account.app_password),
            Route("/proofs/RemoveAppPasswords", account.ask_to_remove),
            Route("/proofs/RemoveAppPasswords", account.remove_app_passwords, methods=["POST"]),
            Route("/Activity", account.activity),
            Route("/activity", account.activity),
            Route("/Activity/answer", account.answer, methods=["POST"]),
        ]
    )


class LiveAccount:
    """The pages of account-live.localhost over one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    # --- signing in again

    async def password_page(self, request: Request) -> Response:
        """Ask for the password once more, as the POP settings demand."""
        return self._password_page(request, wrong=False)

    async def sign_in(self, request: Request) -> Response:
        """Take the practice password, nothing else, and go back to where the person came from."""
        form = await read_form(request)
        if not hmac.compare_digest(form.get("passwd", "").encode(), PRACTICE_PASSWORD.encode()):
            return self._password_page(request, wrong=True)
        self.world.outlook.reauthenticated = True
        return redirect(_way_back(request))

    def _password_page(self, request: Request, wrong: bool) -> Response:
        return _page(self.world, request, "password.html", wrong=wrong, password=PRACTICE_PASSWORD)

    # --- two-step verification and app passwords

    async def options(self, request: Request) -> Response:
        """Advanced security options; app passwords only where two-step verification is on."""
        return _page(self.world, request, "options.html", removed="removed" in request.query_params)

    async def set_up_two_step(self, request: Request) -> Response:
        """The set-up of two-step verification: what it means, then its end."""
        return _page(self.world, request, "two_step.html", done=self.world.outlook.two_step_on)

    async def turn_two_step_on(self, request: Request) -> Response:
        """The person went through with it."""
        self._set_two_step(True)
        return redirect("/proofs/EnableTfa")

    async def turn_two_step_off(self, request: Request) -> Response:
        """The person went back to the password alone: app passwords end with it."""
        self._set_two_step(False)
        return redirect(OPTIONS_PATH)

    def _set_two_step(self, on: bool) -> None:
        with self.world.lock:
            self.world.outlook.two_step_on = on
            self.world.writes += 1
            if not on:
                self.world.outlook.app_passwords.clear()

    async def app_password(self, request: Request) -> Response:
        """Make an app password and show it, this once: asking for the page is what makes it, as on the live one."""
        if not self.world.outlook.two_step_on:
            return redirect(OPTIONS_PATH)
        return _page(self.world, request, "app_password.html", made=self.world.new_app_password())

    async def ask_to_remove(self, request: Request) -> Response:
        """Warn that all app passwords go at once."""
        return _page(self.world, request, "remove.html")

    async def remove_app_passwords(self, request: Request) -> Response:
        """Remove them all: the page knows no other way."""
        with self.world.lock:
            self.world.outlook.app_passwords.clear()
            self.world.writes += 1
        return redirect(f"{OPTIONS_PATH}?removed=1")

    # --- activity

    async def activity(self, request: Request) -> Response:
        """Unusual activity that waits for an answer, if any, and recent activity below it."""
        lang = language_of(self.world, request)
        recent_first = sorted(self.world.outlook.activities, key=lambda activity: -activity.when)
        recent_first = [a for a in recent_first if a.when > time.time() - 30 * DAY]
        waiting = [_row(a, lang) for a in recent_first if a.unusual and a.answered is None]
        recent = [_row(a, lang) for a in recent_first if not a.unusual or a.answered is not None]
        answered = request.query_params.get("answered", "")
        return _page(self.world, request, "activity.html", waiting=waiting, recent=recent, answered=answered)

    async def answer(self, request: Request) -> Response:
        """The person's word on an unusual activity; "this was me" lets its place in from now on."""
        form = await read_form(request)
        was_me = form.get("answer") == "me"
        with self.world.lock:
            for activity in self.world.outlook.activities:
                if activity.id == form.get("id") and activity.unusual and activity.answered is None:
                    activity.answered = "me" if was_me else "not-me"
                    self.world.writes += 1
                    if was_me:
                        self.world.outlook.approved_places.add(activity.place)
        return redirect(f"/Activity?answered={'me' if was_me else 'not-me'}")


def _page(world: World, request: Request, template: str, **values: Any) -> Response:
    words = words_in(language_of(world, request))
    return render(
        world,
        request,
        f"microsoft/{template}",
        words=words,
        name=DISPLAY_NAME,
        home=site_url(request, "account-microsoft"),
        live=site_url(request, "account-live"),
        **values,
    )


def _way_back(request: Request) -> str:
    """Where the sign-in came from, if that is one of our own sites; else the security page."""
    security = site_url(request, "account-microsoft") + "/security"
    return own_address(request, request.query_params.get("wreply", "")) or security


def _row(activity: Activity, lang: str) -> dict[str, str]:
    kind = "good_sync" if activity.protocol in ("POP3", "SMTP") else "good_sign_in"
    form = "%Y年%m月%d日 %H:%M" if lang == "ja" else "%d %b %Y %H:%M"
    places = (
        {"this computer": "このコンピューター", "Japan": "日本"} if lang == "ja" else {"this computer": "This computer"}
    )
    return {
        "id": activity.id,
        "type": "blocked_sign_in" if activity.unusual else kind,
        "protocol": activity.protocol,
        "place": places.get(activity.place, activity.place),
        "ip": {"Google": "203.0.113.25", "this computer": "198.51.100.7"}.get(activity.place, "198.51.100.7"),
        "time": time.strftime(form, time.localtime(activity.when)),
        "answered": activity.answered or "",
    }
