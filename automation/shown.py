"""Which elements belong to a page, and when it shows them: what a page file declares so that a check can look for them."""

from __future__ import annotations

from dataclasses import dataclass

from automation.element import Element


@dataclass(frozen=True)
class Generation:
    """One of the ways in which a page is known to show itself, by its name in files and its name for people.

    ``chosen``: the person brings it about, such as by two-step verification; then it is no change of the provider's.
    """

    name: str
    called: str
    chosen: bool = False


@dataclass(frozen=True)
class Shown:
    """Elements that a page shows together: always, unless something else is said.

    ``page`` is the page's name in reports; a class has several where its steps or panes are pages to a person.
    ``generation`` is the one of the page that has them; a page shows one generation at a time. ``while_on`` is a switch
    of the same page that has to be on. ``in_row``: they stand in the row of the Outlook.com address, where the page has
    one. ``unless`` is an element that does the same where it shows instead. ``only`` says when they show, if merely looking never brings that about.
    """

    page: str
    elements: tuple[Element, ...]
    generation: Generation | None = None
    while_on: Element | None = None
    in_row: bool = False
    unless: Element | None = None
    only: str = ""
