"""Recordings: what was done in a browser, as evidence that can be looked at, replayed and checked; never as code."""
