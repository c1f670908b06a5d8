"""``scripts/demo``: a real Home Assistant learns a simulated household."""

from collections.abc import Callable, Sequence
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest

from scripts.tools import demo

from .conftest import Command, Outcome

pytest.importorskip("hass_frontend", reason="scripts/setup --demo installs it")


def demo_command(*arguments: object) -> list[str]:
    """Return the command line of ``scripts/demo``, after its set-up."""
    command = (sys.executable, "-P", "-m", "scripts.tools.demo", *arguments)
    return [str(argument) for argument in command]


def _processes_in(folder: Path) -> list[str]:
    """Return the command lines of running processes that name a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


@pytest.mark.slow
def test_planted_habits_are_found(environment: dict[str, str]) -> None:
    """Status 0: all that is plain to see is found, and nothing complains."""
    done = subprocess.run(  # noqa: S603
        demo_command("--once"),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "user demo, password demo" in done.stdout
    assert done.stdout.count("✓") > done.stdout.count("✗")
    assert "complains" not in done.stdout
    temporary = Path(environment["TMPDIR"])
    assert not list(temporary.iterdir())
    assert _processes_in(temporary) == []


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_it_leaves_nothing(
    environment: dict[str, str], number: signal.Signals
) -> None:
    """Stopped while Home Assistant runs, it ends that and deletes its folder."""
    temporary = Path(environment["TMPDIR"])
    with subprocess.Popen(  # noqa: S603
        demo_command("--days", "14"),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        while not list(temporary.rglob("console.log")) and process.poll() is None:
            time.sleep(0.05)
        assert _processes_in(temporary)
        os.kill(process.pid, number)
        told, _ = process.communicate(timeout=60)
    assert process.returncode > 2
    assert "Traceback" not in told
    assert not list(temporary.iterdir())
    assert _processes_in(temporary) == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--keep", "."], "not empty"),
        (["--keep", "file"], "file"),
        (["--days", "3"], "14"),
        (["--seed", "-1"], "-1"),
    ],
)
def test_unusable_arguments_end_with_one_line(
    run_here: Callable[[Command, Sequence[object]], Outcome],
    tmp_path: Path,
    arguments: list[str],
    word: str,
) -> None:
    """What is wrong, and no traceback."""
    (tmp_path / "file").touch()
    outcome = run_here(demo.main, arguments)
    assert outcome.status == 2
    assert outcome.out == ""
    assert len(outcome.err.splitlines()) == 1
    assert word in outcome.err
