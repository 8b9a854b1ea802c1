"""Killed at any point of forwarding, each point by itself: an hour of work for ``make test-long``."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.killing import interrupted


@pytest.mark.long
@pytest.mark.parametrize("answers", [(), ("g", "y")], ids=["no-sending", "sending-by-gmail"])
def test_at_every_point_of_forwarding(answers: tuple[str, ...], playwright: Playwright, tmp_path: Path) -> None:
    """Killed anywhere where Outlook.com forwards after a code, and Gmail sends or does not, the next run completes it."""
    world = "forwarding-asks-code"
    assert interrupted(tmp_path, world, playwright=playwright, keyring=True, answers=answers) == {}
