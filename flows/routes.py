"""What to do at which provider: the routes, as explicit, ordered lists of flows."""

from __future__ import annotations

from automation.flow import Flow
from flows.gmail_import import FetchByPop
from flows.gmail_send_as import SendAs
from flows.outlook_pop import SwitchPopOn

ROUTES: dict[str, tuple[type[Flow], ...]] = {
    "pop-import": (SwitchPopOn, FetchByPop, SendAs),
}
