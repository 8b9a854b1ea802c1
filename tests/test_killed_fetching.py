"""Killed at any point of fetching by POP, each point by itself: an hour of work for ``make test-long``."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.killing import CLASSIC, interrupted


@pytest.mark.long
@pytest.mark.parametrize("keyring", [True, False], ids=["keyring", "no-keyring"])
def test_at_every_point_of_fetching(keyring: bool, playwright: Playwright, tmp_path: Path) -> None:
    """Wherever a run is killed, before, in or after whatever it does, the next one ends as an undisturbed run does."""
    assert interrupted(tmp_path, *CLASSIC, playwright=playwright, keyring=keyring) == {}
