"""Reading a new app password from the page that shows it once, whoever makes it."""

from __future__ import annotations

import re
from collections.abc import Callable

from automation.page import Page
from automation.person import HandOver
from automation.settings import Secret
from automation.tabs import Tab

# Sixteen lower-case letters (docs/providers.md, 3: 16 sure, letters only likely); shown in groups on some pages.
_WHOLE = re.compile(r"[a-z]{16}|[a-z]{4}(?:[ \u00a0-][a-z]{4}){3}|(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{16}")
_AFTER_COLON = re.compile(rf"[:：]\s*({_WHOLE.pattern})\s*[.。]?\s*$")
_SHOWN_TEXTS = """() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
  for (let el = walker.nextNode(); el; el = walker.nextNode()) {
    if (/^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE)$/.test(el.tagName) || !el.checkVisibility({visibilityProperty: true})) continue;
    if (el.closest('a[href],button,[role=button],[role=link],nav,label')) continue;
    if (el.tagName === 'INPUT' && (el.readOnly || el.disabled)) { texts.push(el.value); continue; }
    if (el.tagName === 'OUTPUT' || (el.childElementCount <= 4 && el.textContent.length < 200)) texts.push(el.textContent);
  }
  return texts.map((t) => t.replace(/\\s+/g, ' ').trim()).filter(Boolean);
}"""


def normalised(shown: str) -> str:
    """An app password without the spaces and hyphens it may be shown with."""
    return re.sub(r"[\s\u00a0-]", "", shown)


def read_app_password(texts: list[str], before: set[str]) -> Secret | None:
    """The one new app password among a page's texts, or None. Texts that stood there before do not count."""
    new = [t for t in texts if t not in before]
    for candidates in (
        {normalised(t) for t in new if _WHOLE.fullmatch(t)},
        {normalised(m.group(1)) for t in new if (m := _AFTER_COLON.search(t))},
    ):
        if len(candidates) == 1:
            return Secret(candidates.pop())
    return None


class AppPasswordPage(Page):
    """A page where the person makes an app password; no picture is ever taken of it."""

    shows_secret = True
    task: HandOver

    def new_app_password(self) -> Secret:
        """Lead the person to a new app password and read it once it is shown."""
        return self.session.hand_over(self.task, self.tab, watch_for_app_password(self.tab))

    def put_away(self) -> None:
        """Leave the page that shows the password, and close the windows it may have opened for it."""
        for tab in self.tab.tabs.newest_of(self.tab):
            if tab is not self.tab:
                tab.close()
        self.tab.go("about:blank")


def watch_for_app_password(tab: Tab) -> Callable[[], Secret | None]:
    """A function that gives the app password once this tab, or a window opened from it, shows a new one."""
    before = set(_texts(tab))

    def shown() -> Secret | None:
        for one in tab.tabs.newest_of(tab):
            if password := read_app_password(_texts(one), before):
                return password
        return None

    return shown


def _texts(tab: Tab) -> list[str]:
    from playwright.sync_api import Error

    try:
        return list(tab.page.evaluate(_SHOWN_TEXTS))
    except Error:
        tab.tabs.stop.check()
        return []
