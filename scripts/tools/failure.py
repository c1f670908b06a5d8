"""How a command ends: with a status, one line where it cannot go on, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from io import TextIOWrapper
import logging
import os
import signal
import sys
import threading
from types import FrameType
from typing import Final

UNUSABLE: Final = 2
"""Exit status for arguments or input that cannot be used."""

_AGAIN_AFTER_S: Final = 0.01


class UnusableError(Exception):
    """The arguments or the input cannot be used.

    Its text is one line that says what is wrong and what to do.
    """


def run(
    name: str, command: Callable[[], int], clear: tuple[type[Exception], ...] = ()
) -> int:
    """Run a command and return its exit status.

    Args:
        name: the command's, told with what went wrong.
        command: what to run.
        clear: exceptions besides :class:`UnusableError` whose text is one clear line
            for a person.
    """
    # Whoever starts a command in the background has it ignore this one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    sys.unraisablehook = _interrupt_again
    if logging.lastResort:
        logging.lastResort.addFilter(_is_no_interruption)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        status = command()
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read standard output has seen enough; nothing is left to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except (UnusableError, OSError, *clear) as error:  # type: ignore[misc]
        line = " ".join(str(error).split())
        print(f"{name}: {line}", file=sys.stderr)
        return UNUSABLE
    return status


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Leave as by Ctrl-C, so that everything opened is cleaned up."""
    signal.raise_signal(signal.SIGINT)


def _interrupt_again(told: sys.UnraisableHookArgs) -> None:
    """Leave all the same where an object's end has swallowed the interruption."""
    if not isinstance(told.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(told)
        return
    # Raised right here it would only be swallowed once more.
    main = threading.main_thread().ident
    assert main is not None
    later = threading.Timer(_AGAIN_AFTER_S, signal.pthread_kill, (main, signal.SIGINT))
    later.daemon = True
    later.start()


def _is_no_interruption(record: logging.LogRecord) -> bool:
    """Whether a line is not one by which a library tells that it was interrupted."""
    return not (record.exc_info and isinstance(record.exc_info[1], KeyboardInterrupt))
