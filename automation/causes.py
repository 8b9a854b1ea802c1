"""The catalogue of causes, one row each: whose side, what is wrong, what to do. Rows that name a provider: flows/causes.py."""

from __future__ import annotations

from dataclasses import dataclass

from automation.messages import N_

# Who can mend a cause. The English words are what --json shows.
MACHINE = N_("this machine")
NETWORK = N_("this network")
SETTINGS = N_("settings")
SERVER = N_("server")
PERSON = N_("the person")
PROVIDER = N_("provider")
ORGANISATION = N_("organisation")
WAIT = N_("wait")
TOOL = N_("our tool")
NOBODY = "–"


@dataclass(frozen=True)
class Row:
    """One cause: who can mend it, its title, the advice, and the name of the remedy that the tool itself can do."""

    code: str
    side: str
    title: str
    advice: str
    action: str | None = None
    provider: str | None = None


CATALOGUE: dict[str, Row] = {}


def enter(*rows: Row) -> None:
    """Put rows into the catalogue; a code is entered once."""
    for row in rows:
        if row.code in CATALOGUE:
            raise ValueError(f"the code {row.code} is in the catalogue already")
        CATALOGUE[row.code] = row


def either(*sides: str) -> str:
    """A side shared by several."""
    return " / ".join(sides)


