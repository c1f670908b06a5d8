"""Ends the servers that scripts and tests have started."""

from __future__ import annotations

import signal
import subprocess
from typing import Final

_STOPS_WITHIN_S: Final = 20


def stop(process: subprocess.Popen[bytes], *ways: signal.Signals) -> None:
    """Ask a server to end, and make it where it does not in time.

    Args:
        process: the server, which may have ended by itself.
        ways: the signals that ask it, in order.
    """
    if process.poll() is None:
        for way in ways:
            process.send_signal(way)
        try:
            process.wait(_STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
