"""Seconds and memory of this process, by phase."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, override

from custom_components.pattern_intelligence.phases import Phase, Phases

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")
#: What the kernel wants to hear to forget the peak.
_PEAK = "5"


class Meter(Phases):
    """Begins to measure when it is made; what is held then is idle.

    Where the kernel tells nothing of memory, it is left out.
    """

    def __init__(self) -> None:
        """Begin."""
        super().__init__()
        self._inside: list[Phase] = []
        self._peaks: dict[Phase, float] = {}
        self._peak = 0.0
        self._worked: dict[Phase, float] = {}
        self._idle = _memory_mb("VmRSS")
        _forget_peak()
        self._began = perf_counter()
        self._cpu = self._noted = process_time()

    @override
    @contextmanager
    def of(self, phase: Phase) -> Iterator[None]:
        """Count time and memory until the block is left as the phase's."""
        self._note()
        self._inside.append(phase)
        try:
            with super().of(phase):
                yield
        finally:
            self._note()
            self._inside.pop()

    def _note(self) -> None:
        """Take what was used since the last time as used by the phase under way."""
        now = process_time()
        if self._inside:
            phase = self._inside[-1]
            self._worked[phase] = self._worked.get(phase, 0.0) + now - self._noted
        self._noted = now
        peak = _memory_mb("VmHWM")
        if peak is None or self._idle is None:
            return
        above = peak - self._idle
        self._peak = max(self._peak, above)
        if self._inside:
            self._peaks[phase] = max(self._peaks.get(phase, 0.0), above)
        _forget_peak()

    def result(self, **facts: Any) -> dict[str, Any]:
        """Return what was measured up to now, and facts to go with it."""
        took, worked = perf_counter() - self._began, process_time() - self._cpu
        self._note()
        known = self._idle is not None
        return {
            "seconds": {p.value: s for p, s in self.seconds.items() if s}
            | {"total": took},
            "cpu": {p.value: s for p, s in self._worked.items()} | {"total": worked},
            "peak_mb": {p.value: mb for p, mb in self._peaks.items()}
            | ({"total": self._peak} if known else {}),
            "idle_mb": self._idle,
            **facts,
        }


def _memory_mb(name: str) -> float | None:
    """Return what the kernel says of this process under a name, in MB."""
    try:
        lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = [line for line in lines if line.startswith(f"{name}:")]
    return int(found[0].split()[1]) * 1024 / 1e6 if found else None


def _forget_peak() -> None:
    """Let the kernel count the peak from now on; where it cannot, it counts on."""
    try:
        _RESET.write_text(_PEAK, encoding="ascii")
    except OSError:
        return
