"""Signing in is the person's: two tabs and a page that says what to do, watched from outside, attached to afterwards.

Google refuses to sign in a browser that a tool steers, so nothing is attached before both mailboxes show. Until then
the browser tells no more than each tab's address and title.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from automation.devtools import close_tab
from automation.diagnosis import Finding, named
from automation.errors import CauseFound, NeedsPerson
from automation.messages import _
from automation.person import Person
from automation.settings import Settings, write_private
from flows.pages.accounts import choose_gmail
from flows.sign_in_watch import RESTING_SECONDS, Watch
from flows.sign_in_words import Notice, Wanted, explanations, page, place_of

PAGE = "sign-in.html"  # our page, in the home folder


class SignIn:
    """Both mailboxes, in a browser that nothing is attached to yet."""

    def __init__(self, watch: Watch, person: Person, settings: Settings) -> None:
        self._watch = watch
        self._person = person
        self._settings = settings
        self._file = settings.home / PAGE
        self._text = ""
        self._tab = ""
        self._notice: Notice | None = None
        self._told: set[str] = set()

    def wait(self) -> float:
        """Open both mailboxes and wait until they show, the right ones; gives the seconds it took the person, 0 if none.

        Raises NeedsPerson when nobody signs in, CauseFound when Google refuses the browser, PageNotLoaded when a site
        does not come at all.
        """
        started = time.monotonic()
        self._watch.open()
        with self._person.waiting(_("Opening both mailboxes in the browser.")):
            asks = not self._shows_by_itself()
        if asks:
            self._ask()
        if not asks and not any(site.person_was_there for site in self._watch.sites):
            return 0.0
        self._person.actions.append("sign-in")
        self._person.done(_("Both mailboxes show. I am going on."))
        return time.monotonic() - started

    def _shows_by_itself(self) -> bool:
        """Whether the right mailboxes show without anybody's doing; waits until that is clear."""
        while True:
            self._watch.look()
            if (right := self._watch.is_right()) is not None:
                return right
            if self._watch.somebody_is_wanted():
                return False
            time.sleep(0.1)

    def _ask(self) -> None:
        """Say what to do, and wait until it is done."""
        if self._person.no_input:
            raise self._nobody(_("--no-input was given, so nobody is asked"))
        self._watch.resting = RESTING_SECONDS
        led = ""
        if not self._watch.wrong:
            self._say_what_to_do()
        deadline = time.monotonic() + self._person.patience
        while time.monotonic() < deadline:
            self._watch.look()
            right = self._watch.is_right()
            if right:
                return
            self._tell_progress()
            if right is False and led != self._watch.wrong:
                led = self._watch.wrong
                self._lead_to_the_right_gmail()
            self._explain()
            time.sleep(0.2)
        raise self._nobody(_("it was not done within {seconds} seconds").format(seconds=int(self._person.patience)))

    # -- what is said ---------------------------------------------------------------------------------------------

    def _say_what_to_do(self) -> None:
        self._show_page()
        self._person.say(
            "\n☞ " + _("Please sign in to Outlook.com and to Gmail, in the two tabs of the browser window."),
            style="bold yellow",
        )
        for one in self._wanted():
            if not one.shows:
                self._person.say(f"  • {one}")
        self._tell_progress()
        self._person.say(
            "  " + _("Type your passwords only there; I never see them. I go on by myself when both mailboxes show.")
        )
        self._person.say("  " + _("The tab beside them tells what you may meet on the way:"))
        for name in ("stay", "verify"):  # Microsoft's pages look alike from outside, so these come beforehand
            self._told.add(name)
            self._person.say("  – " + explanations()[name])

    def _lead_to_the_right_gmail(self) -> None:
        """Somebody else's Gmail is signed in, and the right one is not: say how to add it, with the way there."""
        wanted = self._watch.gmail.address
        text = _("The browser is signed in to the Gmail of {shown}, but this is about {address}.").format(
            shown=self._watch.wrong, address=wanted
        )
        how = _(
            "Please add {address}: press the link on the page that I opened; or, in Gmail, your picture at the top right"
            " and “Add another account”. The other account may stay signed in."
        ).format(address=wanted)
        link = choose_gmail(self._settings)
        self._notice = Notice(
            f"{text} {_('Press the link below and choose or add it. The other account may stay signed in.')}",
            link,
            _("Choose or add {address}").format(address=wanted),
        )
        self._show_page()
        self._person.say("\n☞ " + text, style="bold yellow")
        self._person.say("  " + how)

    def _explain(self) -> None:
        """Say once what a page on the way means. Raises CauseFound where Google refuses the browser."""
        for tab in self._watch.tabs:
            if tab.id == self._tab or any(site.is_mailbox(tab) for site in self._watch.sites):
                continue  # a subject may read like anything
            name = place_of(tab.url, tab.title)
            if name == "refused":
                raise _refused(f"{tab.url.split('?')[0]} {tab.title}")
            if name and name not in self._told:
                self._told.add(name)
                self._person.say("  " + explanations()[name])

    def _wanted(self) -> list[Wanted]:
        whose = {"Gmail": self._watch.wrong}
        return [
            Wanted(site.name, site.address, site.is_for("mailbox", RESTING_SECONDS) and not whose.get(site.name))
            for site in self._watch.sites
        ]

    def _tell_progress(self) -> None:
        """Say once of each mailbox that it shows."""
        self._write_page()
        for one in self._wanted():
            if one.shows and str(one) not in self._told:
                self._told.add(str(one))
                self._person.done(str(one))

    def _write_page(self) -> None:
        if (text := page(self._wanted(), self._notice)) != self._text:
            self._text = text
            write_private(self._file, text)

    def _show_page(self) -> None:
        """Open our page in front. A browser of another machine could not show a file of this one."""
        self._write_page()
        if urlsplit(self._watch.endpoint).scheme == "http":
            if self._tab:
                close_tab(self._watch.endpoint, self._tab)
            self._tab = self._watch.show(self._file.as_uri())

    # -- endings --------------------------------------------------------------------------------------------------

    def _nobody(self, seen: str) -> NeedsPerson:
        return NeedsPerson(
            _("This needs you: sign in to Outlook.com and to Gmail in the browser window."),
            expected=_("both mailboxes to show"),
            seen=seen,
            todo=_("Run the command again with somebody at the browser; the sign-in is remembered for the next time."),
            code="signin.wrong-account" if self._notice else None,
        )


def _refused(shown: str) -> CauseFound:
    cause = named("signin.browser-refused", Finding("gmail", "sign-in", shown))
    return CauseFound(
        _("Signing in to Google."),
        [cause],
        expected=_("a mailbox"),
        seen=_("Google says that this browser or app may not be secure"),
        todo=_(
            "Run it again with Google Chrome or Microsoft Edge (--browser PATH). If Google refuses that too, use a browser"
            " in which you are signed in already (--attach URL)."
        ),
    )
