"""How far a command is: a bar at a terminal, a few lines in a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import shutil
import sys
from time import monotonic
from typing import TextIO

_WIDTH = 28
_REDRAW_S = 0.1
_SPARSE_S = 10.0
"""A log is told at most this often how far a task is."""


class Task:
    """One task that takes a while.

    Args:
        what: what is done, as a person reads it.
        total: how many parts it has; None where nobody knows.
        stream: where it is told.
        live: whether the line can be drawn again.
    """

    def __init__(
        self, what: str, total: int | None, stream: TextIO, *, live: bool
    ) -> None:
        """Begin, with nothing done."""
        self._what = what
        self._total = total
        self._stream = stream
        self._live = live
        self._done = 0
        self._began = monotonic()
        self._told = self._began
        self.outcome = ""

    @property
    def seconds(self) -> float:
        """Return how long it has taken so far."""
        return monotonic() - self._began

    def begin(self) -> None:
        """Tell that it has begun."""
        if self._live:
            self._draw("")
        else:
            self._write(f"{self._what} …\n")

    def advance(self, detail: str = "", parts: int = 1) -> None:
        """Tell that more is done.

        Args:
            detail: what is at hand now.
            parts: how many parts are done since the last call; 0 only shows that
                it goes on.
        """
        self._done += parts
        if monotonic() - self._told < (_REDRAW_S if self._live else _SPARSE_S):
            return
        if self._live:
            self._draw(detail)
        else:
            far = f"{self._done} of {self._total}" if self._total else self._so_far()
            self._write(f"  {far} {detail}".rstrip() + "\n")
        self._told = monotonic()

    def finish(self, *, well: bool) -> None:
        """Tell that it is over, and how long it took."""
        self._erase()
        if well:
            outcome = f": {self.outcome}" if self.outcome else ""
            self._write(
                f"{self._mark()} {self._what}{outcome} ({self.seconds:.1f} s)\n"
            )

    def _so_far(self) -> str:
        return f"{self.seconds:.0f} s"

    def _mark(self) -> str:
        return "✓" if self._can("✓") else "*"

    def _draw(self, detail: str) -> None:
        full, hollow = ("█", "░") if self._can("█░") else ("#", "-")
        if self._total:
            filled = min(_WIDTH * self._done // self._total, _WIDTH)
            bar = full * filled + hollow * (_WIDTH - filled)
            line = f"{self._what} {bar} {self._done}/{self._total} {detail}"
        else:
            line = f"{self._what} … {self._so_far()} {detail}"
        columns = shutil.get_terminal_size().columns
        self._write(f"\r\x1b[K{line.rstrip()[: columns - 1]}")

    def _erase(self) -> None:
        if self._live:
            self._write("\r\x1b[K")

    def _can(self, text: str) -> bool:
        try:
            text.encode(self._stream.encoding or "ascii")
        except UnicodeEncodeError:
            return False
        return True

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "ascii"
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()


class Progress:
    """Tells about one task after the other.

    Args:
        quiet: tell nothing at all.
        stream: where to tell it.
    """

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        """Take the stream; standard error unless another one is given."""
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._live = self._stream.isatty()

    def say(self, line: str) -> None:
        """Tell something that a person should know.

        Args:
            line: one or a few sentences.
        """
        if not self._quiet:
            print(line, file=self._stream, flush=True)

    @contextmanager
    def task(self, what: str, total: int | None = None) -> Iterator[Task]:
        """Tell about a task until the block is left.

        Args:
            what: what is done.
            total: how many parts it has; None where nobody knows.
        """
        if self._quiet:
            yield _Silent(what, total, self._stream, live=False)
            return
        task = Task(what, total, self._stream, live=self._live)
        task.begin()
        try:
            yield task
        except BaseException:
            task.finish(well=False)
            raise
        task.finish(well=True)


class _Silent(Task):
    def _write(self, text: str) -> None:
        """Say nothing."""
