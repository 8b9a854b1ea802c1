"""Hypothesis as these tests use it: its own notes lie outside the checkout, where pytest does not stumble on them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "autoconfigure-hypothesis")
settings.register_profile("autoconfigure", deadline=None)  # this machine may be busy
settings.load_profile("autoconfigure")

__all__ = ["example", "given", "st"]