enter(
    Row(
        "net.offline",
        NETWORK,
        N_("This machine has no connection to the internet."),
        N_("Check Wi-Fi or the cable, open any web page to see whether it works, then run this again."),
    ),
    Row(
        "net.dns",
        either(NETWORK, SETTINGS),
        N_("The name of the mail server cannot be found."),
        N_(
            "Check the host name for typing errors. If it is right, the network's name service (DNS) is at fault: try another network."
        ),
    ),
    Row(
        "net.refused",
        either(SERVER, SETTINGS),
        N_("The machine answers, but nothing listens on that port."),
        N_("Check the port number. If it is right, the mail server is down: try again later."),
    ),
    Row(
        "net.blackhole",
        either(NETWORK, SETTINGS),
        N_("Nothing at all answers on that port: something on the way swallows the attempt, or the host is wrong."),
        N_("Check host and port. Some networks filter mail ports: try another network, such as a phone's hotspot."),
    ),
    Row(
        "net.closed",
        either(NETWORK, SERVER),
        N_("The connection was accepted and then closed before a single word."),
        N_(
            "Something between here and the server, or the server itself, turns connections away: try later or from another network."
        ),
    ),
    Row(
        "net.captive-portal",
        NETWORK,
        N_("A web page answers where the mail server should: this network wants you to sign in to it first."),
        N_("Open any web page in the browser, accept or sign in to the network's page, then run this again."),
    ),
    Row(
        "tls.plaintext-port",
        SETTINGS,
        N_("The server speaks without encryption on a port where encryption (TLS) was expected."),
        N_("Use the server's TLS port: usually 995 for POP, 465 for SMTP, or 587 with STARTTLS."),
    ),
    Row(
        "tls.required",
        SETTINGS,
        N_("The server wants encryption (TLS) where plain text was tried."),
        N_("Use TLS from the first moment on this port (SSL/TLS, not STARTTLS)."),
    ),
    Row(
        "tls.silent",
        either(NETWORK, SERVER),
        N_("The connection stands, but the server never answers the request for encryption (TLS)."),
        N_(
            "Check the port. If it is right, try later or from another network: something holds the encrypted part back."
        ),
    ),
    Row(
        "tls.self-signed",
        SERVER,
        N_("The server shows a certificate that it signed itself, so nobody vouches for it."),
        N_("Do not send a password there. Check the host name; otherwise only the server's owner can mend this."),
    ),
    Row(
        "tls.untrusted",
        SERVER,
        N_("The server's certificate is signed by nobody this machine trusts."),
        N_(
            "Do not send a password there. Check the host name; on a company network ask whether it inspects connections."
        ),
    ),
    Row(
        "tls.intercepted",
        MACHINE,
        N_("Security software or a company proxy on this side signs in the mail server's place and reads along."),
        N_(
            "Keep the protection on. This concerns connections from this machine only; Gmail fetches from Google's servers"
            " and does not pass here. On a company network, ask the administrators."
        ),
    ),
    Row(
        "tls.expired",
        SERVER,
        N_("The server's certificate has run out."),
        N_("Check that the date of this machine is right. If it is, only the server's owner can mend this: try later."),
    ),
    Row(
        "tls.clock",
        MACHINE,
        N_("The server's certificate is not valid yet: most often the clock of this machine is wrong."),
        N_("Set date and time of this machine (best: automatically), then run this again."),
    ),
    Row(
        "tls.name-mismatch",
        either(SETTINGS, SERVER),
        N_("The server's certificate is for other names than the one asked for."),
        N_("Use one of the names that the certificate is for, as the provider's help page gives it."),
    ),
    Row(
        "tls.too-old",
        SERVER,
        N_("The server offers only outdated encryption (older than TLS 1.2)."),
        N_(
            "Do not send a password there. Only the server's owner can mend this; look for a newer host name of the provider."
        ),
    ),
    Row(
        "server.wrong-protocol",
        SETTINGS,
        N_("Another kind of server answers on that port."),
        N_("Check host and port: POP is usually on 995, SMTP on 587 or 465, IMAP on 993."),
    ),
    Row(
        "server.greeting-refused",
        SERVER,
        N_("The server refuses the conversation in its first line."),
        N_("Read the server's words below. Try later; if it stays so, ask the provider."),
    ),
    Row(
        "server.silent",
        SERVER,
        N_("The server did not answer in time."),
        N_(
            "Try again in a few minutes. If it stays so, the provider has a fault, or something on the way holds the answers back."
        ),
        "again-later",
    ),
    Row(
        "server.temporary",
        SERVER,
        N_("The server has a passing fault and asks to try again later."),
        N_("Wait a quarter of an hour and run this again. Nothing needs to be changed."),
        "again-later",
    ),
    Row(
        "server.permanent",
        SERVER,
        N_("The server reports a fault that only the provider can mend."),
        N_("Read the server's words below and pass them on to the provider's help."),
    ),
    Row(
        "server.dropped",
        either(SERVER, NETWORK),
        N_("The connection broke in the middle of an answer."),
        N_("Run this again. If it breaks at the same place, the server has a fault: try later."),
        "again-later",
    ),
    Row(
        "server.malformed",
        SERVER,
        N_("The server gave an answer that breaks the rules of the mail protocol."),
        N_("Check host and port. If they are right, only the provider can mend this; its words stand below."),
    ),
    Row(
        "server.too-much",
        SERVER,
        N_("The server's answer does not end: it is longer than any mailbox needs."),
        N_("Check host and port. If they are right, only the provider can mend this."),
    ),
    Row(
        "server.no-uidl",
        SERVER,
        N_("The server cannot tell messages apart (no UIDL), so copies cannot stay on it without doubling."),
        N_("Take the other way: let the mailbox forward its mail."),
        "other-route",
    ),
    Row(
        "server.no-starttls",
        SERVER,
        N_("The server offers no encryption (STARTTLS) on this port, and no password is sent without it."),
        N_("Use the server's TLS port (995 for POP, 465 for SMTP), if it has one."),
    ),
    Row(
        "server.no-auth",
        SERVER,
        N_("The server offers no way to log in on this port."),
        N_("Check the port: SMTP logins are usually on 587 or 465, not on 25."),
    ),
    Row(
        "auth.wrong-password",
        PERSON,
        N_("The user name or the password is wrong."),
        N_(
            "Use the whole mail address as user name and a new app password; the account's main password does not work here."
        ),
        "new-app-password",
    ),
    Row(
        "auth.app-password-needed",
        PERSON,
        N_("Two-step verification is on, so this server takes an app password only."),
        N_("Make a new app password in the account's security settings and use it instead of the main password."),
        "new-app-password",
    ),
    Row(
        "auth.web-login-needed",
        PERSON,
        N_("The provider wants to know that this sign-in was you."),
        N_(
            'Sign in with a browser, open the account\'s recent activity and answer the unusual entry with "This was me"; then try again.'
        ),
        "approve-activity",
    ),
    Row(
        "auth.basic-retired",
        PROVIDER,
        N_("The provider no longer lets other programs in with a password; app passwords count as passwords."),
        N_("No password can mend this. Let the mailbox forward its new mail instead; the tool can set that up."),
        "other-route",
    ),
    Row(
        "auth.oauth-only",
        PROVIDER,
        N_("The server takes only OAuth sign-ins, so no password was sent."),
        N_("No password can mend this. Let the mailbox forward its new mail instead; the tool can set that up."),
        "other-route",
    ),
    Row(
        "auth.ambiguous",
        NOBODY,
        N_("The server refused the login, and its words fit several causes; they are listed with how likely each is."),
        N_("Check the likeliest first. Do not try the same password again and again: that can lock the account."),
    ),
    Row(
        "auth.rate-limited",
        either(PERSON, PROVIDER),
        N_("There were too many logins in a short time."),
        N_("Wait at least a quarter of an hour, with other mail programs closed, and try once."),
        "again-later",
    ),
    Row(
        "auth.account-locked",
        PERSON,
        N_("The account itself is locked or blocked."),
        N_("Sign in with a browser and follow the provider's steps to unlock the account."),
    ),
    Row(
        "account.pop-off",
        either(PERSON, ORGANISATION),
        N_("The mailbox does not allow POP."),
        N_("Switch POP on in the mailbox's settings (Forwarding and IMAP); the tool can do it."),
        "switch-pop-on",
    ),
    Row(
        "account.smtp-off",
        either(PERSON, ORGANISATION),
        N_("The mailbox does not allow sending through its SMTP server with a login."),
        N_(
            "In an organisation, ask the administrators to allow authenticated SMTP for this mailbox; otherwise send through another server."
        ),
        "other-send-as",
    ),
    Row(
        "mailbox.in-use",
        WAIT,
        N_("Another program has the mailbox open just now."),
        N_("Wait a few minutes, or close other mail programs, and try again."),
        "again-later",
    ),
    Row(
        "mailbox.full",
        PERSON,
        N_("The storage is full."),
        N_("Delete large mail and empty the trash, or get more storage; then try again."),
    ),
    Row(
        "smtp.send-as-denied",
        PROVIDER,
        N_("The login works, but sending under this address is not allowed."),
        N_("Log in with the account that owns the address, or leave sending under it off."),
        "other-send-as",
    ),
    Row(
        "page.changed",
        TOOL,
        N_("A web page is not as this tool knows it."),
        N_("Run it again at a terminal and show the tool the place; or wait for a newer version."),
    ),
    Row(
        "page.other-language",
        TOOL,
        N_("A web page speaks a language that this tool cannot read."),
        N_("Set the page's language to English or Japanese, or show the tool the place."),
    ),
    Row(
        "page.not-loaded",
        either(PROVIDER, NETWORK),
        N_("A web page did not come."),
        N_("Open it in the browser by hand; when it comes there, run this again."),
        "again-later",
    ),
    Row(
        "page.not-saved",
        either(PROVIDER, NETWORK),
        N_("A change was made, but it was gone after the page was loaded again."),
        N_("Run this again: it goes on where it stopped."),
        "again-later",
    ),
    Row(
        "browser.missing",
        MACHINE,
        N_("No browser was found on this machine."),
        N_("Install Chrome, Edge or Chromium, or name one with --browser PATH."),
    ),
    Row(
        "browser.no-display",
        MACHINE,
        N_("There is no screen to show the browser on."),
        N_("Run this where there is a screen, or install Xvfb."),
    ),
    Row(
        "browser.as-root",
        MACHINE,
        N_("This is the user root, for whom a browser runs without its own protection."),
        N_("Run the same command as an ordinary user."),
    ),
    Row(
        "browser.profile-in-use",
        MACHINE,
        N_("Another run is using the same browser profile."),
        N_("Let the other run end, or use --profile NAME."),
    ),
    Row(
        "browser.closed",
        PERSON,
        N_("The browser window was closed in the middle."),
        N_("Run this again and leave the window open: what is done stays done."),
    ),
    Row(
        "signin.wrong-account",
        PERSON,
        N_("Another account is signed in than the one asked for."),
        N_("Switch to the right account in the browser, or correct the address."),
    ),
    Row(
        "person.no-answer",
        PERSON,
        N_("A step that only you can do was not done in time."),
        N_("Run this again when you have a moment: what is done stays done."),
    ),
    Row(
        "proof.late",
        WAIT,
        N_("The test message has not arrived yet."),
        N_("Look again in an hour: the fetch comes in intervals."),
        "again-later",
    ),
    Row(
        "unknown",
        NOBODY,
        N_("What was seen fits no cause that this tool knows."),
        N_("Read the evidence below; it is all that was seen. A report of it helps to name the cause next time."),
    ),
)
