"""Which kind of server speaks, by its first words."""

from __future__ import annotations

import re

# First words of what may answer on a mail port. HTTP means a web page stands in the way.
_KINDS = (
    ("HTTP", re.compile(rb"\s*(?:HTTP/\d|<!doctype html|<html)", re.IGNORECASE)),
    ("IMAP", re.compile(rb"\* (?:OK|BYE|PREAUTH|BAD|NO)\b", re.IGNORECASE)),
    ("POP3", re.compile(rb"\+OK\b|-ERR\b", re.IGNORECASE)),
    ("FTP", re.compile(rb"220[ -].*(?:ftp|filezilla)", re.IGNORECASE)),
    ("SMTP", re.compile(rb"(?:220|421|554|521)(?:[ -]|\r?$)")),
    ("NNTP", re.compile(rb"20[01][ -]")),
    ("ManageSieve", re.compile(rb'"?IMPLEMENTATION"? ', re.IGNORECASE)),
    ("SSH", re.compile(rb"SSH-\d")),
    ("VNC", re.compile(rb"RFB \d")),
    ("TLS", re.compile(rb"[\x15\x16]\x03[\x00-\x04]")),
)


def kind_of(first_words: bytes) -> str | None:
    """The kind of server, such as ``IMAP``, or None where the words belong to none we know."""
    return next((kind for kind, pattern in _KINDS if pattern.match(first_words)), None)
