"""Which elements belong to a page, and when it shows them: what a page file declares so that a check can look for them."""

from __future__ import annotations

from dataclasses import dataclass

from automation.element import Element


@dataclass(frozen=True)
class Shown:
    """Elements that a page shows together: always, unless something else is said.

    ``page`` is the page's name in reports; a class has several where its steps or panes are pages to a person.
    ``generation`` names the generation of the page that has them; a page shows one generation at a time. ``while_on`` is
    a switch of the same page that has to be on. ``in_row``: they stand in the row of the Outlook.com address, where the
    page has one. ``only`` says when they show, if merely looking never brings that about.
    """

    page: str
    elements: tuple[Element, ...]
    generation: str = ""
    while_on: Element | None = None
    in_row: bool = False
    only: str = ""
