"""Certificates for the practice mail servers, signed by an authority that is made for one run and thrown away."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

MICROSOFT_NAMES = ("outlook.office365.com", "pop-mail.outlook.com", "smtp-mail.outlook.com")
GOOGLE_NAMES = ("smtp.gmail.com",)


class Authority:
    """One certificate authority: makes server contexts, and client contexts that trust it and nobody else."""

    def __init__(self, organization: str, unit: str) -> None:
        self._ca = trustme.CA(organization_name=organization, organization_unit_name=unit)

    def server_context(self, *names: str) -> ssl.SSLContext:
        """The context of a server that may call itself by these names."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._ca.issue_cert(*names).configure_cert(context)
        return context

    def client_context(self) -> ssl.SSLContext:
        """The context of a client that checks chain and name against this authority."""
        context = ssl.create_default_context()
        self._ca.configure_trust(context)
        return context

    def write(self, path: Path) -> Path:
        """Write the authority's own certificate (no key) as PEM."""
        self._ca.cert_pem.write_to_path(path)
        return path


def practice_authority() -> Authority:
    """The authority that the practice world's ``TLS_CA_FILE`` names."""
    return Authority("Autoconfigure practice world", "Throw-away certificates")


def intercepting_authority() -> Authority:
    """An authority as security software installs one, to read along: nobody was told to trust it."""
    return Authority("Practice Antivirus", "Mail Shield Personal Root CA")
