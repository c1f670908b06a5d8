"""How a command ends where it is stopped at an awkward moment."""

import os
from pathlib import Path
import signal
import subprocess
import sys

import pytest

from .conftest import CATCHABLE

ROOT = Path(__file__).parents[2]

_BEGIN = """
import logging, os, signal, sys, time
from scripts.tools.failure import run

def stop():
    signal.raise_signal({number})
"""
_WHILE_A_LIBRARY_CLOSES = """
def command():
    try:
        stop()
    except BaseException:
        logging.getLogger("library").exception("Closing went wrong")
        raise
"""
_WHILE_AN_OBJECT_ENDS = """
class Ends:
    def __del__(self):
        stop()

def command():
    Ends()
    time.sleep(60)
    return 0
"""
_WHERE_SOMETHING_ELSE_IS_WRONG = """
class Ends:
    def __del__(self):
        raise ValueError("something else")

def command():
    Ends()
    try:
        raise ValueError("of a library")
    except ValueError:
        logging.getLogger("library").exception("Closing went wrong")
    return 0
"""
_END = """
sys.exit(run("command", command))
"""


def _run(
    body: str, number: signal.Signals = signal.SIGINT
) -> subprocess.CompletedProcess[str]:
    """Run a command of this body in a Python of its own."""
    program = _BEGIN.format(number=int(number)) + body + _END
    return subprocess.run(  # noqa: S603
        (sys.executable, "-c", program),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("number", CATCHABLE)
@pytest.mark.parametrize(
    "body",
    [_WHILE_A_LIBRARY_CLOSES, _WHILE_AN_OBJECT_ENDS],
    ids=["library closes", "object ends"],
)
def test_it_is_stopped_and_says_nothing(body: str, number: signal.Signals) -> None:
    """Neither a library's log nor a destructor turns it into a traceback."""
    ended = _run(body, number)
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGINT, "")


def test_what_else_goes_wrong_there_is_told() -> None:
    """Only an interruption is kept quiet about."""
    ended = _run(_WHERE_SOMETHING_ELSE_IS_WRONG)
    assert ended.returncode == 0
    assert "ValueError: something else" in ended.stderr
    assert "ValueError: of a library" in ended.stderr
