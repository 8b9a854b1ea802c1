"""The routes: explicit, ordered lists of flows."""

from __future__ import annotations

from automation.flow import Flow
from flows.forwarding import ForwardMail, LabelForwarded
from flows.gmail_import import FetchByPop
from flows.gmail_send_as import SendAs
from flows.outlook_pop import SwitchPopOn

ROUTES: dict[str, tuple[type[Flow], ...]] = {
    "pop-import": (SwitchPopOn, FetchByPop, SendAs),
    "forwarding": (ForwardMail, LabelForwarded),
}

# What each flow is called, for lists of what was done.
TITLES = {flow.name: flow.title for flows in ROUTES.values() for flow in flows}
