"""Signing in is the person's: two tabs and a page that says what to do, watched from outside, attached to afterwards.

Google refuses to sign in a browser that a tool steers (docs/providers.md, 11), so nothing is attached before both
mailboxes show.
"""

from __future__ import annotations

import html
import re
import time
from pathlib import Path

from automation.devtools import Tab, close_tab, list_tabs, open_tab
from automation.diagnosis import Finding, named
from automation.errors import CauseFound, NeedsPerson
from automation.messages import _, spoken
from automation.person import Person
from automation.settings import Settings, write_private
from automation.stop import Stop

# A mailbox that shows for this long is signed in; sign-in servers hop over it faster.
RESTING_SECONDS = 1.5
# A session of last time shows within this; after that the person is asked.
KNOWN_SECONDS = 8.0
_REFUSED = re.compile(r"/signin/rejected|browser or app may not be secure|安全でない可能性", re.I)
_PLACES = (
    (re.compile(r"stay signed in|サインインの状態を維持", re.I), "stay"),
    (re.compile(r"verify your identity|help us protect|本人確認|ご本人", re.I), "verify"),
    (re.compile(r"choose an account|アカウントの選択|アカウントを選択", re.I), "choose"),
)


class SignIn:
    """Both mailboxes in a browser that nothing is attached to yet."""

    def __init__(self, endpoint: str, settings: Settings, person: Person, stop: Stop, page: Path) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._person = person
        self._stop = stop
        self._page = page
        self._told: set[str] = set()
        self.opened: list[str] = []

    def wait(self) -> None:
        """Open both mailboxes and wait until they show. Raises NeedsPerson when nobody signs in."""
        for url in (self._settings.outlook_url + "/mail/0/", self._settings.gmail_url + "/mail/u/0/"):
            self.opened.append(open_tab(self._endpoint, url).id)
        if self._both_show(KNOWN_SECONDS):
            return
        if self._person.no_input:
            raise self._nobody(_("--no-input was given, so nobody is asked"))
        self._say_what_to_do()
        if not self._both_show(self._person.patience):
            raise self._nobody(_("it was not done within {seconds} seconds").format(seconds=int(self._person.patience)))
        self._person.actions.append("sign-in")
        self._person.done(_("Both mailboxes show. I am going on."))

    def close_tabs(self) -> None:
        """Close the tabs of the sign-in; ours are open by now, so the browser stays."""
        for target in self.opened:
            close_tab(self._endpoint, target)

    def _both_show(self, seconds: float) -> bool:
        deadline, since = time.monotonic() + seconds, 0.0
        while time.monotonic() < deadline:
            self._stop.check()
            tabs = list_tabs(self._endpoint)
            if self._shows(tabs, self._settings.outlook_url) and self._shows(tabs, self._settings.gmail_url):
                since = since or time.monotonic()
                if time.monotonic() - since > RESTING_SECONDS:
                    return True
            else:
                since = 0.0
                if self._told:
                    self._explain(tabs)
            time.sleep(0.2)
        return False

    def _shows(self, tabs: list[Tab], site: str) -> bool:
        return any(tab.url.startswith(site + "/mail/") for tab in tabs)

    def _say_what_to_do(self) -> None:
        self._told.add("start")
        self.opened.append(open_tab(self._endpoint, write_private(self._page, _page()).as_uri()).id)
        self._person.say(
            "\n☞ " + _("Please sign in to Outlook.com and to Gmail, in the two tabs of the browser window."),
            style="bold yellow",
        )
        self._person.say(
            "  " + _("Type your passwords only there; I never see them. I go on by myself when both mailboxes show.")
        )

    def _explain(self, tabs: list[Tab]) -> None:
        """Say once what an unexpected page on the way means."""
        for tab in tabs:
            shown = f"{tab.url.split('?')[0]} {tab.title}"
            if _REFUSED.search(shown):
                raise self._refused(shown)
            for pattern, name in _PLACES:
                if pattern.search(shown) and name not in self._told:
                    self._told.add(name)
                    self._person.say("  " + _explanations()[name])

    def _refused(self, shown: str) -> CauseFound:
        cause = named("signin.browser-refused", Finding("gmail", "sign-in", shown))
        return CauseFound(
            _("Signing in to Google."),
            [cause],
            expected=_("a mailbox"),
            seen=_("Google says that this browser or app may not be secure"),
            todo=cause.advice(),
        )

    def _nobody(self, seen: str) -> NeedsPerson:
        return NeedsPerson(
            _("This needs you: sign in to Outlook.com and to Gmail in the browser window."),
            expected=_("both mailboxes to show"),
            seen=seen,
            todo=_("Run the command again with somebody at the browser; the sign-in is remembered for the next time."),
        )


def _explanations() -> dict[str, str]:
    return {
        "stay": _(
            "“Stay signed in?”: “Yes” saves you the sign-in next time; it stays in this tool's own browser profile."
        ),
        "verify": _("The provider wants to be sure that it is you: follow its page. I wait."),
        "choose": _("Choose the account whose mail this is about."),
    }


def _page() -> str:
    """The page of our own, in the third tab."""
    lines = (
        _("Sign in to Outlook.com in the first tab."),
        _("Sign in to Gmail in the second tab."),
        _("That is all: when both mailboxes show, autoconfigure goes on by itself."),
    )
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f"""<!doctype html><html lang="{spoken()}"><meta charset="utf-8"><title>autoconfigure</title>
<meta name="viewport" content="width=device-width"><style>
:root {{ color-scheme: light dark }}
body {{ font: 1.15rem/1.8 system-ui, "Noto Sans CJK JP", sans-serif; max-width: 36rem; margin: 12vh auto; padding: 0 1.5rem }}
li {{ margin: .6rem 0 }} p {{ opacity: .75 }}
</style><h1>{html.escape(_("Please sign in"))}</h1><ol>{items}</ol>
<p>{html.escape(_("Type your passwords only on the providers' own pages. autoconfigure does not see them."))}</p></html>"""
