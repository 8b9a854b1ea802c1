"""Mail servers, asked one stage at a time: what answered, how fast, and what it said."""

from automation.probe.pop import POP_STAGES, probe_pop
from automation.probe.result import ProbeResult, Stage, Target
from automation.probe.smtp import SMTP_STAGES, probe_smtp

__all__ = ["POP_STAGES", "SMTP_STAGES", "ProbeResult", "Stage", "Target", "probe_pop", "probe_smtp"]
