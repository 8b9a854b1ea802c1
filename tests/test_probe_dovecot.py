"""The probe against a real Dovecot, where one is installed: a server that nobody of ours wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.diagnosis import diagnose
from automation.probe import probe_pop
from automation.settings import Secret
from tests import faults
from tests.dovecot import Dovecot, dovecot_path, running_dovecot
from tests.faults import PASSWORD, USER

if dovecot_path():

    @pytest.fixture(scope="module")
    def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
        """Dovecot with 25 messages."""
        with running_dovecot(tmp_path_factory.mktemp("dovecot"), 25) as running:
            yield running

    def test_a_real_server_is_good(dovecot: Dovecot, tmp_path: Path) -> None:
        """Every stage succeeds at a real Dovecot, with all its messages counted."""
        result = probe_pop(dovecot.target, USER, Secret(PASSWORD), ca_file=faults.write_authority(tmp_path))

        assert [stage.ok for stage in result.stages] == [True] * 9
        assert result.messages == 25
        assert result.findings == []

    def test_a_real_refusal_is_named(dovecot: Dovecot, tmp_path: Path) -> None:
        """A wrong password at a real Dovecot is called just that."""
        result = probe_pop(dovecot.target, USER, Secret("wrong"), ca_file=faults.write_authority(tmp_path))

        assert [c.code for c in diagnose(result.findings, [])] == ["auth.wrong-password"]

    def test_a_real_server_of_another_authority(dovecot: Dovecot) -> None:
        """Without its authority in TLS_CA_FILE a real Dovecot is not trusted, and no password is sent."""
        result = probe_pop(dovecot.target, USER, Secret(PASSWORD))

        assert [c.code for c in diagnose(result.findings, [])] == ["tls.untrusted"]
        assert result.stages[5].ok is None
