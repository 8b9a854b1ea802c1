"""Which kind of server speaks, by its first words."""

from __future__ import annotations

# How each kind begins, in capitals. HTTP means that a web page stands in the way.
_BEGINNINGS = {
    "POP3": (b"+OK", b"-ERR"),
    "IMAP": (b"* OK", b"* BYE", b"* PREAUTH", b"* BAD", b"* NO"),
    "HTTP": (b"HTTP/", b"<!DOCTYPE HTML", b"<HTML"),
    "NNTP": (b"200 ", b"201 ", b"200-", b"201-"),
    "ManageSieve": (b'"IMPLEMENTATION"', b"IMPLEMENTATION "),
    "SSH": (b"SSH-",),
    "VNC": (b"RFB 0",),
    "TLS": (b"\x15\x03", b"\x16\x03"),
}
_SMTP_CODES = (b"220", b"421", b"521", b"554")


def kind_of(first_words: bytes) -> str | None:
    """The kind of server, such as ``IMAP``, or None where the words belong to none we know."""
    words = first_words[:200].upper()
    if words.startswith(_SMTP_CODES) and words[3:4] in (b" ", b"-", b"\r", b"\n", b""):
        return "FTP" if b"FTP" in words or b"FILEZILLA" in words else "SMTP"
    words = words.lstrip()
    for kind, beginnings in _BEGINNINGS.items():
        for beginning in beginnings:
            if words.startswith(beginning) and not (words + b" ")[len(beginning) - 1 : len(beginning) + 1].isalpha():
                return kind  # a whole word: "+OKAY" is no POP3
    return None
