"""Reading a new app password from the page that shows it once, whoever makes it."""

from __future__ import annotations

import re
from collections.abc import Callable

from automation.page import Page
from automation.person import HandOver
from automation.settings import Secret
from automation.tab import Tab

# Sixteen lower-case letters (docs/providers.md, 3: 16 sure, letters only likely); shown in groups on some pages.
_WHOLE = re.compile(r"[a-z]{16}|[a-z]{4}(?:[ \u00a0-][a-z]{4}){3}|(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{16}")
_AFTER_COLON = re.compile(rf"[:：]\s*({_WHOLE.pattern})\s*[.。]?\s*$")
# In a sentence only where it speaks of passwords, and in one piece: four short words may be just that.
_IN_SENTENCE = re.compile(r"(?<![A-Za-z0-9_-])([a-z]{16}|(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{16})(?![A-Za-z0-9_-])")
# Sixteen letters may be a long word, too; those end like this, and one or two in ten thousand random texts do.
_ENDS_LIKE_A_WORD = re.compile(
    r"(ness|ment|ents|[ai]ble|ally|ties|[ts]ion|ions|onal|[dgklnrstv]ing|ship|hood|[inr]ate|i[sz]ed|i[sz]es|isms?|ists|tive"
    r"|ious|[ae]nce|[ae]ncy|less|ward|logy|aphy|work)$"
)
_SPEAKS_OF_IT = re.compile(r"(?i)password|パスワード")
# What the page shows: its elements, its lines (an element's may be cut up), and fields that the page itself filled in.
_SHOWN_TEXTS = """() => {
  const texts = [], lines = [''];
  const pressed = 'a[href],button,[role=button],[role=link],nav';
  const seen = (el) => !/^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|TEXTAREA|SELECT)$/.test(el.tagName) && el.checkVisibility({visibilityProperty: true});
  const block = (el) => { while (el.parentElement && /^(inline|contents)/.test(getComputedStyle(el).display)) el = el.parentElement; return el; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  let last = null;
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!seen(node.parentElement) || node.parentElement.closest(pressed)) continue;
      if (last !== (last = block(node.parentElement))) lines.push('');
      lines[lines.length - 1] += node.data;
      continue;
    }
    if (node.tagName === 'BR') lines.push('');
    if (node.closest(pressed) || node.closest('label')) continue;
    if (/^(INPUT|TEXTAREA)$/.test(node.tagName)) {
      if (node.checkVisibility() && (node.readOnly || node.disabled || node.value === node.defaultValue)) texts.push(node.value);
    } else if (seen(node) && (node.tagName === 'OUTPUT' || (node.childElementCount <= 4 && node.textContent.length < 200))) {
      texts.push(node.textContent);
    }
  }
  return [...texts, ...lines].map((t) => t.replace(/[\\u200b\\u2060\\ufeff\\u00ad]/g, '').replace(/\\s+/g, ' ').trim()).filter(Boolean);
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
        {word for t in new if _SPEAKS_OF_IT.search(t) for word in _words_of(t)},
    ):
        if len(candidates) == 1:
            return Secret(candidates.pop())
    return None


def _words_of(sentence: str) -> list[str]:
    """What can be an app password in the middle of a sentence."""
    return [word for word in _IN_SENTENCE.findall(sentence) if not _ENDS_LIKE_A_WORD.search(word)]


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
