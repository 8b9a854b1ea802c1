"""The routes: explicit, ordered lists of flows; and all that can be taken back."""

from __future__ import annotations

from automation.flow import Flow
from flows.forwarding import ForwardMail, LabelForwarded
from flows.gmail_import import FetchByPop
from flows.gmail_send_as import SendAs
from flows.label import MakeLabel
from flows.outlook_pop import SwitchPopOn

ROUTES: dict[str, tuple[type[Flow], ...]] = {
    "pop-import": (SwitchPopOn, FetchByPop, SendAs),
    "forwarding": (ForwardMail, LabelForwarded),
}

# What ``undo`` knows how to take back.
UNDOING: tuple[type[Flow], ...] = (*dict.fromkeys(flow for flows in ROUTES.values() for flow in flows), MakeLabel)
