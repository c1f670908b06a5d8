"""Progress at a terminal, in a log, and where nothing is to be told."""

from io import BytesIO, StringIO, TextIOWrapper
from typing import override

import pytest

from scripts.tools.progress import Progress


class Terminal(StringIO):
    """A stream that somebody looks at."""

    encoding = "utf-8"

    @override
    def isatty(self) -> bool:
        """Say so."""
        return True


def test_a_terminal_sees_a_bar_and_then_a_line() -> None:
    """The bar is drawn over itself; what stays is one line."""
    terminal = Terminal()
    with Progress(stream=terminal).task("Learning", 4) as task:
        assert terminal.getvalue().endswith(f"Learning {'░' * 28} 0/4")
        task.outcome = "2 patterns"
    last = terminal.getvalue().rpartition("\x1b[K")[2]
    assert last.startswith("✓ Learning: 2 patterns (")
    assert last.endswith(" s)\n")


def test_a_log_gets_lines_only() -> None:
    """Nothing is drawn over, and quick steps are not told."""
    written = BytesIO()
    log = TextIOWrapper(written, encoding="ascii", write_through=True)
    with Progress(stream=log).task("Learning", 1000) as task:
        for _ in range(1000):
            task.advance("2026-01-01")
    told = written.getvalue().decode("ascii")
    begun, done = told.splitlines()
    assert begun.startswith("Learning")
    assert done.startswith("* Learning (")


def test_nothing_is_told_in_quiet() -> None:
    """Neither tasks nor remarks."""
    terminal = Terminal()
    progress = Progress(quiet=True, stream=terminal)
    progress.say("A remark.")
    with progress.task("Learning", 2) as task:
        task.advance()
    assert terminal.getvalue() == ""


def test_what_failed_is_not_ticked_off() -> None:
    """The bar is taken away, so that the error stands alone."""
    terminal = Terminal()
    with (
        pytest.raises(RuntimeError),
        Progress(stream=terminal).task("Learning", 2),
    ):
        raise RuntimeError
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert "✓" not in terminal.getvalue()
