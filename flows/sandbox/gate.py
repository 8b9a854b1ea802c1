"""Who may log in to the practice mail servers, and why not: the rules of docs/providers.md, 1 and 9 in one place."""

from __future__ import annotations

import secrets
import time
from enum import Enum, auto
from typing import Literal

from flows.sandbox.world import PRACTICE_PASSWORD, Activity, World

Protocol = Literal["POP3", "SMTP"]


class Refusal(Enum):
    """Why a login is refused. A server may say less than this."""

    RETIRED = auto()
    SWITCHED_OFF = auto()
    WRONG_PASSWORD = auto()
    NEW_PLACE = auto()


def log_in(world: World, protocol: Protocol, place: str, user: str, password: str) -> Refusal | None:
    """Judge one login to the Outlook.com account and remember it; None lets it in."""
    with world.lock:
        refusal = _judge(world, protocol, place, user, password)
        world.logins.append((protocol, place, refusal is None))
        if refusal is Refusal.NEW_PLACE:
            _note_unusual(world, protocol, place)
        elif refusal is None:
            _note_routine(world, protocol, place)
        return refusal


def _judge(world: World, protocol: Protocol, place: str, user: str, password: str) -> Refusal | None:
    outlook = world.outlook
    if world.basic_auth_retired:
        return Refusal.RETIRED  # before the password is looked at (docs/providers.md, 1)
    if protocol == "POP3":
        _switch_off_once(world)
        if not outlook.pop_on:
            return Refusal.SWITCHED_OFF
    right = password in outlook.app_passwords or (password == PRACTICE_PASSWORD and not outlook.two_step_on)
    if user.strip().lower() != outlook.address.lower() or not right:
        return Refusal.WRONG_PASSWORD
    if protocol == "POP3" and place not in outlook.approved_places:
        return Refusal.NEW_PLACE
    return None


def _switch_off_once(world: World) -> None:
    """World ``pop-off-again``: at the first login after POP was switched on, the provider takes it back, once."""
    if world.pop_goes_off_once and world.outlook.pop_on:
        world.pop_goes_off_once = world.outlook.pop_on = False
        world.writes += 1


def _note_unusual(world: World, protocol: Protocol, place: str) -> None:
    waiting = [a for a in world.outlook.activities if a.unusual and a.place == place and a.answered is None]
    if waiting:
        waiting[0].when = time.time()
    else:
        world.outlook.activities.append(Activity(secrets.token_hex(4), protocol, place, time.time(), unusual=True))
        world.writes += 1


def _note_routine(world: World, protocol: Protocol, place: str) -> None:
    """One row for each protocol and place; it says when, so it is no change of state worth counting."""
    for activity in world.outlook.activities:
        if not activity.unusual and (activity.protocol, activity.place) == (protocol, place):
            activity.when = time.time()
            return
    world.outlook.activities.append(Activity(secrets.token_hex(4), protocol, place, time.time(), unusual=False))
