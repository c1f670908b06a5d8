"""What a run costs: seconds by phase, and memory."""

from __future__ import annotations

from pathlib import Path
import resource
import sys
from time import perf_counter
from typing import Final

from custom_components.pattern_intelligence.engine.pattern import Json
from custom_components.pattern_intelligence.phases import Phases

_STATUS: Final = Path("/proc/self/status")
_MAXRSS_BYTES: Final = 1 if sys.platform == "darwin" else 1024


class Cost:
    """Measures from when it is made.

    Attributes:
        phases: what each phase took.
    """

    def __init__(self) -> None:
        """Begin to measure."""
        self.phases = Phases()
        self._began = perf_counter()
        self._before_mb = _memory_mb("VmRSS")

    def as_json(self) -> Json:
        """Return the contract's ``run``, up to now."""
        seconds = {phase.value: took for phase, took in self.phases.seconds.items()}
        seconds["total"] = perf_counter() - self._began
        return {
            "seconds": {phase: round(took, 3) for phase, took in seconds.items()},
            "peak_rss_mb": _memory_mb("VmHWM"),
            "rss_before_mb": self._before_mb,
        }


def _memory_mb(name: str) -> float:
    """Return what the kernel says of this process under a name, in MB.

    Where it says nothing, the most that it or whatever started it ever held.
    """
    try:
        lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith(f"{name}:"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used * _MAXRSS_BYTES / 1e6, 1)
