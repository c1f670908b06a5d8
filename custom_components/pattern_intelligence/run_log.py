"""What runs did and what they cost: the last thirty, for diagnostics."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
import json
from pathlib import Path
import resource
from typing import Final

from .const import Trigger
from .engine.pattern import Json
from .phases import Phases
from .texts import items_of

KEPT_RUNS: Final = 30

RUNS: Final = "runs"
"""Name of the text under which they are kept."""

_STATM: Final = Path("/proc/self/statm")


def resident_mb() -> float | None:
    """Return the memory the process holds, in MB; None where nobody tells. Blocks."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except OSError, IndexError, ValueError:
        return None
    return round(pages * resource.getpagesize() / 1e6, 1)


@dataclass(slots=True)
class RunRecord:
    """What a run did.

    Attributes:
        started: when it began, UTC.
        ended: when it ended, UTC; None while it runs.
        trigger: why.
        days: days learned, also those learned again.
        rows: rows of the recorder they had.
        periods: weeks and months summed up again on request.
        patterns: patterns listed afterwards.
        changed: how many are new, gone, or changed since before.
        seconds: by phase (read, aggregate, store, detect), and in all.
        rss_before_mb: memory of the process before, MB.
        peak_rss_mb: the most it held after any step, MB.
        error: why it did not come to its end, or None.
        error_type: the error's class, which unlike its text names nobody's hosts.
    """

    started: datetime
    trigger: Trigger
    ended: datetime | None = None
    days: int = 0
    rows: int = 0
    periods: int = 0
    patterns: int = 0
    changed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    rss_before_mb: float | None = None
    peak_rss_mb: float | None = None
    error: str | None = None
    error_type: str | None = None

    def sample_memory(self) -> None:
        """Remember the memory held where it is the most so far. Blocks."""
        known = [mb for mb in (self.peak_rss_mb, resident_mb()) if mb is not None]
        self.peak_rss_mb = max(known, default=None)

    def took(self, phases: Phases, total: float) -> None:
        """Take over how long it took so far.

        Args:
            phases: what each phase took.
            total: seconds in all, waiting for its turn included.
        """
        self.seconds = {
            phase.value: round(seconds, 3) for phase, seconds in phases.seconds.items()
        }
        self.seconds["total"] = round(total, 3)

    def as_json(self) -> Json:
        """Return it for diagnostics and for keeping."""
        return {
            **asdict(self),
            "started": self.started.isoformat(),
            "ended": self.ended.isoformat() if self.ended else None,
        }

    def cost(self) -> Json:
        """Return the contract's ``run``."""
        return {
            "seconds": dict(self.seconds),
            "peak_rss_mb": self.peak_rss_mb,
            "rss_before_mb": self.rss_before_mb,
        }


def appended(text: str | None, record: RunRecord) -> str:
    """Return the kept runs with one more, or one brought up to date, as JSON text."""
    run = record.as_json()
    others = [kept for kept in items_of(text) if kept["started"] != run["started"]]
    return json.dumps([*others, run][-KEPT_RUNS:])
