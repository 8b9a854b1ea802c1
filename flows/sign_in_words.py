"""What a person is told while signing in: the pages on the way and what they mean, and the page of our own."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from automation.messages import _, spoken

REFRESH_SECONDS = 2  # the page shows by itself what is done and what is not


# By address or title. Google's steps have addresses of their own; Microsoft's all have one, and perhaps one title.
_PLACES = (
    (
        re.compile(r"/signin/rejected|couldn.t sign you in|browser or app may not be secure|安全でない可能性", re.I),
        "refused",
    ),
    (re.compile(r"stay signed in|サインインの状態を維持", re.I), "stay"),
    (re.compile(r"account-?chooser|(choose|pick) an account|アカウント[のを]選択", re.I), "choose"),
    (
        re.compile(
            r"/signin/(v\d+/)?challenge/(?!pwd\b)|/identity/confirm|/proofs/|verify your identity|help us protect"
            r"|is this you|unusual sign-in|we need to verify|本人確認|ご本人",
            re.I,
        ),
        "verify",
    ),
)


@dataclass(frozen=True)
class Wanted:
    """One mailbox that is waited for: the site's name, whose mailbox, and whether it shows already."""

    site: str
    address: str
    shows: bool

    def __str__(self) -> str:
        if self.shows:
            return _("{site}: the mailbox shows").format(site=self.site)
        return _("{site}: please sign in as {address}").format(site=self.site, address=self.address)


@dataclass(frozen=True)
class Notice:
    """Something that went another way than planned: what to do about it, and the page where that is done."""

    text: str
    link: str
    link_text: str


def explanations() -> dict[str, str]:
    """What the pages on the way mean, by the name under which they are recognised."""
    return {
        "stay": _("“Stay signed in?”: “Yes” saves you the sign-in next time."),
        "verify": _(
            "“Verify your identity”, a code, a question on your phone: the provider wants to be sure that it is you. Do as"
            " its page says; I wait."
        ),
        "choose": _("A list of accounts: choose the address named above; if it is not there, “Use another account”."),
        "welcome": _("A page about Outlook or Gmail without a field for your address: press “Sign in” on it."),
        "refused": _(
            "“Couldn't sign you in”: Google does not trust this browser. I stop then and say what else you can try."
        ),
    }


def place_of(url: str, title: str) -> str | None:
    """Which of the pages on the way to a mailbox this is (a key of ``explanations``); None: none that is known."""
    shown = f"{url.split('?')[0]} {title}"
    return next((name for pattern, name in _PLACES if pattern.search(shown)), None)


def page(wanted: Sequence[Wanted], notice: Notice | None) -> str:
    """The page in the third tab. It loads itself again every few seconds, and needs no script."""
    items = "".join(f'<li class="{"done" if one.shows else "open"}">{html.escape(str(one))}</li>' for one in wanted)
    meanings = "".join(f"<li>{html.escape(text)}</li>" for text in explanations().values())
    return f"""<!doctype html><html lang="{spoken()}"><meta charset="utf-8"><title>autoconfigure</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{REFRESH_SECONDS}"><style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.7 system-ui, "Noto Sans CJK JP", "Noto Sans JP", sans-serif; max-width: 40rem; margin: 8vh auto; padding: 0 1.5rem }}
h1 {{ font-size: 1.7rem }} h2 {{ font-size: 1.1rem; margin-top: 2.2rem }}
ol {{ list-style: none; padding: 0 }} li {{ margin: .5rem 0; overflow-wrap: anywhere }}
ol li {{ padding: .7rem 1rem; border-radius: .5rem; border: 2px solid #b45309 }}
ol li.done {{ border-color: #15803d }} ol li::before {{ content: "… " }} ol li.done::before {{ content: "✓ " }}
.notice {{ padding: .2rem 1.2rem 1rem; border-radius: .5rem; border: 3px solid #b45309 }}
</style><h1>{html.escape(_("Please sign in, in the two tabs beside this one") if notice is None else _("Another account is needed"))}</h1>
{_box(notice)}<ol>{items}</ol>
<p>{html.escape(_("When both mailboxes show, autoconfigure goes on by itself."))}</p>
<p>{html.escape(_("Type your passwords only on the providers' own pages. autoconfigure does not see them."))}</p>
<h2>{html.escape(_("What you may meet on the way"))}</h2><ul>{meanings}</ul></html>"""


def _box(notice: Notice | None) -> str:
    if notice is None:
        return ""
    link = f'<a href="{html.escape(notice.link)}" target="_blank" rel="noreferrer">{html.escape(notice.link_text)}</a>'
    return f'<div class="notice" role="alert"><p>{html.escape(notice.text)}</p><p><strong>{link}</strong></p></div>'
